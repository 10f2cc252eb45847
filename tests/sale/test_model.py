"""The machine against a small model of the world: a lossy network, a payer, a cashier, power cuts.

hypothesis looks for a sequence of events that breaks a promise, and shrinks what it finds to a
short story. The service and the journal here are models of ten lines each: what they hold is what
the real ones would, and the machine can't tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.asking import NEVER
from kiosk.sale.effects import Effect
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter, Finished, Idle, OutOfService
from kiosk.sale.policy import OnNewAmount, Policy
from kiosk.sale.words import Fault, Item, Outcome, Sale, Screen
from tests.support.play import QR, pesos

VALIDITY = 300.0


def total(items: Iterable[Item]) -> Decimal:
    return sum((item.price.amount * item.quantity for item in items), Decimal(0))


@dataclass
class Service:
    """The payment service: orders by id, and the one that each reference (key) has made."""

    orders: dict[str, OrderSeen] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)

    def carry_out(self, effect: Effect, sales: dict[str, Sale], now: float) -> Event:
        for order_id, order in self.orders.items():
            if order.status == "created" and now >= self.until[order_id]:
                self.orders[order_id] = replace(order, status="expired")
        match effect:
            case do.CreateOrder(reference):
                made = [order for order in self.orders.values() if order.reference == reference]
                if not made:
                    order_id = f"ORD{len(self.orders) + 1}"
                    total = sales[reference].amount
                    self.orders[order_id] = OrderSeen(order_id, reference, "created", total, "", QR)
                    self.until[order_id] = now + VALIDITY
                    made = [self.orders[order_id]]
                return made[0]
            case do.FetchOrder(order_id):
                return self.orders[order_id]
            case do.CancelOrder(order_id):
                order = self.orders[order_id]
                if order.status != "created":
                    return CallFailed(Failure.CONFLICT, "not in created")
                self.orders[order_id] = replace(order, status="canceled")
                return self.orders[order_id]
            case _:
                return on.ReadyToSell()

    def payable(self) -> list[OrderSeen]:
        return [order for order in self.orders.values() if order.status == "created"]


@dataclass
class Book:
    """The journal: what survives a power cut."""

    sales: dict[str, Sale] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def write(self, fact: do.Fact) -> None:
        match fact:
            case do.SaleOpened(sale):
                assert sale.reference not in self.sales
                assert not sale.items or total(sale.items) == sale.amount.amount
                self.sales[sale.reference] = sale
            case do.OrderKnown(reference, order_id):
                self.sales[reference] = replace(self.sales[reference], order_id=order_id)
            case do.SaleEnded(reference, outcome):
                assert reference not in self.outcomes, "a sale ends once"
                self.outcomes[reference] = outcome
            case do.ResultTold(reference):
                self.told.add(reference)

    def boot(self) -> on.Started:
        ended = {reference for reference in self.outcomes if reference not in self.told}
        return on.Started(
            tuple(sale for ref, sale in self.sales.items() if ref not in self.outcomes),
            tuple((self.sales[ref], self.outcomes[ref]) for ref in sorted(ended)),
        )


class CounterInTheWorld(RuleBasedStateMachine):
    @initialize(
        on_new_amount=st.sampled_from(["replace", "busy"]),
        checkout=st.sampled_from([0.0, 20.0, math.inf]),
    )
    def switch_on(self, on_new_amount: OnNewAmount, checkout: float) -> None:
        self.service, self.book = Service(), Book()
        self.on_new_amount, self.checkout = on_new_amount, checkout
        self.now = 1000.0
        self.boots = 0
        self.boot()

    def boot(self) -> None:
        self.boots += 1
        prefix = f"K{self.boots}"
        policy = Policy(prefix, self.checkout, on_new_amount=self.on_new_amount)
        self.machine = Machine(policy)
        self.counter = Counter()
        self.underway: Effect | None = None
        self.qr: str = ""
        self.give(self.book.boot())

    def give(self, event: Event, cut_after: int | None = None) -> None:
        """Take a step; the power may fail after ``cut_after`` of its effects."""
        self.counter, effects = self.machine.step(self.counter, event, self.now)
        for effect in effects[:cut_after]:
            self.perform(effect)
        if cut_after is not None and cut_after < len(effects):
            self.boot()

    def perform(self, effect: Effect) -> None:
        match effect:
            case do.Remember(fact):
                self.book.write(fact)
            case do.Show(screen, qr_data=qr_data):
                self.qr = self.counter.sale.order_id if qr_data and self.counter.sale else ""
                if screen is Screen.PAID:
                    self.check_paid()
            case do.Reply(_, reference, _, outcome):
                assert self.book.outcomes[reference] == outcome, "told only what is written down"
            case do.CreateOrder(reference):
                assert reference in self.book.sales, "written down before it is sent"
                self.call(effect)
            case do.FetchOrder() | do.CancelOrder() | do.Probe():
                self.call(effect)

    def call(self, effect: Effect) -> None:
        assert self.underway is None, "one question at a time"
        self.underway = effect

    def check_paid(self) -> None:
        sale = self.counter.sale
        assert sale is not None
        order = self.service.orders[sale.order_id]
        assert (order.status, order.reference, order.total) == (
            "processed",
            sale.reference,
            sale.amount,
        )

    # --- what may happen ------------------------------------------------------------------------

    @rule(amount=st.sampled_from(["5.00", "12.50", "99.99"]), cut=st.none() | st.integers(0, 4))
    def cashier_keys(self, amount: str, cut: int | None) -> None:
        self.give(on.AmountRead(pesos(amount), "caja"), cut)

    @rule(price=st.sampled_from(["5.00", "0.01"]), cut=st.none() | st.integers(0, 4))
    def cashier_scans(self, price: str, cut: int | None) -> None:
        self.give(on.ItemScanned(Item("Thing", pesos(price), 2, "779"), "gun"), cut)

    @rule(press=st.sampled_from([on.PayPressed, on.RemovePressed, on.ClearPressed]),
          cut=st.none() | st.integers(0, 4))  # fmt: skip
    def cashier_presses(self, press: Callable[[str], Event], cut: int | None) -> None:
        self.give(press("gun"), cut)

    @rule()
    def cashier_cancels(self) -> None:
        self.give(on.CancelPressed("button"))

    @rule()
    def noise(self) -> None:
        self.give(on.ReadingRejected("noise", "caja"))

    @precondition(lambda self: self.underway)
    @rule(cut=st.none() | st.integers(0, 5))
    def answer_comes(self, cut: int | None) -> None:
        call, self.underway = self.underway, None
        assert call is not None
        self.give(self.service.carry_out(call, self.book.sales, self.now), cut)

    @precondition(lambda self: self.underway)
    @rule(failure=st.sampled_from([Failure.NOT_SENT, Failure.UNKNOWN, Failure.TOKEN]))
    def request_is_lost(self, failure: Failure) -> None:
        self.underway = None
        self.give(CallFailed(failure, "lost"))

    @precondition(lambda self: self.underway)
    @rule()
    def reply_is_lost(self) -> None:
        call, self.underway = self.underway, None
        assert call is not None
        self.service.carry_out(call, self.book.sales, self.now)
        self.give(CallFailed(Failure.UNKNOWN, "lost"))

    @precondition(lambda self: self.service.payable())
    @rule(data=st.data())
    def payer_pays(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.service.payable()))
        if self.now < self.service.until[order.order_id]:
            self.service.orders[order.order_id] = replace(order, status="processed")

    @rule(seconds=st.sampled_from([1.0, 20.0, 400.0]))
    def time_goes_by(self, seconds: float) -> None:
        until = self.now + seconds
        for _ in range(200):
            if self.counter.wake > until:
                break
            self.wake_up()
        self.now = max(self.now, until)

    def wake_up(self) -> None:
        self.now = max(self.now, self.counter.wake)
        before = self.counter
        self.give(on.TimePassed())
        assert self.counter != before, "woken for nothing: the loop would spin"

    @rule()
    def power_is_cut(self) -> None:
        self.boot()

    @rule()
    def panel_breaks_and_mends(self) -> None:
        self.give(on.DeviceFailed(Fault.PANEL, "gone"))
        self.give(on.DeviceRecovered(Fault.PANEL))

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def at_most_one_order_is_payable(self) -> None:
        live = [o for o in self.service.payable() if self.now < self.service.until[o.order_id]]
        assert len(live) <= 1, live

    @invariant()
    def the_panel_shows_the_order_at_hand_or_none(self) -> None:
        if self.qr:
            assert self.counter.sale is not None
            assert self.counter.sale.order_id == self.qr

    @invariant()
    def outcomes_are_the_services_own(self) -> None:
        for order in self.service.orders.values():
            outcome = self.book.outcomes.get(order.reference)
            words = {"processed": "paid"}
            assert outcome in (None, words.get(order.status, order.status)), order

    def teardown(self) -> None:
        """In the end the network is well again: everything is settled, and told."""
        for _ in range(3000):
            if self.underway:
                self.answer_comes(None)
            elif (
                isinstance(self.counter.phase, (Idle, OutOfService)) and self.counter.wake == NEVER
            ):
                break
            elif self.counter.wake < NEVER:
                self.wake_up()
        assert isinstance(self.counter.phase, (Idle, Finished)), self.counter
        assert set(self.book.outcomes) == set(self.book.sales), "no sale stays open"
        self.outcomes_are_the_services_own()
        assert not [o for o in self.service.payable() if self.now < self.service.until[o.order_id]]


CounterInTheWorld.TestCase.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None
)
TestCounterInTheWorld = CounterInTheWorld.TestCase
