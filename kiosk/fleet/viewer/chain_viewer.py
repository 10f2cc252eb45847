"""The viewer's connection: it hears all counters, and asks them questions."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import anyio

from kiosk.base.frozen import frozen
from kiosk.fleet.broker import OpenStream, opened
from kiosk.fleet.home_assistant import USUAL_PREFIX, description_topic
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from kiosk.fleet.payloads import FleetAnswer, FleetQuestion
from kiosk.fleet.viewer.chain_counters import ChainCounters, CounterMessage, message_of, parsed

QUIET = 0.3  # seconds without a retained message; then the broker has sent all of them
QUESTION_KEPT = 60  # seconds for which the broker keeps a question for a kiosk that is away

# The last one has nothing retained: a broker that answers in order has sent all retained messages
# when it agrees to that one.
_TOPICS = ("state", "health", "sale", "out/answer")


@frozen
class _Pending:
    """A question that waits for its answer."""

    name: str  # of the counter
    answers: list[FleetAnswer]
    answered: anyio.Event


class _Ear:
    """Takes what the broker sends."""

    def __init__(self, counters: ChainCounters) -> None:
        self.counters = counters
        self.changed = anyio.Event()  # another one after each message
        self.pending: dict[str, _Pending] = {}  # by the question's id
        self.retained = anyio.Event()  # another one after each retained message

    async def take(self, message: MqttMessage) -> None:
        """Take a message."""
        if message.retain:
            self.retained.set()
            self.retained = anyio.Event()
        if not (told := message_of(message)):
            return
        if told.topic == "out/answer":
            self._take_answer(told)
        else:
            self.counters.take(told)
        self.changed.set()
        self.changed = anyio.Event()

    def _take_answer(self, told: CounterMessage) -> None:
        answer = parsed(FleetAnswer, told.payload)
        pending = self.pending.get(answer.id) if answer else None
        if answer and pending and pending.name == told.name:
            pending.answers.append(answer)
            pending.answered.set()


class ChainViewer:
    """An open connection. See ``viewing``."""

    def __init__(self, client: Client, ear: _Ear) -> None:
        self._client, self._ear = client, ear

    async def subscribe(self, shop: str) -> None:
        """Hear all counters, or those of a shop; return when all that is retained has come."""
        for topic in _TOPICS:
            await self._client.subscribe(f"kiosk/v1/{shop or '+'}/+/{topic}", retained=True)
        came = True
        while came:
            with anyio.move_on_after(QUIET) as quiet:
                await self._ear.retained.wait()
            came = not quiet.cancelled_caught

    async def next_change(self) -> None:
        """Wait for a message."""
        await self._ear.changed.wait()

    async def ask(
        self, name: str, question: str, seconds: float, **more: Any
    ) -> FleetAnswer | None:
        """Ask a counter, and return its answer; None if none comes in time. Raises BrokerFault."""
        number = secrets.token_hex(8)
        asked = FleetQuestion.model_validate({"id": number, "ask": question, **more})
        pending = self._ear.pending[number] = _Pending(name, [], anyio.Event())
        topic = f"kiosk/v1/{name}/in/ask"
        message = MqttMessage(topic, asked.encoded(), expires_after=QUESTION_KEPT)
        try:
            with anyio.move_on_after(seconds):
                await self._client.publish(message)
                await pending.answered.wait()
        finally:
            del self._ear.pending[number]
        return pending.answers[0] if pending.answers else None

    async def forget(self, name: str) -> None:
        """Empty all that the broker keeps of a counter. Raises BrokerFault.

        The state is the last one: without it, nobody would find a counter that is half forgotten.
        """
        root = f"kiosk/v1/{name}"
        for topic in (description_topic(USUAL_PREFIX, name), f"{root}/health", f"{root}/state"):
            await self._client.publish(MqttMessage(topic, b"", retain=True))

    async def learn_last_sales(self, names: Iterable[str], seconds: float) -> None:
        """Ask counters for their newest sales, all at once; raises BrokerFault."""

        async def learn(name: str) -> None:
            answer = await self.ask(name, "last", seconds)
            if answer and answer.answer is not None:
                self._ear.counters.note_last(name, answer.answer)

        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(learn, name)


@asynccontextmanager
async def viewing(
    open_stream: OpenStream, login: Login, counters: ChainCounters, shop: str = ""
) -> AsyncIterator[ChainViewer]:
    """Connect, and learn what the broker keeps; raises BrokerFault, perhaps in a group.

    Without ``shop``, of all counters.
    """
    ear = _Ear(counters)
    async with opened(open_stream) as stream, connected(stream, login, ear.take) as client:
        viewer = ChainViewer(client, ear)
        await viewer.subscribe(shop)
        yield viewer
