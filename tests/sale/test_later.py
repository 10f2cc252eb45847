"""Plays of sales that are set aside, and of later looks: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.asking import NEVER
from kiosk.sale.effects import Remember, Reply, ResultTold, SaleSetAside
from kiosk.sale.events import PaidLate, Started
from kiosk.sale.words import Outcome, Sale, Unknown, UntoldResult
from tests.support.play import OPEN, POLICY, SHOWN, Play, perform, pesos

PRINTED = replace(POLICY, printed_code=True)
HELD_BACK = "remember set_aside; reply unknown; show held"


def settle(play: Play, answer: str, seconds: float) -> str:
    """Give the same answer to each question, for so many seconds; return the last effects."""
    end, done = play.now + seconds, ""
    while play.underway or play.counter.phase_wake <= end:
        done = play.cue(answer) if play.underway else play.cue("later")
        if "set_aside" in done:
            break
    return done


def test_an_order_without_an_end_is_set_aside_2_min_after_its_validity() -> None:
    play = perform(SHOWN)
    begun = play.now
    assert settle(play, "sees failed", 600) == HELD_BACK
    assert play.now - begun == pytest.approx(420)
    (reason,) = [
        it.fact.reason
        for it in play.done
        if isinstance(it, Remember) and isinstance(it.fact, SaleSetAside)
    ]
    assert reason == (
        "the service did not say in time how it ended; its latest answer: ORD1 failed/ 12.50 ARS"
    )
    assert play.cue("caja 5.00") == "remember opened; create; show working"
    assert [look.sale.reference for look in play.counter.later] == ["K-1"]


def test_a_canceled_order_without_an_end_lets_the_next_amount_be_sold() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    assert settle(play, "fails unknown", 600) == HELD_BACK
    assert play.cue("later 8") == "show out_of_service network"


def test_a_create_without_an_answer_is_set_aside_after_2_min() -> None:
    play = perform(OPEN + "caja 12.50 | remember opened; create; show working")
    begun = play.now
    done = settle(play, "fails unknown", 600)
    assert done == "remember set_aside; reply unknown; show out_of_service network"
    assert play.now - begun == pytest.approx(120)


def test_a_create_that_a_printed_code_may_pay_waits_for_the_validity_too() -> None:
    play = perform(
        OPEN + "caja 12.50 | remember opened; create; show working",
        replace(POLICY, printed_code=True, set_aside_after=10.0),
    )
    begun = play.now
    assert settle(play, "fails unknown", 600).startswith("remember set_aside")
    assert play.now - begun == pytest.approx(370)


def test_a_create_without_an_answer_that_no_fault_explains_is_said_on_the_panel() -> None:
    """A scanner's counter has no register that hears of it."""
    play = perform(
        OPEN + "caja 12.50 | remember opened; create; show working",
        replace(POLICY, set_aside_after=10.0),
    )
    done = settle(play, "fails unknown", 600)
    assert done == "remember set_aside; reply unknown; signal idle; show rejected_input"


def test_a_sale_is_looked_at_once_more_before_it_is_set_aside() -> None:
    play = perform(SHOWN, replace(POLICY, expires_after=30.0, set_aside_after=10.0))
    play.cue("later")
    play.now += 8.0
    assert play.cue("fails unknown after=600 limited") == "show checking"  # blind
    assert play.cue("later") == "show checking"  # its time is up; the service needs the pause
    assert play.cue("later") == "fetch"
    assert play.cue("fails unknown") == ""
    assert play.cue("later 0") == HELD_BACK


