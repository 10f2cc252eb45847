"""A counter with the fleet's link on virtual time: real journal and status, a broker in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
import trio
from anyio.abc import TaskGroup
from trio.testing import MockClock

from kiosk.base.environment import Environment
from kiosk.config.fleet_settings import FleetSettings, PasswordSettings
from kiosk.fleet.broker import Broker
from kiosk.journal import Journal
from kiosk.sale.effects import Fact, OrderKnown, SaleEnded, SaleOpened
from kiosk.sale.events import Event, LinkChanged
from kiosk.sale.words import Outcome, Sale
from kiosk.service.status_file import StatusFile
from kiosk.shell.fleet_link import FleetLink
from kiosk.shell.journal_writer import JournalWriter
from tests.fleet.memory_broker import MemoryBroker
from tests.support.play import pesos

T = TypeVar("T")

NOON = 1_800_000_000.0
FLEET = FleetSettings(
    broker="mqtt://127.0.0.1", shop="shop1", password=PasswordSettings(env="PATH")
)
IDLE: dict[str, Any] = {
    "state": "idle",
    "reference": None,
    "health": {"network": "ok", "panel": "ok"},
    "problems": [],
}


class Counter:
    """What the link sees of a kiosk, and what it does to it."""

    def __init__(self, folder: Path, broker: MemoryBroker, tasks: TaskGroup) -> None:
        self.broker, self._tasks = broker, tasks
        self.status = StatusFile(folder / "status.json")
        self.journal = Journal.open(folder / "journal.sqlite3", self.wall)
        self.heard: list[tuple[float, Event]] = []
        self.linked: list[bool] = []  # what it heard of the link
        self.problems: list[str] = []
        self._running: anyio.CancelScope | None = None

    @staticmethod
    def wall() -> float:
        return NOON + anyio.current_time()

    def is_now(self, state: str, reference: str | None = None, **more: Any) -> None:
        """Write the status, as the daemon does."""
        self.status.write({**IDLE, "state": state, "reference": reference, **more})

    def sells(self, reference: str, outcome: Outcome = Outcome.PAID) -> None:
        """Write a sale and its end to the journal, and the status."""
        sale = Sale(reference, pesos("12.50"), "caja")
        facts: list[Fact] = [
            SaleOpened(sale),
            OrderKnown(reference, f"ORD-{reference}"),
            SaleEnded(reference, outcome, "the service said so"),
        ]
        for fact in facts:
            self.journal.remember(fact, b"{}")
        self.is_now("finished", reference)

    def sells_again(self, reference: str, outcome: Outcome) -> None:
        """Write another end of a sale, as when late money is found."""
        self.journal.remember(SaleEnded(reference, outcome, "the service said so"))
        self.is_now("idle")

    def start(self) -> None:
        """Start the link."""
        self._tasks.start_soon(self._run)

    async def _run(self) -> None:
        environment = Environment(wall_clock=self.wall, broker=self.broker.open)
        writer = JournalWriter(self.journal, _in_place)
        link = FleetLink("shop1/k1", self.status, writer, self._deliver, environment)
        with anyio.CancelScope() as self._running:
            broker = Broker(FLEET.host, FLEET.port, FLEET.tls, FLEET.ca)
            await link.run(broker, FLEET.password, self.problems.append)

    def stop(self) -> None:
        """Stop the link, as at the end of the daemon."""
        assert self._running
        self._running.cancel()

    async def _deliver(self, event: Event) -> None:
        if isinstance(event, LinkChanged):
            self.linked.append(event.connected)
        else:
            self.heard.append((anyio.current_time(), event))


async def _in_place(work: Callable[[], T]) -> T:
    await anyio.lowlevel.checkpoint()
    return work()


@asynccontextmanager
async def _stage() -> AsyncIterator[Counter]:
    broker = MemoryBroker()
    with TemporaryDirectory() as folder:
        async with anyio.create_task_group() as tasks:
            await tasks.start(broker.serve)
            counter = Counter(Path(folder), broker, tasks)
            try:
                yield counter
            finally:
                counter.journal.close()
            tasks.cancel_scope.cancel()


def play(story: Callable[[Counter], Awaitable[None]]) -> None:
    """Run a story on virtual time: an hour takes no time."""

    async def run() -> None:
        async with _stage() as counter:
            await story(counter)

    trio.run(run, clock=MockClock(autojump_threshold=0))
