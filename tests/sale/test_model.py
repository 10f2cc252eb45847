"""The machine with a lossy network, a payer, a cashier, a failing panel and power cuts.

hypothesis looks for a sequence of events that breaks a promise, and shortens what it finds. The
service and the journal are small models (``model_service.py``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

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
from kiosk.sale.words import Fault, Item, Screen, Unknown
from tests.sale.model_service import ModelJournal, ModelService
from tests.support.examples import examples
from tests.support.play import pesos


class CounterInUse(RuleBasedStateMachine):
    @initialize(
        on_new_amount=st.sampled_from(["replace", "busy"]),
        checkout=st.sampled_from([0.0, 20.0, math.inf]),
    )
    def switch_on(self, on_new_amount: OnNewAmount, checkout: float) -> None:
        self.service, self.journal = ModelService(), ModelJournal()
        self.on_new_amount, self.checkout = on_new_amount, checkout
        self.now = 1000.0
        self.starts = 0
        self.deaf = False  # the service answers no create
        self.shown: set[str] = set()  # the orders whose QR was on the panel
        self.start()

    def start(self) -> None:
        self.starts += 1
        prefix = f"K{self.starts}"
        policy = Policy(prefix, self.checkout, on_new_amount=self.on_new_amount)
        self.machine = Machine(policy)
        self.counter = Counter()
        self.underway: Effect | None = None
        self.looking: Effect | None = None
        self.qr: str = ""
        self.give(self.journal.started())

    def give(self, event: Event, cut_after: int | None = None) -> None:
        """Take a step; the power may fail after ``cut_after`` of its effects."""
        self.counter, effects = self.machine.step(self.counter, event, self.now)
        for effect in effects[:cut_after]:
            self.perform(effect)
        if cut_after is not None and cut_after < len(effects):
            self.start()

    def perform(self, effect: Effect) -> None:
        match effect:
            case do.Remember(fact):
                self.journal.write(fact)
            case do.Show(screen, qr_data=qr_data):
                self.qr = self.counter.sale.order_id if qr_data and self.counter.sale else ""
                self.shown |= {self.qr} if self.qr else set()
                if screen is Screen.PAID:
                    self.check_paid()
            case do.Reply(_, reference, _, Unknown.UNKNOWN):
                assert reference in self.journal.set_aside, "only what is set aside is unknown"
            case do.Reply(_, reference, _, outcome):
                assert self.journal.outcomes[reference] == outcome, (
                    "only what is in the journal is told"
                )
            case do.CreateOrder(reference):
                assert reference in self.journal.sales, "the journal has it before it is sent"
                self.call(effect)
            case do.FetchOrder() | do.CancelOrder() | do.Probe():
                self.call(effect)
            case do.LookLater():
                assert self.looking is None, "one later look at a time"
                self.looking = effect

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
        self.give(self.service.carry_out(call, self.journal.sales, self.now), cut)

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
        self.service.carry_out(call, self.journal.sales, self.now)
        self.give(CallFailed(Failure.UNKNOWN, "lost"))

    @precondition(lambda self: self.looking)
    @rule(cut=st.none() | st.integers(0, 4))
    def later_look_is_answered(self, cut: int | None) -> None:
        look, self.looking = self.looking, None
        assert look is not None
        self.give(self.service.carry_out(look, self.journal.sales, self.now), cut)

    @precondition(lambda self: self.looking)
    @rule(arrives=st.booleans())
    def later_look_is_lost(self, arrives: bool) -> None:
        look, self.looking = self.looking, None
        assert isinstance(look, do.LookLater)
        if arrives:
            self.service.carry_out(look, self.journal.sales, self.now)
        self.give(on.LookedLater(look.reference, CallFailed(Failure.UNKNOWN, "lost")))

    @rule(deaf=st.booleans())
    def service_answers_no_create(self, deaf: bool) -> None:
        self.deaf = deaf

    def reachable(self) -> list[OrderSeen]:
        """Return the orders that a payer can pay."""
        return [it for it in self.service.payable(self.now) if it.order_id in self.shown]

    @precondition(lambda self: self.reachable())
    @rule()
    def payer_pays(self) -> None:
        for order in self.reachable():
            self.service.orders[order.order_id] = replace(order, status="processed")

    @precondition(lambda self: self.service.payable(self.now))
    @rule(data=st.data())
    def an_order_gets_no_end(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.service.payable(self.now)))
        self.service.orders[order.order_id] = replace(order, status="failed")

    @rule(seconds=st.sampled_from([1.0, 20.0, 400.0]))
    def time_goes_by(self, seconds: float) -> None:
        until = self.now + seconds
        for _ in range(400):
            if self.deaf and isinstance(self.underway, do.CreateOrder):
                self.reply_is_lost()
            elif self.counter.wake > until:
                break
            else:
                self.wake_up()
        self.now = max(self.now, until)

    def wake_up(self) -> None:
        self.now = max(self.now, self.counter.wake)
        before = self.counter
        self.give(on.TimePassed())
        assert self.counter != before, (
            "a TimePassed that changes nothing would come again and again"
        )

    @rule()
    def power_is_cut(self) -> None:
        self.start()

    @rule()
    def panel_fails(self) -> None:
        self.give(on.DeviceFailed(Fault.PANEL, "gone"))

    @precondition(lambda self: Fault.PANEL in self.counter.faults)
    @rule()
    def panel_recovers(self) -> None:
        self.give(on.DeviceRecovered(Fault.PANEL))

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def a_payer_can_reach_at_most_one_order(self) -> None:
        assert len(self.reachable()) <= 1, self.reachable()

    @invariant()
    def the_panel_shows_the_order_at_hand_or_none(self) -> None:
        if self.qr:
            assert self.counter.sale is not None
            assert self.counter.sale.order_id == self.qr

    @invariant()
    def outcomes_are_the_services_own(self) -> None:
        for order in self.service.orders.values():
            outcome = self.journal.outcomes.get(order.reference)
            words = {"processed": "paid"}
            if order.status == "failed":
                assert outcome is None, order
            assert outcome in (None, words.get(order.status, order.status)), order

    def teardown(self) -> None:
        """In the end network and panel work again: every sale is settled, or set aside."""
        self.panel_recovers()
        for _ in range(3000):
            if self.underway:
                self.answer_comes(None)
            elif self.looking:
                self.later_look_is_answered(None)
            elif self.is_at_rest():
                break
            elif self.counter.wake < NEVER:
                self.wake_up()
        assert isinstance(self.counter.phase, (Idle, Finished)), self.counter
        without_end = set(self.journal.sales) - set(self.journal.outcomes)
        assert without_end == self.service.stuck(), "no other sale stays without an end"
        assert without_end <= self.journal.set_aside
        self.outcomes_are_the_services_own()
        assert not self.service.payable(self.now)

    def is_at_rest(self) -> bool:
        """Whether nothing is due except later looks at orders without an end."""
        stuck = self.service.stuck()
        resting = isinstance(self.counter.phase, (Idle, OutOfService))
        due = [look for look in self.counter.later if look.sale.reference not in stuck]
        return resting and not due and self.counter.phase_wake == NEVER


CounterInUse.TestCase.settings = settings(
    max_examples=examples(300), stateful_step_count=40, deadline=None
)
TestCounterInUse = CounterInUse.TestCase
