"""What the status file says of a counter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.phases import Finished
from kiosk.sale.policy import Policy
from kiosk.sale.words import Fault, Outcome
from tests.support.play import OPEN, PAID, POLICY, SHOWN, perform

WELL = dict.fromkeys(Fault, "ok")


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
    assert status == {"state": state, "reference": reference, "health": WELL}


def test_what_failed() -> None:
    counter = perform(SHOWN + "panel fails | show checking; cancel").counter
    health = WELL | {Fault.PANEL: "failed"}
    assert counter.status() == {"state": "closing", "reference": "K-1", "health": health}


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
    assert counter.status(Fault.JOURNAL) == {
        "state": "out_of_service",
        "reference": "K-1",
        "health": WELL | {Fault.PANEL: "failed", Fault.JOURNAL: "failed"},
    }
