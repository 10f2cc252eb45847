"""The rows that every phase has, and how rows are looked up."""

from __future__ import annotations

import pytest

from kiosk.sale import events as on
from kiosk.sale.asking import Asking
from kiosk.sale.basket import begin
from kiosk.sale.effects import Remember, ResultTold, Signal
from kiosk.sale.machine import during
from kiosk.sale.phases import (
    Closing,
    Counter,
    Creating,
    Filling,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Phase,
    Refunding,
    Starting,
)
from kiosk.sale.reactions import Reactions, table
from kiosk.sale.transition import Transition
from kiosk.sale.words import Fault, Item, Outcome, Sale, Screen
from tests.support.play import POLICY, QR, pesos

SALE, ASKING, ITEM = Sale("K-1", pesos("12.50"), "caja"), Asking("K-1"), Item("A", pesos("1.00"))
BASKET = begin(ITEM, "gun")
assert BASKET
PHASES: tuple[Phase, ...] = (
    Starting(),
    Idle(),
    Filling(BASKET, 9.0),
    Creating(SALE, 0.0, ASKING, 120.0),
    Paying(SALE, QR, 0.0, 300.0, ASKING, 0.0),
    Closing(SALE, 0.0, ASKING, 420.0),
    Refunding(SALE, ASKING, 120.0),
    Finished(SALE, Outcome.PAID, 8.0),
    OutOfService(ASKING),
)


def at(phase: Phase, *faults: Fault) -> Transition:
    return Transition(POLICY, Counter(phase, frozenset(faults)), 1.0)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: type(phase).__name__)
def test_what_happens_in_every_phase_that_has_no_row_of_its_own(phase: Phase) -> None:
    rows = during(type(phase))
    rejected = (Signal(Screen.REJECTED_INPUT),)
    assert rows.react(at(phase), on.ReadingRejected("noise", "caja")).effects == rejected
    assert rows.react(at(phase), on.ItemScanned(ITEM, "gun")).effects == rejected
    told = rows.react(at(phase), on.ResultDelivered("K-0", Outcome.PAID))
    assert told.effects == (Remember(ResultTold("K-0", Outcome.PAID)),)
    failed = rows.react(at(phase), on.DeviceFailed(Fault.PANEL, "it is dark"))
    assert failed.counter.faults == {Fault.PANEL}
    recovered = rows.react(at(phase, Fault.PANEL, Fault.JOURNAL), on.DeviceRecovered(Fault.PANEL))
    assert recovered.counter.faults == {Fault.JOURNAL}


def test_a_row_gets_the_phase_and_the_event() -> None:
    def told(transition: Transition, phase: Finished, event: on.ResultDelivered) -> Transition:
        return transition.doing(Remember(ResultTold(f"{phase.outcome} {event.reference}")))

    finished = at(Finished(SALE, Outcome.PAID, 8.0))
    rows = Reactions(Finished).when(on.ResultDelivered, told)
    written = rows.react(finished, on.ResultDelivered("K-1", Outcome.PAID)).effects
    assert written == (Remember(ResultTold("paid K-1")),)


def test_an_event_without_a_row_changes_nothing() -> None:
    assert during(Idle).react(at(Idle()), on.TimePassed()) == at(Idle())


def test_a_later_row_replaces_an_earlier_one() -> None:
    def first(transition: Transition, _: Idle, __: on.TimePassed) -> Transition:
        return transition.doing(Signal(Screen.PAID))

    def second(transition: Transition, _: Idle, __: on.TimePassed) -> Transition:
        return transition.doing(Signal(Screen.IDLE))

    rows = Reactions(Idle).when(on.TimePassed, first).when(on.TimePassed, second)
    assert rows.react(at(Idle()), on.TimePassed()).effects == (Signal(Screen.IDLE),)


def test_the_table_has_the_rows_of_each_phase() -> None:
    idle, paying = during(Idle), during(Paying)
    assert table(idle, paying) == {Idle: idle, Paying: paying}