def test_a_refund_without_an_end_is_set_aside_and_asked_for_again() -> None:
    play = perform("start OLD=ORD7! | show checking; fetch")
    assert settle(play, "sees processed", 600) == HELD_BACK
    assert "did not finish its refund" in str(play.counter.status()["problems"])
    assert play.cue("later 8") == "show idle"
    assert play.cue("later 52") == "look fetch"
    assert play.cue("looked OLD processed") == ""
    assert play.cue("later 0") == "look refund"
    assert play.cue("looked OLD processed underway") == ""
    for pause in (120, 240):
        assert play.cue(f"later {pause}") == "look fetch"
        assert play.cue("looked OLD processed underway") == ""
    assert play.cue("later 480") == "look fetch"
    assert play.cue("looked OLD refunded") == "remember refunded; reply refunded"
    assert not play.counter.later


@pytest.mark.parametrize("answer", ["fails unknown", "fails conflict", "processed underway"])
def test_a_late_refund_that_is_not_finished_is_set_aside_until_it_is(answer: str) -> None:
    """The register heard another end before, and no panel shows the sale: the status names it."""
    play = perform(SHOWN + "cancel | show checking; cancel", replace(POLICY, late_payment="refund"))
    play.cue("sees canceled")
    play.cue("later 8")
    play.cue("later 52")
    assert play.cue("looked K-1 processed") == "remember refund"
    assert play.cue("later 0") == "look refund"
    assert play.cue(f"looked K-1 {answer}") == "remember set_aside"
    assert play.counter.status()["set_aside"] == ["K-1"]
    for pause in (60, 120, 240):
        assert play.cue(f"later {pause}") == "look fetch"
        if "underway" not in answer:
            assert play.cue("looked K-1 processed") == ""
            assert play.cue("later 0") == "look refund"
        assert play.cue(f"looked K-1 {answer}") == "", "not asked for again at once"
    play.cue("later 480")
    assert play.cue("looked K-1 refunded") == "remember refunded; reply refunded"
    assert not play.counter.set_aside


def set_aside(policy: str = "accept") -> Play:
    """Return a play in which K-1 is set aside and the counter is idle."""
    play = perform(SHOWN, replace(POLICY, late_payment=policy))  # type: ignore[arg-type]
    settle(play, "sees failed", 600)
    assert play.cue("later 8") == "show idle"
    return play


def test_the_looks_at_a_sale_that_is_set_aside_get_rarer() -> None:
    play = set_aside()
    pauses = [52, 120, 240, 480, 960, 1920, 3600, 3600]
    for pause in pauses:
        assert play.cue(f"later {pause}") == "look fetch"
        assert play.cue("looked K-1 failed") == ""
    play.now += 30 * 86_400
    play.cue("later")
    play.cue("looked K-1 failed")
    assert play.counter.wake == NEVER
    assert play.counter.status()["set_aside"] == ["K-1"], "people must still decide it"


@pytest.mark.parametrize(
    ("policy", "done"),
    [
        ("accept", "remember paid; show paid; reply paid"),
        ("hold", "remember paid held; show held"),
        ("refund", "remember refund"),
    ],
)
def test_money_that_is_found_is_a_late_payment(policy: str, done: str) -> None:
    play = set_aside(policy)
    play.cue("later")
    assert play.cue("looked K-1 processed") == done
    if policy == "refund":
        assert play.cue("later 0") == "look refund"
        assert play.cue("looked K-1 fails unknown") == ""
        assert play.cue("later") == "look fetch"
        assert play.cue("looked K-1 refunded") == "remember refunded; reply refunded"
    assert not play.counter.later


def test_money_that_is_found_during_a_sale_does_not_touch_the_panel() -> None:
    play = set_aside()
    play.cue("caja 5.00")
    play.cue("sees created id=ORD2")
    while (done := play.cue("later")) != "look fetch":
        assert done == "fetch"
        play.cue("sees created")
    assert play.cue("looked K-1 processed") == "remember paid; reply paid"


def test_an_order_that_ended_otherwise_ends_the_sale() -> None:
    play = set_aside()
    play.cue("later")
    assert play.cue("looked K-1 expired") == "remember expired; reply expired"
    assert not play.counter.set_aside
    for pause in (60, 540):
        assert play.cue(f"later {pause}") == "look fetch"
        assert play.cue("looked K-1 expired") == ""
    assert not play.counter.later


