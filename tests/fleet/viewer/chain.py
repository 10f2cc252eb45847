"""A chain of counters at a broker in memory, as a viewer meets it: what they have published."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import mqtt5
import trio
from trio.testing import MockClock

from kiosk.fleet.mqtt.vocabulary import Login
from kiosk.fleet.viewer.chain_counters import ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer, viewing
from tests.fleet.memory_broker import MemoryBroker, Wire

NINE = "2020-11-27T09:00:00.000+00:00"
TEN = "2020-11-27T10:00:00.000+00:00"
LOGIN = Login("viewer", b"secret", session_kept=0)

Answer = Callable[[dict[str, Any]], Any]


def state(boot: str = "00000001", seq: int = 0, **more: Any) -> dict[str, Any]:
    """Return a kiosk's message that it is idle, or what ``more`` says."""
    told = {"v": 1, "online": True, "state": "idle", "problems": [], "version": "1.4.0"}
    return {**told, "boot": boot, "seq": seq, "since": NINE, "at": NINE, **more}


def goodbye(boot: str = "00000001", seq: int = 1) -> dict[str, Any]:
    """Return the last message of a kiosk that was stopped."""
    return {"v": 1, "online": False, "reason": "stopped", "boot": boot, "seq": seq, "at": TEN}


def will(boot: str = "00000001") -> dict[str, Any]:
    """Return what the broker says of a kiosk that it misses."""
    return {"v": 1, "online": False, "reason": "lost", "boot": boot}


def health(boot: str = "00000001", seq: int = 0, **more: Any) -> dict[str, Any]:
    """Return a kiosk's health."""
    told = {"v": 1, "boot": boot, "seq": seq, "at": NINE, "uptime_s": 60, "sales": {"paid": 2}}
    return {**told, "panel": "ok", "inputs": {"caja": "ok"}, **more}


def sale(reference: str = "k1-7", ended_at: str = TEN, **more: Any) -> dict[str, Any]:
    """Return an ended sale."""
    told = {"v": 1, "reference": reference, "amount": "12.50", "currency": "ARS"}
    ended = {"outcome": "paid", "source": "caja", "created_at": NINE, "ended_at": ended_at}
    return {**told, **ended, "late": False, **more}


class ChainBroker(MemoryBroker):
    """Keeps what kiosks have published, and lets them answer questions."""

    def __init__(self, kept: dict[str, Any]) -> None:
        """``kept``: retained messages by topic below the root, as objects, or as bytes."""
        super().__init__()
        self.kept = kept
        self.answers: dict[str, Answer] = {}  # by counter
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.emptied: list[str] = []  # topics
        self.refuses_questions = False

    async def tell(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Publish a message of a kiosk to the viewer."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        packet = mqtt5.PublishPacket(f"kiosk/v1/{topic}", data, retain=retain)
        await self.send(packet.write())

    async def _take(self, wire: Wire, packet: mqtt5.Packet) -> None:
        match packet:
            case mqtt5.SubscribePacket(topic_filters=[wanted]):
                await self._send_kept(wanted.pattern)
            case mqtt5.PublishPacket(topic=topic, payload=b"", packet_id=int(number), retain=True):
                if topic != self.refused:
                    self.emptied.append(topic)
                    await self.send(mqtt5.PubAckPacket(number).write())
                    return
            case mqtt5.PublishPacket(topic=topic, payload=payload, packet_id=int(number)):
                await self._hear(topic, payload, number)
                return
        await super()._take(wire, packet)

    async def _send_kept(self, pattern: str) -> None:
        fitting = re.compile(pattern.replace("+", "[^/]+"))
        for topic, payload in self.kept.items():
            if fitting.fullmatch(f"kiosk/v1/{topic}"):
                await self.tell(topic, payload, retain=True)

    async def _hear(self, topic: str, payload: bytes, number: int) -> None:
        code = mqtt5.PubAckReasonCode
        refused = code.NOT_AUTHORIZED if self.refuses_questions else code.SUCCESS
        await self.send(mqtt5.PubAckPacket(number, reason_code=refused).write())
        name = topic.removeprefix("kiosk/v1/").removesuffix("/in/ask")
        question = json.loads(payload)
        self.asked.append((name, question))
        if name in self.answers:
            about = {"v": 1, "id": question["id"], "ask": question["ask"]}
            told = self.answers[name](question)
            await self.tell(f"{name}/out/answer", told if isinstance(told, bytes) else about | told)


def watch(
    broker: ChainBroker, story: Callable[[ChainViewer, ChainCounters], Awaitable[None]]
) -> None:
    """Run a story of a viewer on virtual time."""

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            await tasks.start(broker.serve)
            counters = ChainCounters()
            async with viewing(broker.open, LOGIN, counters) as viewer:
                await story(viewer, counters)
            tasks.cancel_scope.cancel()

    trio.run(run, clock=MockClock(autojump_threshold=0))
