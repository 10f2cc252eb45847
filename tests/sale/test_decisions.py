"""Plays of what people decide at the command line: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale import events as on
from kiosk.sale.effects import RefundSeen, Remember
from tests.support.play import POLICY, SHOWN, Play, perform, pesos

ASIDE = """
    start aside K-1=ORD7 K-2=ORD8 | show working; probe; look fetch
    ready                         | show idle
"""


def test_a_sale_that_a_person_decided_is_not_looked_at_any_more() -> None:
    play = perform(
        ASIDE
        + """
        looked K-1 failed             |
        later 0                       | look fetch
        looked K-2 failed             |
        decided K-1                   |
        later 60                      | look fetch
        looked K-2 failed             |
        """
    )
    assert play.counter.status()["set_aside"] == ["K-2"]
    assert len(play.counter.status()["problems"]) == 1  # type: ignore[arg-type]


def test_an_answer_that_comes_after_the_decision_changes_nothing() -> None:
    play = perform(ASIDE + "decided K-1 |")
    event = on.LookedLater("K-1", on.OrderSeen("ORD7", "K-1", "processed", pesos("7.00")))
    assert play.give(event) == ""
    assert play.cue("later 0") == "look fetch"
    assert play.cue("looked K-2 refunded") == "remember refunded; reply refunded"


@pytest.mark.parametrize("when", ["", "later | fetch", "cancel | show checking; cancel"])
def test_a_decision_leaves_the_sale_at_the_counter_alone(when: str) -> None:
    play = perform(SHOWN + when)
    before = play.counter
    assert play.cue("decided K-1") == ""
    assert play.cue("decided OTHER-9") == ""
    assert play.counter == before


def test_a_row_that_cannot_be_read_is_not_a_problem_any_more() -> None:
    problem = "sale K-1: its amount '5u5.00' can't be read in the journal"
    play = Play()
    play.give(on.Started(problems=(problem, problem.replace("K-1", "K-12"))))
    play.cue("decided K-1")
    (left,) = play.counter.problems
    assert left.startswith("sale K-12: ")


def test_a_payment_that_people_held_and_refunded_is_not_a_problem_any_more() -> None:
    script = SHOWN + "later | fetch"
    play = perform(script, replace(POLICY, late_payment="hold"))
    while not play.counter.problems:
        play.cue("sees processed paid=5.00" if play.underway else "later")
    assert play.cue("refunded OTHER=ORD9") == ""
    assert len(play.counter.problems) == 1
    assert play.cue("refunded K-1=ORD1") == ""
    assert not play.counter.problems


# --- a refund under way --------------------------------------------------------------------------

REFUNDING = """
    start                | show working; probe
    ready                | show idle
    refunding K-1=ORD7   |
    later 60             | look fetch
"""


def test_a_refund_under_way_is_looked_at_until_it_is_finished() -> None:
    play = perform(
        REFUNDING
        + """
        looked K-1 processed underway |
        refunding K-1=ORD7            |
        later 120                     | look fetch
        looked K-1 fails unknown      |
        later 240                     | look fetch
        looked K-1 refunded refunded=7.00 | remember refund_seen
        """
    )
    assert not play.counter.later
    (seen,) = [it.fact for it in play.done if isinstance(it, Remember)]
    assert isinstance(seen, RefundSeen)
    assert (seen.reference, seen.receipt.refunded) == ("K-1", pesos("7.00"))


def test_a_refund_whose_end_the_person_saw_is_not_looked_at() -> None:
    play = perform(
        ASIDE
        + """
        refunding K-1=ORD7 |
        refunding K-3=ORD9 |
        refunded K-3=ORD9  |
        refunded K-1=ORD7  |
        """
    )
    assert [look.sale.reference for look in play.counter.later] == ["K-1", "K-2"]


def test_it_is_not_a_sale_that_people_must_decide() -> None:
    play = perform(REFUNDING)
    assert play.counter.status()["set_aside"] == []
    assert play.counter.status()["problems"] == []


@pytest.mark.parametrize("answer", ["processed", "processed refunded=2.00", "canceled"])
def test_a_refund_that_is_not_under_way_any_more_is_written_as_it_is(answer: str) -> None:
    play = perform(REFUNDING)
    assert play.cue(f"looked K-1 {answer}") == "remember refund_seen"
    assert not play.counter.later


@pytest.mark.parametrize("answer", ["refunded id=ORD9", "refunded ref=other-1"])
def test_the_order_of_another_sale_says_nothing_about_the_refund(answer: str) -> None:
    play = perform(REFUNDING)
    assert play.cue(f"looked K-1 {answer}") == ""
    assert play.cue("later 120") == "look fetch"


def test_a_refund_is_looked_at_at_each_start() -> None:
    perform(
        """
        start refunding K-1=ORD7      | show working; probe; look fetch
        ready                         | show idle
        looked K-1 processed underway |
        later 60                      | look fetch
        looked K-1 refunded           | remember refund_seen
        """
    )


def test_a_sale_that_is_looked_at_for_another_reason_needs_no_second_look() -> None:
    play = perform(ASIDE + "refunding K-1=ORD7 |")
    assert [look.sale.reference for look in play.counter.later] == ["K-1", "K-2"]