def test_an_order_that_can_be_paid_again_is_canceled() -> None:
    play = set_aside()
    play.cue("later")
    assert play.cue("looked K-1 created") == ""
    assert play.cue("later 0") == "look cancel"
    assert play.cue("looked K-1 fails conflict") == ""
    assert play.cue("later 2") == "look fetch"
    assert play.cue("looked K-1 canceled") == "remember canceled; reply canceled"


def test_the_start_looks_at_what_is_set_aside_and_closes_an_unanswered_create() -> None:
    perform(
        """
    start aside OLD            | show working; probe; look create
    ready                      | show idle
    looked OLD fails unknown   |
    later 60                   | look create
    looked OLD created         | remember order
    later 0                    | look cancel
    looked OLD canceled        | remember canceled; reply canceled
    """
    )


@pytest.mark.parametrize("failure", ["refused", "setup"])
def test_a_create_that_is_refused_later_ends_the_sale(failure: str) -> None:
    play = perform("start aside OLD | show working; probe; look create")
    assert play.cue(f"looked OLD fails {failure}") == "remember abandoned; reply abandoned"


def test_an_order_that_the_service_does_not_know_later_is_abandoned() -> None:
    play = perform("start aside OLD=ORD7 | show working; probe; look fetch")
    assert play.cue("looked OLD fails missing") == "", "a part of the service may not know it yet"
    assert play.cue("later 60") == "look fetch"
    assert play.cue("looked OLD fails missing") == "remember abandoned; reply abandoned"


def test_an_order_that_was_seen_again_is_not_missing() -> None:
    play = perform("start aside OLD=ORD7 | show working; probe; look fetch")
    for pause in (60, 240):
        assert play.cue("looked OLD fails missing") == ""
        assert play.cue(f"later {pause}") == "look fetch"
        assert play.cue("looked OLD failed") == ""
        assert play.cue(f"later {2 * pause}") == "look fetch"
    assert play.cue("looked OLD fails missing") == ""
    assert play.counter.set_aside


def test_an_order_of_another_sale_does_not_answer_a_later_create() -> None:
    play = perform("start aside OLD | show working; probe; look create")
    assert play.cue("looked OLD created ref=other") == ""
    assert play.counter.set_aside


def test_one_later_look_at_a_time() -> None:
    perform(
        """
    start aside OLD=ORD7 OLDER=ORD8   | show working; probe; look fetch
    ready                             | show idle
    looked OLD canceled               | remember canceled; reply canceled
    later 0                           | look fetch
    looked OLDER canceled             | remember canceled; reply canceled
    """
    )


def test_an_order_that_ended_shortly_before_the_start_is_looked_at_twice() -> None:
    play = Play()
    ended = (Sale("OLD", pesos("7.00"), "caja", "ORD7"), Outcome.CANCELED)
    assert play.give(Started(ended_lately=(ended,))) == "show working; probe"
    assert play.cue("ready") == "show idle"
    assert play.cue("later 60") == "look fetch"
    assert play.cue("looked OLD processed") == "remember paid; show paid; reply paid"


def test_a_sale_that_is_held_is_a_problem_after_a_restart_too() -> None:
    play = Play()
    play.give(Started(held=((Sale("OLD", pesos("7.00"), "caja", "ORD7"), "late: ORD7"),)))
    assert "sale OLD: 7.00 ARS is held for people (late: ORD7)" in str(play.counter.problems)


def test_an_order_that_is_forgotten_by_the_service_is_not_looked_at_for_long() -> None:
    play = Play()
    ended = (Sale("OLD", pesos("7.00"), "caja", "ORD7"), Outcome.CANCELED)
    play.give(Started(ended_lately=(ended,)))
    play.cue("ready")
    for _ in range(2):
        assert play.cue("later 60") == "look fetch"
        assert play.cue("looked OLD fails missing") == ""
    assert not play.counter.later


