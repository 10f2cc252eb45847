"""The link to the broker: connects for ever, and runs the topics while it is connected.

The counter never waits for it. What it has to tell is in the journal, or is the newest state.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NoReturn, Protocol

import anyio

from kiosk.base.errors import ConfigError
from kiosk.base.retry import pauses, reason_of
from kiosk.fleet.broker import OpenStream, opened
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import (
    BrokerFault,
    ConnectionClosed,
    Login,
    MqttMessage,
    TakenOver,
)

# A broker that comes back must not meet all kiosks of a chain in the same second: each waits for a
# random part of the pause ("full jitter").
ANY_PART = 0.05, 0.85  # not at once: a broker that is started again needs a few seconds
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 300.0  # seconds
WORKED = 60.0  # seconds; after a connection that lasted so long, the pauses are short again
# Two kiosks with one name end each other's connection. A broker may say so, and then each waits for
# a part of the longest pause. Mosquitto 2.0 only closes: several times in a row, that is taken for
# the same. The problem is shown until a connection has lasted longer than any pause.
CLOSED, ALONE = 3, 600.0  # times, seconds

log = logging.getLogger("kiosk.fleet")

Report = Callable[[str], None]


class Publishes(Protocol):
    """A topic that the kiosk publishes."""

    async def run(self, client: Client) -> NoReturn:
        """Publish, as long as the connection lasts; raises BrokerFault."""
        ...


class Takes(Protocol):
    """A topic that others publish for the kiosk."""

    def take(self, message: MqttMessage) -> None:
        """Take a message. Never waits, and ignores what it can't read."""
        ...


class Presence(Publishes, Protocol):
    """The topic that says whether the kiosk is there."""

    def will(self) -> MqttMessage:
        """Return what the broker publishes when it misses the kiosk."""
        ...

    def goodbye(self) -> MqttMessage:
        """Return the last message of a kiosk that is stopped."""
        ...


async def keep_trying(
    serve: Callable[[Callable[[], None]], Awaitable[NoReturn]],
    report: Report,
    longest_pauses: tuple[float, float] = (FIRST_PAUSE, LONGEST_PAUSE),
) -> NoReturn:
    """Connect and serve again and again, until canceled.

    ``serve`` gets what it calls when the broker is connected. ``report`` gets why the broker is
    away, or an empty text when it is connected; the same is reported only once.
    ``longest_pauses``: in seconds, the first one, and the one to which they grow.
    """
    reported: str | None = None

    def note(problem: str = "") -> None:
        nonlocal reported
        if problem != reported:
            reported = problem
            report(problem)

    waits = pauses(*longest_pauses, ANY_PART)
    while True:
        begun = anyio.current_time()
        try:
            await serve(note)
        except* TakenOver as group:
            note(reason_of(group))
            waits = pauses(longest_pauses[1], longest_pauses[1], ANY_PART)
        except* (BrokerFault, ConfigError) as group:
            note(reason_of(group))
            if anyio.current_time() - begun >= WORKED:
                waits = pauses(*longest_pauses, ANY_PART)
        await anyio.sleep(next(waits))


class Link:
    """Connects one kiosk, known as ``SHOP/KIOSK``, with its broker."""

    def __init__(
        self,
        client_id: str,
        presence: Presence,
        publishes: tuple[Publishes, ...],
        takes: Mapping[str, Takes],
        connection: Report,
        report: Report,
    ) -> None:
        """``takes`` by topic; ``connection`` gets why the broker is away, or an empty text.

        ``report`` gets what a person must know: that, or that another kiosk has the same name.
        """
        self._client_id, self._presence, self._publishes = client_id, presence, publishes
        self._takes, self._connection, self._report = takes, connection, report
        self._closed = 0  # connections in a row that ended from outside

    async def run(self, open_stream: OpenStream, password: Callable[[], bytes]) -> NoReturn:
        """Keep the connection, until canceled. ``password`` is read before each attempt."""
        await keep_trying(partial(self._serve, open_stream, password), self._tell)
        raise AssertionError("a link runs for ever")

    async def _serve(
        self, open_stream: OpenStream, password: Callable[[], bytes], is_up: Callable[[], None]
    ) -> NoReturn:
        try:
            await self._serve_once(open_stream, password, is_up)
        except* TakenOver:
            self._closed = CLOSED
            raise
        except* ConnectionClosed:
            self._closed += 1
            raise
        raise AssertionError("topics run for ever")

    async def _serve_once(
        self, open_stream: OpenStream, password: Callable[[], bytes], is_up: Callable[[], None]
    ) -> NoReturn:
        login = Login(self._client_id, password(), self._presence.will())
        async with (
            opened(open_stream) as stream,
            connected(stream, login, self._take) as client,
            _goodbye(client, self._presence),
            anyio.create_task_group() as tasks,
        ):
            # One subscription to all topics of the kiosk. What it publishes itself does not come
            # back. ``in/#`` would cost a Mosquitto 0.7 KiB more for each kiosk: one level more.
            await client.subscribe(f"kiosk/v1/{self._client_id}/#")
            is_up()
            tasks.start_soon(self._find_out_whether_alone)
            for each in (self._presence, *self._publishes):
                tasks.start_soon(each.run, client)
        raise AssertionError("topics run for ever")

    async def _take(self, message: MqttMessage) -> None:
        """Hand on a message; a retained one is old, and nobody acts on it."""
        topic = self._takes.get(message.topic)
        if topic and not message.retain:
            topic.take(message)

    async def _find_out_whether_alone(self) -> None:
        """End the report of another kiosk with this name if that one does not come again."""
        await anyio.sleep(ALONE)
        if self._closed >= CLOSED:
            self._report("")
        self._closed = 0

    def _tell(self, problem: str) -> None:
        """Log and report a problem, or its end."""
        self._connection(problem)
        if problem or self._closed < CLOSED:
            self._report(problem)
        if problem:
            log.warning("%s; the counter sells on without it", problem)
        else:
            log.info("the broker is connected")


@asynccontextmanager
async def _goodbye(client: Client, presence: Presence) -> AsyncIterator[None]:
    """Tell the broker when the kiosk stops. A connection that is lost has nobody to tell."""
    try:
        yield
    except anyio.get_cancelled_exc_class():
        if not client.lost:
            with suppress(BrokerFault):
                await client.say_goodbye(presence.goodbye())
        raise
