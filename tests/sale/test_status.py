"""What the status file says of a counter."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kiosk.sale import events as on
from kiosk.sale.phases import Finished
from kiosk.sale.policy import Policy
from kiosk.sale.words import Fault, Outcome
from tests.support.play import OPEN, ORDER, PAID, POLICY, SHOWN, Play, perform

WELL = dict.fromkeys(Fault, "ok")
NOTHING: dict[str, object] = {"basket": False, "set_aside": [], "problems": []}
ON_PAY = replace(POLICY, checkout=math.inf)
OF_ORDER = NOTHING | {"order": ORDER}


@pytest.mark.parametrize(
    ("script", "state", "reference"),
    [
        ("start | show working; probe", "starting", None),
        (OPEN, "idle", None),
        (SHOWN, "paying", "K-1"),
        (PAID, "finished", "K-1"),
    ],
)
def test_the_state_and_the_sale(script: str, state: str, reference: str | None) -> None:
    status = perform(script).counter.status()
    about = {"state": state, "reference": reference, "order": ORDER if reference else None}
    assert status == about | {"health": WELL} | NOTHING


def test_what_failed() -> None:
    counter = perform(SHOWN + "panel fails | show checking; cancel").counter
    health = WELL | {Fault.PANEL: "failed"}
    closing = {"state": "closing", "reference": "K-1", "health": health}
    assert counter.status() == closing | OF_ORDER


def test_an_order_that_cannot_be_looked_at_is_a_fault_after_three_times() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    for number, token in enumerate(("ok", "ok", "failed")):
        if number:
            play.cue("later")
        play.cue("fails token")
        assert play.counter.status()["health"] == WELL | {Fault.TOKEN: token}


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, late_payment="hold")])
def test_a_result_stays_for_eight_seconds(policy: Policy) -> None:
    play = perform(SHOWN + "cancel | show checking; cancel", policy)
    play.cue("sees processed")
    phase = play.counter.phase
    assert isinstance(phase, Finished)
    assert (phase.sale.reference, phase.outcome) == ("K-1", Outcome.PAID)
    assert play.counter.wake == play.now + 8


def test_a_fault_that_stops_the_counter_comes_on_top() -> None:
    counter = perform(SHOWN + "panel fails | show checking; cancel").counter
    assert (
        counter.status(Fault.JOURNAL)
        == {
            "state": "out_of_service",
            "reference": "K-1",
            "health": WELL | {Fault.PANEL: "failed", Fault.JOURNAL: "failed"},
        }
        | OF_ORDER
    )


def test_a_sale_that_is_set_aside_is_named_with_what_to_do() -> None:
    play = perform("start aside OLD OLDER=ORD7 | show working; probe; look create")
    play.give(on.ReadyToSell())
    status = play.counter.status()
    assert status["set_aside"] == ["OLD", "OLDER"]
    assert status["problems"] == [
        "sale OLD of 7.00 ARS (the service did not tell its order) is set aside, because the service did "
        "not say how it ended; wait, or find out and run: kiosk orders settle OLD --as OUTCOME --note TEXT",
        "sale OLDER of 7.00 ARS (order ORD7) is set aside, because the service did not say how it ended; "
        "wait, or find out and run: kiosk orders settle OLDER --as OUTCOME --note TEXT",
    ]


def test_problems_of_the_journal_are_told() -> None:
    play = Play()
    play.give(on.Started(problems=("sale OLD: it can't be read",)))
    assert play.counter.status()["problems"] == ["sale OLD: it can't be read"]


def test_a_look_that_says_nothing_new_changes_no_status() -> None:
    play = perform(SHOWN)
    before = play.counter
    for cue in ("later", "sees created"):
        play.cue(cue)
        assert play.counter != before
        assert play.counter.has_status_of(before)
    for cue in ("later", "sees processed"):
        play.cue(cue)
    assert not play.counter.has_status_of(before)


def test_a_basket_that_is_being_filled_and_one_that_was_forgotten() -> None:
    play = perform(OPEN + "gun scans yerba 10.00 | show basket 10.00", ON_PAY)
    before = play.counter
    assert (before.status()["state"], before.status()["basket"]) == ("idle", True)
    play.cue(f"later {ON_PAY.basket_kept_for:.0f}")
    assert not play.counter.status()["basket"]
    assert not play.counter.has_status_of(before)