def test_a_create_that_is_a_day_old_is_left_to_people() -> None:
    """The same key would make a second order, and the first may have been paid."""
    perform(
        "start OLD | show checking; create\nfails lapsed | remember set_aside; reply unknown; show held",
        PRINTED,
    )


@pytest.mark.parametrize("end", ["canceled", "expired"])
def test_an_order_that_ended_without_a_payment_is_looked_at_twice(end: str) -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    play.cue(f"sees {end}")
    play.cue("later 8")
    assert play.cue("later 52") == "look fetch"
    assert play.cue(f"looked K-1 {end}") == ""
    assert play.cue("later 540") == "look fetch"
    assert play.cue(f"looked K-1 {end}") == ""
    assert not play.counter.later


def test_a_second_look_that_fails_is_repeated() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    play.cue("sees canceled")
    play.cue("later 8")
    play.cue("later 52")
    for pause in (60, 120, 240, 480):
        assert play.cue("looked K-1 fails unknown") == ""
        assert play.cue(f"later {pause}") == "look fetch"
    assert play.cue("looked K-1 processed") == "remember paid; show paid; reply paid"


@pytest.mark.parametrize(
    ("policy", "done"),
    [
        ("accept", "remember paid; show paid; reply paid"),
        ("hold", "remember paid held; show held"),
        ("refund", "remember refund"),
    ],
)
def test_money_that_the_days_report_found_is_a_late_payment(policy: str, done: str) -> None:
    play = perform(SHOWN + "cancel | show checking; cancel", replace(POLICY, late_payment=policy))  # type: ignore[arg-type]
    sale = play.counter.sale
    assert sale
    play.cue("sees canceled")
    play.cue("later 8")
    for pause in (52, 540):
        play.cue(f"later {pause}")
        play.cue("looked K-1 canceled")
    assert not play.counter.later
    assert play.give(PaidLate(sale, Outcome.CANCELED)) == ""
    assert play.cue("later 0") == "look fetch"
    assert play.cue("looked K-1 processed") == done


def test_a_report_during_the_second_looks_brings_the_next_one_forward() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    sale = play.counter.sale
    assert sale
    play.cue("sees canceled")
    play.give(PaidLate(sale, Outcome.CANCELED))
    assert play.cue("later 0") == "look fetch"
    assert play.cue("looked K-1 canceled") == ""
    assert len(play.counter.later) == 1


def test_the_register_is_told_that_the_end_is_unknown_until_it_has_heard_it() -> None:
    play = set_aside()
    assert play.cue("told K-1 unknown") == "remember told"
    assert play.done[-1] == Remember(ResultTold("K-1", Unknown.UNKNOWN))
    perform(
        """
    start untold OLD=ORD7 unknown   | reply unknown; show working; probe
    ready                           | show held
    later 8                         | show idle
    """
    )


@pytest.mark.parametrize(("answer", "result"), [("processed", "paid"), ("expired", "expired")])
def test_a_late_end_says_that_it_is_late(answer: str, result: str) -> None:
    """The register may be at another sale."""
    play = set_aside()
    play.cue("later")
    assert f"reply {result}" in play.cue(f"looked K-1 {answer}")
    (reply,) = [it for it in play.done if isinstance(it, Reply) and it.outcome != "unknown"]
    assert reply.late


def test_a_result_that_was_not_told_is_shown_again() -> None:
    perform(
        """
    start untold OLD=ORD7 paid   | reply paid; show working; probe
    ready                        | show paid
    later 8                      | show idle
    """
    )
    perform(
        """
    start untold OLD=ORD7 paid   | reply paid; show working; probe
    ready                        | show paid
    caja 5.00                    | remember opened; create; show working
    """
    )


