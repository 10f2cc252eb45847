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
from kiosk.base.money import CURRENCIES
from kiosk.box.system import System
from kiosk.config.fleet_settings import FleetSettings, PasswordSettings
from kiosk.fleet.broker import Broker
from kiosk.inputs.mqtt import MqttSettings
from kiosk.journal import Journal
from kiosk.sale.effects import Fact, OrderKnown, SaleEnded, SaleOpened, reply_to
from kiosk.sale.events import AmountRead, Event, LinkChanged
from kiosk.sale.words import Outcome, Sale
from kiosk.service.status_file import StatusFile
from kiosk.shell.fleet_link import FleetLink, LinkedBox, LinkedInputs
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
        self.readings: list[Event] = []  # what the input for amounts has delivered
        self.problems: list[str] = []
        self.till = MqttSettings().open(CURRENCIES["ARS"])
        self.service_clock: Callable[[], float | None] = self.wall
        self.findings: list[dict[str, str]] = []
        self.examined = 0
        self.took: list[float] = []
        self.box = LinkedBox(
            folder / "journal.sqlite3", self._examine, System(folder, now=self.wall), took=self.took
        )
        self.client_id = "shop1/k1"
        self._sales = 0
        self._running: anyio.CancelScope | None = None

    @staticmethod
    def wall() -> float:
        return NOON + anyio.current_time()

    def opens(self, read: AmountRead) -> Sale:
        """Open a sale for an amount, as the machine does."""
        self._sales += 1
        sale = Sale(
            f"k1-{self._sales}",
            read.amount,
            read.source,
            ticket=read.ticket,
            amount_id=read.amount_id,
        )
        self.journal.remember(SaleOpened(sale), b"{}")
        self.is_now("creating", sale.reference)
        return sale

    def ends(self, sale: Sale, outcome: Outcome = Outcome.PAID) -> None:
        """End a sale, and tell the input."""
        self.journal.remember(SaleEnded(sale.reference, outcome, "the service said so"))
        self.is_now("finished", sale.reference)
        self.till.reply(reply_to(sale, outcome))

    def amounts(self) -> list[AmountRead]:
        """Return the amounts that were delivered."""
        return [event for event in self.readings if isinstance(event, AmountRead)]

    async def restarts(self, client_id: str = "", box: LinkedBox | None = None) -> None:
        """Lose the power, and start again: what was not in the journal is forgotten.

        Perhaps with a new name, or other settings.
        """
        self.stop()
        await anyio.sleep(1)
        self.client_id, self.box = client_id or self.client_id, box or self.box
        self.till = MqttSettings().open(CURRENCIES["ARS"])
        self.start()
        await anyio.sleep(2)

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
        environment = Environment(
            wall_clock=self.wall,
            service_time=self._service_time,
            broker=self.broker.open,
            new_thread=lambda: _in_place,
        )
        writer = JournalWriter(self.journal, _in_place)
        tills = LinkedInputs([self.till], 30.0)
        link = FleetLink(
            self.client_id, self.status, writer, self._deliver, environment, tills, self.box
        )
        with anyio.CancelScope() as self._running:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.till.run, self._read)
                broker = Broker(FLEET.host, FLEET.port, FLEET.tls, FLEET.ca)
                await link.run(broker, FLEET.password, self.problems.append)

    def _service_time(self) -> float | None:
        return self.service_clock()

    def stop(self) -> None:
        """Stop the link, as at the end of the daemon."""
        assert self._running
        self._running.cancel()

    async def _examine(self) -> list[dict[str, str]]:
        self.examined += 1
        await anyio.sleep(30)
        return self.findings

    async def _read(self, event: Event) -> None:
        self.readings.append(event)

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
