"""Plays of a counter that may be out of service: an amount waits for the answer of a probe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.creating import REFUSALS
from kiosk.sale.words import Fault
from tests.sale.test_later import settle
from tests.support.play import OPEN, POLICY, SHOWN, perform


def test_the_next_total_after_a_sale_that_is_set_aside_is_sold_at_once() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    settle(play, "fails unknown", 600)
    assert play.cue("caja 5.00") == "show working; probe"
    assert play.cue("ready") == "remember opened; create; show working"


def test_the_next_total_while_the_panel_says_out_of_service_is_sold_at_once() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    settle(play, "fails unknown", 600)
    assert play.cue("later 8") == "show out_of_service network"
    assert play.cue("caja 5.00") == "show working; probe"
    assert play.cue("caja 6.00") == "show working"  # instead of the one before
    assert play.cue("ready") == "remember opened; create; show working"


@pytest.mark.parametrize("way", ["cancel", "panel fails"])
def test_an_amount_that_waits_for_a_probe_can_be_dropped(way: str) -> None:
    play = perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails setup          | remember refused; reply refused; show out_of_service setup
    pos 5.00 T1          | show working; probe
    """
    )
    done = {
        "cancel": "decline T1",
        "panel fails": "signal rejected_input; show out_of_service setup; decline T1",
    }
    assert play.cue(way) == done[way]
    ready = {"cancel": "show idle", "panel fails": "show out_of_service panel"}
    assert play.cue("ready") == ready[way]


def test_a_refused_token_says_what_to_do_in_the_status_until_it_is_accepted() -> None:
    play = perform("start | show working; probe\nfails token | show out_of_service token")
    assert play.counter.status()["problems"] == ["why"]
    play.cue("later")
    play.cue("fails unknown")
    assert play.counter.status()["problems"] == ["why"]
    play.cue("later")
    play.cue("ready")
    assert play.counter.status()["problems"] == []


def test_an_amount_is_refused_after_a_probe_said_no() -> None:
    perform(
        """
    start                | show working; probe
    fails token          | show out_of_service token
    pos 5.00 T1          | signal rejected_input; decline T1
    """
    )


def test_the_code_on_the_panel_is_that_of_the_fault_that_is_left() -> None:
    perform(
        """
    start                | show working; probe
    fails journal        | show out_of_service journal
    panel fails          | show out_of_service panel
    panel back           | show out_of_service journal
    later                | probe
    ready                | show idle
    """
    )


@pytest.mark.parametrize("problem", ["no_qr", "not_payable", "currency"])
def test_an_order_that_nobody_can_pay_names_its_reason_on_the_panel(problem: str) -> None:
    play = perform(
        OPEN
        + f"""
    caja 12.50                        | remember opened; create; show working
    sees created problem={problem}    | remember order; show checking; cancel
    sees canceled                     | remember canceled; show canceled; reply canceled
    later                             | show out_of_service {problem}
    caja 5.00                         | show working; probe
    ready                             | remember opened; create; show working
    """
    )
    status = play.counter.status()
    assert status["health"] == dict.fromkeys(Fault, "ok")
    assert status["problems"] == [f"sale K-1: {REFUSALS[Fault(problem)]}"]
    play.cue("sees created id=ORD2")
    assert play.counter.status()["problems"] == [], "this order is shown"


def test_an_order_that_is_paid_by_the_printed_code_before_it_is_shown_is_no_problem() -> None:
    perform(
        OPEN
        + """
    caja 12.50                           | remember opened; create; show working
    sees processing problem=not_payable  | remember order; show checking; cancel
    fails conflict                       |
    later                                | fetch
    sees processed                       | remember paid; show paid; reply paid
    later                                | show idle
    """,
        replace(POLICY, printed_code=True),
    )


def test_a_refusal_that_is_about_one_order_is_no_fault_of_the_network() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    settle(play, "fails missing", 600)
    assert not play.counter.faults
