"""A random day at the counter, from a seed: sales, payers, faults and power cuts."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import trio

from kiosk.config.sale_settings import SaleSettings
from kiosk.sale.phases import Finished, Idle
from kiosk.signals.voice.settings import VoiceSettings
from kiosk.simulator.scenario.virtual_time import run_exactly
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.order import Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable
from tests.simulation.chain import TROUBLES, Chain
from tests.simulation.promises import Promises
from tests.simulation.stage import Stage, scratch
from tests.simulation.wire import Weather, promise

DAY = 86_400.0
FOUND_WITHIN = 7_200.0  # seconds after the end; then the second looks are over
MISHAPS = ("", "", "network", "panel", "disk", "register", "clock", "creates", "refunds", "order")
EVERY = 4  # of how many days is one a day of a counter with a chain
SEEN_WITHIN, AT_MOST_BEHIND = 600.0, 10.0  # seconds
TOLD_WITHIN = 300.0  # seconds; then a register that is plugged in has heard a result
EVENING = 7_200.0  # seconds; without faults, all sales must end within this time
AMOUNTS = ("22.50", "99.00", "1234.56", "15.00", "3.00")  # the last is below the service's minimum


class BadDay(AssertionError):
    """A promise was broken; the message says what happened on that day."""


def live_through(seed: int, *, voice: VoiceSettings | None = None) -> Stage:
    """Simulate the day of this seed. Raises BadDay if a promise is broken."""
    rng = Random(seed)
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        day = Day(rng, Path(folder), voice=voice)
        if seed % EVERY == 0:
            day.joins_chain(Random(-1 - seed))
        try:
            run_exactly(seed, day.live)
        except BaseException as error:
            raise BadDay(
                f"seed {seed}\n" + "\n".join(day.stage.play) + f"\n{_cause(error)}"
            ) from error
        return day.stage


def _cause(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


class Day:
    """One day; everything random comes from ``rng``."""

    stage: Stage

    def __init__(self, rng: Random, folder: Path, *, voice: VoiceSettings | None) -> None:
        self._rng, self._folder, self._voice = rng, folder, voice
        self.chances: Random | None = None  # of faults of the chain's broker; None without a chain
        self._ends = DAY

    def joins_chain(self, chances: Random) -> None:
        """Let the counter belong to a chain. Its day is short, because its link never rests."""
        self.chances, self._ends = chances, DAY / 4

    async def live(self) -> None:
        async with trio.open_nursery() as backstage:
            self._backstage = backstage
            self.stage = stage = Stage(self._folder, self._rng, backstage)
            self.promises = Promises(stage)
            stage.after_step = self.promises.check
            stage.on_told = self.promises.told
            stage.voice = self._voice
            if self.chances:
                stage.chain = Chain(self.chances, backstage)
                stage.chain.on_sale = self.promises.sale_published
                await backstage.start(stage.chain.serve)
                stage.chain.on_answer = self.promises.amount_answered
                backstage.start_soon(self._audit_chain)
                for number in range(self.chances.choice((1, 2, 3))):
                    backstage.start_soon(self._office, stage.chain, f"A{number}", self.chances)
                if self.chances.random() < 0.25:
                    backstage.start_soon(stage.chain.has, "away", 15_000.0)
            stage.weather.trouble = self._rng.choice((0.0, 0.05, 0.3))
            stage.sale = SaleSettings(
                expires_after=60.0,
                on_new_amount=self._rng.choice(("replace", "replace", "busy")),
                late_payment=self._rng.choice(("accept", "accept", "refund", "hold")),
            )
            stage.mode = self._rng.choice(("dynamic", "dynamic", "static", "hybrid"))
            for _ in range(self._rng.randint(1, 4)):
                backstage.start_soon(
                    self._sale, self._rng.uniform(60, self._ends - 3600), backstage
                )
            backstage.start_soon(self._audit)
            with trio.move_on_at(self._ends):
                await self._power_comes_and_goes()
            await self._evening()
            backstage.cancel_scope.cancel()

    # --- the power -------------------------------------------------------------------------------

    async def _power_comes_and_goes(self) -> None:
        for _ in range(self._rng.choice((0, 1, 1, 2, 3, 5))):
            if self._rng.random() < 0.5:
                await self.stage.run(cut_after=int(math.exp(self._rng.uniform(0, 8.0))))
            else:
                await self.stage.run(writes=self._rng.randint(1, 9))
            await trio.sleep(self._rng.choice((1.0, 5.0, 90.0, 1000.0)))
        await self.stage.run()

    async def _evening(self) -> None:
        """Remove all faults, and sell once more; then every sale must end."""
        stage = self.stage
        stage.note("--- evening: no more faults")
        stage.weather = Weather()
        stage.wire.weather = stage.weather
        stage.panel_broken = stage.disk.full = False
        stage.plug_in()
        if stage.chain:
            stage.chain.recovers()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stage.run)
            with trio.move_on_after(EVENING) as patience:
                await self._until(self._sells)
                orders = len(stage.book.stored_orders())
                await stage.cashier_keys("15.00")
                await trio.sleep(5)
                await stage.cashier_cancels()
                await self._until(self._all_settled)
                sold = len(stage.book.stored_orders()) > orders
                promise(sold, "without faults, it does not sell")
            promise(not patience.cancelled_caught, "it is never settled")
            self.promises.check()
            self.promises.evening()
            stage.switch_off()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - on virtual time
            await trio.sleep(30)

    def _sells(self) -> bool:
        kiosk = self.stage.kiosk
        return kiosk is not None and isinstance(kiosk.counter.phase, (Idle, Finished))

    def _all_settled(self) -> bool:
        kiosk = self.stage.kiosk
        return (
            kiosk is not None
            and self._sells()
            and not (kiosk.journal.unsettled() or kiosk.journal.untold())
            and self.promises.waits_for_people(kiosk.journal.set_aside())
            and self.promises.chain_knows_all()
        )

    async def _audit(self) -> None:
        """Check now and then that the register has heard every result."""
        before: set[tuple[int, str]] = set()
        while True:
            await trio.sleep(TOLD_WITHIN)
            before = self.promises.results_are_told(before)

    async def _audit_chain(self) -> None:
        """Check now and then that a reader of the chain sees what the counter does."""
        while True:
            await trio.sleep(SEEN_WITHIN)
            if wrong := self.promises.reader_is_wrong():
                await trio.sleep(AT_MOST_BEHIND)
                promise(wrong != self.promises.reader_is_wrong(), wrong)

    # --- the people ------------------------------------------------------------------------------

    async def _sale(self, at: float, backstage: trio.Nursery) -> None:
        """Simulate one customer."""
        await trio.sleep_until(at)
        backstage.start_soon(self._mishap)
        if self.stage.chain and self.chances:
            backstage.start_soon(self._broker_trouble, self.stage.chain, self.chances)
        await self._key(backstage)
        for _ in range(self._rng.choice((0, 0, 0, 1, 2))):
            await trio.sleep(self._rng.expovariate(1 / 8))
            again: list[Callable[[], Awaitable[None]]] = [
                lambda: self._key(backstage),
                self.stage.cashier_cancels,
                self.stage.noise,
                self._reload,
            ]
            await self._rng.choice(again)()

    async def _key(self, backstage: trio.Nursery) -> None:
        await self.stage.cashier_keys(self._rng.choice(AMOUNTS))
        for _ in range(self._rng.choice((0, 1, 1, 1, 2))):
            backstage.start_soon(self._payer)

    async def _payer(self) -> None:
        """Scan what is on the panel or the printed code, and pay at once, later or never."""
        await trio.sleep(self._rng.expovariate(1 / 10))
        printed = {"static": True, "hybrid": self._rng.random() < 0.5}.get(self.stage.mode, False)
        order = self.stage.scanned(printed=printed)
        if order is None:
            return
        await trio.sleep(self._rng.choice((0.0, 0.0, 1.0, 5.0, 30.0, 58.0, 70.0)))
        try:
            takes = self._rng.choice((0.0, 0.0, 3.0, 20.0))
            odd = self.stage.oddities.pay(order, self.stage.service_clock(), takes)
            self.stage.note(f"payer: pays {order.id} (that takes {takes:.0f} s) {odd}".rstrip())
            if self.stage.chain:
                self._backstage.start_soon(self.stage.chain.hint, order)
            await self._regret(order)
        except NotPayable as no:
            self.stage.note(f"payer: can't pay {order.id}: {no}")
            await self._pay_after_the_end(order)

    async def _regret(self, order: Order) -> None:
        """Have the seller give the money back in the app, sometimes."""
        if self._rng.random() > 0.1 or order.id in self.stage.oddities.of:
            return
        await trio.sleep(self._rng.choice((1.0, 30.0, 600.0)))
        try:
            self.stage.book.refund_elsewhere(order.id, self.stage.service_clock())
        except Problem:
            return
        self.stage.oddities.refunded_elsewhere.add(order.id)
        self.stage.note(f"seller: gives the money of {order.id} back")

    async def _pay_after_the_end(self, order: Order) -> None:
        """Have the payer, who had opened the pay screen, pay an order that has ended."""
        late = order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
        refund = self.stage.sale.late_payment == "refund"  # the simulated service refuses it
        if not late or refund or self._rng.random() < 0.5:
            return
        self.stage.note(f"payer: pays {order.id} after its end")
        self.stage.oddities.pay_after_the_end(order)
        boots, now = self.stage.boots, trio.current_time()
        await trio.sleep(FOUND_WITHIN)
        if self.stage.boots == boots and not self.stage.weather.was_down(now, FOUND_WITHIN):
            self.promises.late_money_is_found(order)

    async def _reload(self) -> None:
        """Change the configuration."""
        self.stage.cable += self._rng.choice((0, 0, 1))
        self.stage.reload()

    # --- what goes wrong -------------------------------------------------------------------------

    async def _mishap(self) -> None:
        """Break something near the time of the sale, and repair it later."""
        stage, rng = self.stage, self._rng
        await trio.sleep(max(0.0, rng.uniform(-5, 30)))
        lasts = rng.choice((1.0, 15.0, 120.0, 2000.0))
        now = trio.current_time()
        what = rng.choice(MISHAPS)
        if what:
            stage.note(f"--- trouble with the {what} for {lasts:.0f} s")
        match what:
            case "network":
                stage.weather.outages.append((now, now + lasts))
            case "panel" | "disk" | "register":
                begin, end = self._trouble(what)
                begin()
                await trio.sleep(lasts)
                end()
                stage.note(f"--- the {what} is repaired")
            case "creates":
                stage.weather.creates_fail_until = now + lasts
            case "refunds":
                stage.book.options = replace(stage.book.options, refund_takes=lasts)
            case "order":
                self._set_to_failed()
            case "clock":
                stage.clock_error = rng.choice((NO_CLOCK, 3600.0, -7200.0, 0.0))

    async def _office(self, chain: Chain, number: str, rng: Random) -> None:
        """Have the office of the chain ask for an amount, which somebody may pay."""
        await trio.sleep(rng.uniform(60, self._ends - 3600))
        self.stage.note(f"office: asks for {number}")
        self._backstage.start_soon(self._broker_trouble, chain, rng)
        self._backstage.start_soon(self._payer)
        await chain.asks_for(number, rng.choice(AMOUNTS), self.stage.service_clock)

    async def _broker_trouble(self, chain: Chain, rng: Random) -> None:
        """Let the broker have a trouble near the time of the sale."""
        await trio.sleep(rng.uniform(0, rng.choice((60, 1000))))
        if trouble := rng.choice(("", *TROUBLES)):
            lasts = rng.choice((5.0, 60.0, 600.0, 5000.0))
            self.stage.note(f"--- trouble with the broker for {lasts:.0f} s: {trouble}")
            await chain.has(trouble, lasts)

    def _set_to_failed(self) -> None:
        """Have a tester set an order to ``failed``: it has no end that the documents know."""
        stage = self.stage
        for order in stage.book.payable(stage.service_clock()):
            with contextlib.suppress(NotPayable):
                stage.book.fail(order.id, stage.service_clock())
                stage.note(f"tester: sets {order.id} to failed")

    def _trouble(self, what: str) -> tuple[Callable[[], None], Callable[[], None]]:
        """Return the functions that begin and end that trouble."""
        stage = self.stage
        return {
            "panel": (
                lambda: setattr(stage, "panel_broken", True),
                lambda: setattr(stage, "panel_broken", False),
            ),
            "disk": (
                lambda: setattr(stage.disk, "full", True),
                lambda: setattr(stage.disk, "full", False),
            ),
            "register": (stage.unplug, stage.plug_in),
        }[what]


NO_CLOCK = -1_799_999_000.0  # a computer without one believes that it is 1970
