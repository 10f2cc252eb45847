"""The chain that a day's counter belongs to: a broker with troubles, and a reader of its messages.

Its chances are its own, so a day without a chain stays as it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import anyio
import mqtt5
import trio
from anyio.abc import ByteStream

from kiosk.fleet.mqtt.protocol import WILL_DELAY
from kiosk.simulator.scenario.mains import Mains
from kiosk.simulator.service.order import Order
from tests.fleet.memory_broker import MemoryBroker, Wire

NAME = "shop1/K"
ROOT = f"kiosk/v1/{NAME}"
TROUBLES = ("away", "silent", "restart", "no acks", "loses", "doubles", "junk", "noise")
JUNK = (
    b"",
    b"\xff\xfe",
    b'{"v": 1, "order": "ORD1", "id": "OLD", "amount": "15.00", "currency": "ARS"}',
    b"[" * 999,
)
KEEP_ALIVE = 65_535  # seconds, as the broker wishes: the pings would cost more than all the rest
MISSED_AFTER = 90.0 + WILL_DELAY  # seconds after which a real broker tells that a kiosk is lost
BACK_WITHIN = 420.0  # seconds after a trouble: the longest pause, and two answers that never come
HINT_DELAY = 1.0  # seconds from a payment to its hint


class PoweredStream(ByteStream):
    """The kiosk's end of a connection. Without power it sends nothing more."""

    def __init__(self, stream: ByteStream, mains: Mains) -> None:
        self._stream, self._mains = stream, mains

    async def send(self, item: bytes) -> None:
        self._mains.check()
        await self._stream.send(item)

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        data = await self._stream.receive(max_bytes)
        self._mains.check()
        return data

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()


class Reader:
    """A program that reads what counters publish. It knows nothing but the document."""

    def __init__(self) -> None:
        self.sales: dict[str, dict[str, Any]] = {}  # by reference: each counts once
        self.state: dict[str, Any] = {}
        self._boots: list[str] = []  # in the order in which they were seen

    def hear(self, topic: str, payload: dict[str, Any]) -> None:
        """Take a message."""
        if topic.endswith("/sale"):
            self.sales[payload["reference"]] = payload
        elif topic.endswith("/state") and not self._is_outdated(payload):
            self.state = payload

    def _is_outdated(self, told: dict[str, Any]) -> bool:
        if told["boot"] not in self._boots:
            self._boots.append(told["boot"])
            return False
        if told["boot"] != self._boots[-1]:
            return True
        return "seq" in told and told["seq"] < self.state.get("seq", 0)


class Chain(MemoryBroker):
    """The broker of a day. It has one trouble at a time."""

    def __init__(self, rng: Random, backstage: trio.Nursery) -> None:
        super().__init__()
        self.rng, self._backstage = rng, backstage
        self.reader = Reader()
        self.on_sale: Callable[[dict[str, Any]], None] = lambda _: None
        self.on_answer: Callable[[dict[str, Any]], None] = lambda _: None
        self.times_told = Counter[str]()  # by reference, on this connection
        self.trouble, self.well_since = "", 0.0
        self.keep_alive = KEEP_ALIVE

    # --- what goes wrong -------------------------------------------------------------------------

    async def has(self, trouble: str, lasts: float) -> None:
        """Have this trouble for some seconds, unless there is another one."""
        if self.trouble:
            return
        self.trouble = trouble
        self.away, self.silent = trouble == "away", trouble == "silent"
        self.acknowledges = trouble != "no acks"
        if self._wire and trouble in ("away", "restart"):
            await self.drop()
        if trouble == "noise":
            await self._tell_kiosk(self.rng.randbytes(self.rng.randint(1, 99)))
        await trio.sleep(lasts)
        self.recovers()

    def recovers(self) -> None:
        """End the trouble."""
        self.trouble, self.away, self.silent, self.acknowledges = "", False, False, True
        self.well_since = trio.current_time()

    # --- the relay -------------------------------------------------------------------------------

    async def hint(self, order: Order) -> None:
        """Hint at an order that was paid. Some hints are lost, and some come twice."""
        await trio.sleep(HINT_DELAY)
        hint = json.dumps({"v": 1, "order": order.id}).encode()
        for _ in range(self.rng.choice((0, 1, 1, 1, 2))):
            await self._publish("in/hint", hint)

    # --- the office ------------------------------------------------------------------------------

    async def asks_for(self, number: str, amount: str, now: Callable[[], float]) -> None:
        """Send an amount, and again while nothing is heard, and sometimes even then."""
        for _ in range(self.rng.choice((1, 2, 3, 4))):
            age = self.rng.choice((0.0, 0.0, 0.0, 3.0, 500.0))
            currency = self.rng.choice(("ARS", "ARS", "ARS", "ARS", "BRL"))
            at = datetime.fromtimestamp(now() - age, UTC).isoformat()
            asked = {"v": 1, "id": number, "amount": amount, "currency": currency, "at": at}
            await self._publish("in/amount", json.dumps(asked).encode())
            await trio.sleep(self.rng.choice((0.0, 0.5, 5.0, 40.0, 400.0)))

    # --- messages to the kiosk -------------------------------------------------------------------

    async def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._number = self._number % 65_535 + 1
        packet = mqtt5.PublishPacket(
            f"{ROOT}/{topic}",
            payload,
            qos=mqtt5.QoS.AT_LEAST_ONCE,
            packet_id=self._number,
            retain=retain,
        )
        await self._tell_kiosk(packet.write() * (2 if self.trouble == "doubles" else 1))

    async def _tell_kiosk(self, data: bytes) -> None:
        """Send bytes, if the kiosk is connected."""
        if self._wire and not (self.away or self.silent):
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await self.send(data)

    # --- the kiosk's side ------------------------------------------------------------------------

    def opener(self, mains: Mains) -> Callable[[], Awaitable[ByteStream]]:
        """Return how a counter on these mains opens a connection."""

        async def open_stream() -> ByteStream:
            mains.check()
            return PoweredStream(await self.open(), mains)

        return open_stream

    async def _talk(self, wire: Wire) -> None:
        self.times_told.clear()
        self.said_goodbye, logins = False, len(self.logins)
        await super()._talk(wire)
        if len(self.logins) > logins:
            self._backstage.start_soon(self._miss, len(self.logins))

    async def _miss(self, logins: int) -> None:
        """Publish the will, unless the kiosk said goodbye or is back in time."""
        if self.said_goodbye:
            return
        await trio.sleep(MISSED_AFTER)
        will = self.logins[-1][1].will
        assert will
        assert will.payload
        if len(self.logins) == logins:
            self.reader.hear(will.topic, json.loads(will.payload))

    async def _take(self, wire: Wire, packet: mqtt5.Packet) -> None:
        if isinstance(packet, mqtt5.PublishPacket) and self._loses():
            return
        await super()._take(wire, packet)
        if isinstance(packet, mqtt5.SubscribePacket) and self.trouble == "junk":
            topic = self.rng.choice(("in/hint", "in/amount"))
            await self._publish(topic, self.rng.choice(JUNK), retain=self.rng.random() < 0.5)

    def _loses(self) -> bool:
        """Whether a message of the kiosk is lost before the broker has it."""
        return self.silent or (self.trouble == "loses" and self.rng.random() < 0.5)

    def _keep(self, topic: str, payload: Any) -> None:
        for _ in range(2 if self.trouble == "doubles" else 1):
            self.reader.hear(topic, payload)
        if topic.endswith("/sale"):
            self.times_told[payload["reference"]] += 1
            self.on_sale(payload)
        if topic.endswith("/out/amount"):
            self.on_answer(payload)
