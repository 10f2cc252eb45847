"""A whole counter in memory, for one driver and mode: the daemon's own code on virtual time.

The service is the simulator's application, answered without a network; the register is a list.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeVar

import httpx
import trio
from trio.testing import MockClock

from kiosk.app import Kiosk
from kiosk.base.environment import Environment
from kiosk.base.money import Currency, Money
from kiosk.config import Config
from kiosk.config.sale_settings import SaleSettings
from kiosk.config.sections import KioskSettings
from kiosk.display.fake import FakePanelSettings
from kiosk.inputs import Input, InputSettings
from kiosk.journal import Journal, JournalSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, CancelPressed, Deliver, ResultDelivered
from kiosk.sale.words import Outcome, Unknown
from kiosk.service.settings import ServiceSettings
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from tests.orders.sellers import FLOWS, NOON

T = TypeVar("T")


class Register:
    """A cash register that keys and cancels, and remembers what it was told."""

    name = "caja"

    def __init__(self) -> None:
        self.told: list[Outcome | Unknown] = []
        self._send, self._pending = trio.open_memory_channel[Reply](math.inf)
        self._deliver: Deliver | None = None

    async def run(self, deliver: Deliver) -> None:
        self._deliver = deliver
        async for reply in self._pending:
            self.told.append(reply.outcome)
            await deliver(ResultDelivered(reply.reference, reply.outcome))

    def reply(self, result: Reply) -> None:
        self._send.send_nowait(result)

    async def keys(self, amount: str) -> None:
        assert self._deliver
        await self._deliver(AmountRead(Money.of(amount, "ARS"), self.name))

    async def cancels(self) -> None:
        assert self._deliver
        await self._deliver(CancelPressed(self.name))


class RegisterSettings(InputSettings):
    driver: Literal["register"] = "register"
    device: Any = None

    def open(self, currency: Currency) -> Input:
        opened: Input = self.device
        return opened


class Counter:
    """What a story acts on and looks at."""

    def __init__(self, flow: str, folder: Path, rules: list[dict[str, Any]]) -> None:
        rng = Random(1)
        self.book = OrderBook(rng)
        self._app = create_app(self.book, Faults(parse(rules)), self.clock, rng)
        self._flow, self._folder = flow, folder
        self._boots = 0
        self.register = Register()

    def clock(self) -> float:
        return NOON + trio.current_time()

    @contextmanager
    def _journal(self) -> Iterator[Journal]:
        with closing(Journal.open(self._folder / "journal.sqlite3", self.clock)) as journal:
            yield journal

    async def powered(self, story: Callable[[], Awaitable[None]]) -> None:
        """Run the daemon while the story goes on, then cut its power."""
        self._boots += 1
        self.register = Register()
        with self._journal() as journal:
            async with (
                open_event_queue() as events,
                supervised_inputs(events.deliver, self.clock) as supervisor,
                trio.open_nursery() as nursery,
            ):
                self.kiosk = Kiosk(self._config(), self._environment(), journal, events, supervisor)
                nursery.start_soon(self.kiosk.serve)
                await self.until(lambda: self.state not in ("starting", "closing", "creating"))
                await story()
                nursery.cancel_scope.cancel()

    @property
    def state(self) -> str:
        return self.kiosk.counter.state

    async def until(self, condition: Callable[[], bool], seconds: float = 900) -> None:
        with trio.fail_after(seconds):
            while not condition():  # noqa: ASYNC110 - virtual time costs nothing
                await trio.sleep(0.25)

    async def told(self, *outcomes: Outcome) -> None:
        """Wait until the register was told just these."""
        await self.until(lambda: len(self.register.told) >= len(outcomes))
        assert self.register.told == list(outcomes)

    async def sells(self, amount: str = "1234.50") -> Order:
        """Key an amount, and return the service's order once it can be paid."""
        await self.register.keys(amount)
        await self.until(lambda: self.state == "paying")
        return self.newest()

    def newest(self) -> Order:
        """Return the order that a payer would see: the one on the panel, or behind the code."""
        shown = self.kiosk.display.shown
        orders = self.book.orders(self.clock())
        return next((o for o in orders if shown and o.qr_data == shown.qr_data), orders[0])

    def pays(self, order: Order, takes: float = 0.0) -> None:
        self.book.pay(order.id, self.clock(), takes)

    def outcomes(self) -> list[Outcome | None]:
        """Return what the journal holds, oldest sale first."""
        with closing(Journal.open_read_only(self._folder / "journal.sqlite3")) as journal:
            return [record.outcome for record in reversed(journal.sales())]

    def _environment(self) -> Environment:
        return Environment(
            wall_clock=self.clock,
            nonce=lambda: f"{self._boots:08}",
            new_thread=lambda: _in_place,
            http_transport=httpx.ASGITransport(self._app),
        )

    def _config(self) -> Config:
        sections: dict[str, Any] = {
            "kiosk": KioskSettings(name="k1", language="es", currency="ARS"),
            "inputs": (RegisterSettings(name="caja", device=self.register),),
            "sale": SaleSettings(expires_after=120.0),
            "orders": FLOWS[self._flow].model_copy(update={"token": _Token()}),
            "display": FakePanelSettings.model_validate(
                {"driver": "fake", "size": "128x128", "frames": str(self._folder / "frames")}
            ),
            "signals": FakeSignalsSettings(),
            "journal": JournalSettings(path=self._folder / "journal.sqlite3"),
            "service": ServiceSettings(status_file=self._folder / "status.json"),
        }
        return Config.model_construct(**sections)


class _Token:
    """A token that stands nowhere."""

    remedy = "replace it"

    def read(self, environ: Any) -> Any:
        from pydantic import SecretStr  # noqa: PLC0415

        return SecretStr("APP_USR-42")

    def __str__(self) -> str:
        return "orders.token (env TOKEN)"


async def _in_place(work: Callable[[], T]) -> T:
    await trio.lowlevel.checkpoint()
    return work()


def play(flow: str, story: Callable[[Counter], Awaitable[None]], *rules: dict[str, Any]) -> Counter:
    """Run a story at a counter with this driver and mode, on virtual time."""
    counters: list[Counter] = []

    async def run() -> None:
        with TemporaryDirectory() as folder:
            counter = Counter(flow, Path(folder), list(rules))
            counters.append(counter)
            await story(counter)

    trio.run(run, clock=MockClock(autojump_threshold=0))
    return counters[0]
