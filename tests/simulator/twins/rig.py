"""A simulated counter around a real daemon process, a fake service over HTTP, and no page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import zxingcpp
from PIL import Image, ImageOps

from kiosk.base.http_server import listen
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.api_server import serve
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from tests.support.processes import eventually

T = TypeVar("T")

ROOT = Path(__file__).parents[3]


class Shop:
    """The counter, its daemon and its payer."""

    def __init__(
        self,
        counter: SimulatedCounter,
        daemon: DaemonProcess,
        pace: Pace,
        book: OrderBook,
        faults: Faults,
    ) -> None:
        self.counter, self.daemon, self.pace = counter, daemon, pace
        self.faults, self._book = faults, book
        self.started = pace.clock()

    @property
    def state(self) -> str | None:
        """The daemon's state, as its status file says it."""
        try:
            fields = json.loads(self.counter.folder.status.read_text())
        except FileNotFoundError:
            return None
        return str(fields["state"]) if self.daemon.running else None

    def qr(self) -> str | None:
        """Return what a phone reads on the newest picture of the panel."""
        frames = sorted(self.counter.panel.frames.glob("*.png"))
        if not frames:
            return None
        with Image.open(frames[-1]) as frame:
            picture = frame.convert("L")
        larger = picture.resize((picture.width * 4, picture.height * 4), 0)
        found = zxingcpp.read_barcodes(ImageOps.expand(larger, 40, 255), try_invert=False)
        return found[0].text if found else None

    def shown(self) -> str | None:
        """Return the id of the order whose QR is on the panel, if it can be paid."""
        seen, payable = self.qr(), self._book.payable(self.pace.clock())
        return next((each.id for each in payable if each.qr_data == seen), None)

    async def pay(self) -> None:
        """Pay what is on the panel, as soon as it is."""
        order = await self.sees(self.shown)
        assert order
        self._book.pay(order, self.pace.clock(), 0)

    def sales(self) -> list[tuple[str, str | None]]:
        """Return amount and outcome of each sale in the journal."""
        with closing(sqlite3.connect(self.counter.folder.journal)) as journal:
            return journal.execute("SELECT amount, outcome FROM sales ORDER BY rowid").fetchall()

    def signals(self) -> list[dict[str, Any]]:
        """Return what the lamps, the buzzer and the voice did."""
        return [json.loads(line) for line in self.counter.lamps.record.read_text().splitlines()]

    async def sees(self, question: Callable[[], T]) -> T:
        """Ask until the answer is true, and return it."""
        return await anyio.to_thread.run_sync(eventually, question)

    async def logs(self, text: str) -> None:
        """Wait until the daemon has logged this."""
        await self.sees(lambda: any(text in line for line in list(self.daemon.log)))

    async def becomes(self, state: str) -> None:
        """Wait until the daemon is in this state."""
        await self.sees(lambda: self.state == state)


@asynccontextmanager
async def simulated(file: Path, folder: Path, speed: float = 1) -> AsyncIterator[Shop]:
    """Run the counter of a configuration, ready to sell."""
    pace = Pace()
    pace.speed = speed
    listener = listen(0)
    claimed = SimulationFolder.claim(folder)
    counter = SimulatedCounter(file, claimed, listener.getsockname()[1], pace.clock)
    rng = Random(1)
    pos = frozenset({counter.config.orders.external_pos_id})
    book = OrderBook(rng, ServiceOptions(points_of_sale=pos, country=counter.country))
    faults = Faults(sleep=pace.sleep)
    daemon = DaemonProcess(counter, pace)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve, create_app(book, faults, pace.clock, rng), listener)
        tasks.start_soon(counter.run)
        tasks.start_soon(daemon.keep_running)
        shop = Shop(counter, daemon, pace, book, faults)
        try:
            await shop.becomes("idle")
            yield shop
        finally:
            tasks.cancel_scope.cancel()
            claimed.release()


def story(
    file: Path, folder: Path, tell: Callable[[Shop], Awaitable[None]], speed: float = 1
) -> None:
    """Tell what happens at the counter of this file."""

    async def run() -> None:
        async with simulated(file, folder, speed) as shop:
            await tell(shop)

    anyio.run(run)


async def sell(shop: Shop, amount: str = "1500", by: str = "") -> None:
    """Sell by this input, or the first one, as its cashier does, until the payer has paid."""
    before = len(shop.sales())
    first, *others = shop.counter.twins.values()
    first = shop.counter.twins[by] if by else first
    if "key" in first.can:
        first.key(Decimal(amount))
    else:
        await shop.logs("articles")
        first.scan(next(each["code"] for each in first.articles() if len(each["code"]) == 13))
        if buttons := [each for each in others if "pay" in each.words]:
            await shop.logs("panel shows basket")
            buttons[0].press()
    await shop.becomes("paying")
    await shop.pay()
    await shop.sees(lambda: [outcome for _, outcome in shop.sales()[before:]] == ["paid"])