def test_an_order_that_the_printed_code_would_show_is_asked_for_while_no_other_is_there() -> None:
    perform(
        """
    start aside OLD            | show working; probe
    ready                      | show idle
    later 60                   |
    caja 12.50                 | remember opened; create; show working
    sees created               | remember order; show scan_me
    later                      | fetch
    sees processed             | remember paid; show paid; reply paid
    later 8                    | show idle
    later 50                   | show checking; create
    caja 5.00                  |
    sees created               | remember order; show checking; cancel
    sees canceled              | remember canceled; reply canceled; remember opened; create; show working
    """,
        PRINTED,
    )


@pytest.mark.parametrize(("answer", "result"), [("processed", "paid"), ("canceled", "canceled")])
def test_the_end_of_a_sale_that_was_set_aside_is_late_for_the_register(
    answer: str, result: str
) -> None:
    play = asked_for_at_the_counter()
    assert f"reply {result}" in play.cue(f"sees {answer}")
    (reply,) = [it for it in play.done if isinstance(it, Reply) and it.reference == "OLD"]
    assert reply.late


def test_a_sale_that_is_set_aside_again_is_told_once() -> None:
    play = asked_for_at_the_counter()
    assert settle(play, "sees failed", 600) == "remember set_aside; show held"
    assert play.counter.set_aside


def asked_for_at_the_counter() -> Play:
    """Return a play in which the order of OLD, which was set aside, is known and closed."""
    return perform(
        """
    start aside OLD            | show working; probe
    ready                      | show idle
    caja 12.50                 | remember opened; create; show working
    sees created               | remember order; show scan_me
    later                      | fetch
    sees processed             | remember paid; show paid; reply paid
    later 8                    | show idle
    later 52                   | show checking; create
    sees created               | remember order; show checking; cancel
    """,
        PRINTED,
    )


def test_a_lapsed_key_does_not_hold_up_the_next_sale_that_was_set_aside() -> None:
    """It was not sent, so it does not say whether the service answers creates."""
    perform(
        """
    start aside LAPSED NEXT    | show working; probe
    ready                      | show idle
    caja 12.50                 | remember opened; create; show working
    sees created               | remember order; show scan_me
    later                      | fetch
    sees processed             | remember paid; show paid; reply paid
    later 8                    | show idle
    later 52                   | show checking; create
    fails lapsed               | show idle; show checking; create
    """,
        PRINTED,
    )


def test_an_order_that_the_printed_code_may_show_is_waited_for() -> None:
    """Each request may make it, so the last one is sent its validity before the end."""
    play = perform(OPEN + "caja 12.50 | remember opened; create; show working", PRINTED)
    begun, sent = play.now, play.now
    while play.counter.state == "creating":
        if play.underway:
            play.cue("fails unknown")
        elif play.cue("later") == "create":
            sent = play.now
    assert sent <= begun + 120
    assert play.now == begun + 480


def test_a_sale_that_was_abandoned_has_no_screen_to_be_shown_again() -> None:
    perform(
        """
    start untold OLD=ORD7 abandoned   | reply abandoned; show working; probe
    ready                             | show idle
    """
    )


def test_a_request_that_follows_some_that_were_not_sent_counts_from_then() -> None:
    """The order that it may make is as new as this request."""
    play = perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails not_sent       |
    later                | create
    fails not_sent       |
    later                | create
    """,
        PRINTED,
    )
    sent = play.now
    assert settle(play, "fails unknown", 600).startswith("remember set_aside")
    assert play.now == sent + 480  # validity, set_aside_after, and what a call takes


def test_a_result_from_before_the_start_that_a_look_has_changed_is_not_shown_again() -> None:
    play, old = Play(), Sale("OLD", pesos("7.00"), "caja", "ORD7")
    untold = (UntoldResult(old, Outcome.CANCELED),)
    started = Started(untold=untold, ended_lately=((old, Outcome.CANCELED),))
    assert play.give(started) == "reply canceled; show working; probe"
    assert play.cue("later 60") == "look fetch"
    assert play.cue("looked OLD processed") == "remember paid; reply paid"
    assert play.cue("ready") == "show idle"
