"""An input that waits for an answer gets one: how its sale ended, or that there was no sale."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.sale.asking import NEVER
from kiosk.sale.effects import Decline, Reply, Show
from kiosk.sale.policy import OnNewAmount
from kiosk.sale.words import Screen
from tests.support.examples import examples
from tests.support.play import OPEN, POLICY, SHOWN, Play, perform

BUSY = replace(POLICY, on_new_amount="busy")


def test_a_ticket_comes_back_with_its_result() -> None:
    play = perform(
        OPEN
        + """
    pos 12.50 T1         | remember opened; create; show working
    sees created         | remember order; show scan_me
    later                | fetch
    """
    )
    assert play.counter.sale
    assert play.counter.sale.ticket == "T1"


def test_a_busy_counter_declines() -> None:
    perform(SHOWN + "pos 5.00 T2          | signal rejected_input; decline T2", BUSY)


def test_a_counter_out_of_service_declines() -> None:
    perform(
        """
    start                | show working; probe
    fails token          | show out_of_service token
    pos 5.00 T1          | signal rejected_input; decline T1
    """
    )


def test_an_amount_that_another_one_replaces_is_declined() -> None:
    perform(
        SHOWN
        + """
    pos 5.00 T1          | show checking; cancel
    pos 6.00 T2          | decline T1
    pos 6.00 T3          | decline T2
    sees canceled        | remember canceled; reply canceled; remember opened; create; show working
    """
    )


def test_an_amount_that_is_canceled_while_it_waits_is_declined() -> None:
    perform(
        SHOWN
        + """
    pos 5.00 T1          | show checking; cancel
    cancel               | decline T1
    """
    )


def test_an_amount_that_waited_too_long_gets_a_reply() -> None:
    perform(
        SHOWN
        + """
    pos 5.00 T1          | show checking; cancel
    wait 60              |
    sees canceled        | remember canceled; reply canceled; remember opened; remember abandoned; reply abandoned; signal idle; show rejected_input
    """
    )


def test_an_amount_that_the_journal_cannot_write_is_declined() -> None:
    perform(
        OPEN
        + """
    pos 5.00 T1          | remember opened; create; show working
    journal fails        | decline T1; show out_of_service journal
    """
    )


CUES = ["pos 5.00", "caja 1.00", "cancel", "later", "sees created", "sees canceled", "wait 20",
        "sees processed", "fails unknown", "fails refused", "fails not_sent", "panel fails",
        "panel back", "ready"]  # fmt: skip


@given(st.lists(st.sampled_from(CUES), max_size=25), st.sampled_from(["replace", "busy"]))
@settings(max_examples=examples(200))
def test_each_ticket_gets_exactly_one_answer(cues: list[str], on_new_amount: OnNewAmount) -> None:
    play = Play(replace(POLICY, on_new_amount=on_new_amount))
    play.cue("start")
    asked = set()
    for number, cue in enumerate(cues):
        if cue == "later" and play.counter.wake == NEVER:
            continue
        if cue.startswith(("sees", "fails", "ready")) and not play.underway:
            continue
        if cue.startswith("sees" if not play.counter.sale else "ready"):
            continue
        ticket = f"T{number}" if cue.startswith("pos") else ""
        asked |= {ticket} - {""}
        play.cue(f"{cue} {ticket}")
    answered = [done.ticket for done in play.done if isinstance(done, Reply | Decline)]
    answered = [ticket for ticket in answered if ticket]
    assert len(answered) == len(set(answered))
    waiting, sale = play.counter.waiting, play.counter.sale
    underway = {waiting.reading.ticket} if waiting else set()
    underway |= {sale.ticket} if sale else set()
    for_people = any(isinstance(done, Show) and done.screen is Screen.HELD for done in play.done)
    assert asked - set(answered) <= underway or for_people
