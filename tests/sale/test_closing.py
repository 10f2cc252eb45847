"""Plays while the order is being closed or refunded: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.effects import Remember, Reply, SaleEnded
from kiosk.sale.words import Fault
from tests.support.play import POLICY, SHOWN, perform, pesos


def test_an_order_that_is_paid_before_the_cancel_arrives_is_paid() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_a_payer_who_is_paying_locks_the_order() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    fails conflict       |
    later                | fetch
    sees created         |
    later                | cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_another_amount_than_ours_was_paid_on_our_order() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    for _ in range(4):
        assert play.cue("sees processed amount=99.00") == ""
        assert play.cue("later") == "fetch"
    held = "remember abandoned held; show held"
    assert play.cue("sees processed amount=99.00") == held


def test_an_order_that_is_missing_for_long_is_abandoned() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    fails missing        |
    wait 400             |
    later                | fetch
    fails missing        | remember abandoned; reply abandoned; show idle
    """
    )


LATE = (
    SHOWN
    + """
    cancel               | show checking; cancel
    fails conflict       |
    later                | fetch
"""
)


def test_a_late_payment_is_refunded() -> None:
    perform(
        LATE
        + """
    sees processed       | remember refund; show checking; refund
    fails unknown        |
    later                | fetch
    sees processed       |
    later                | refund
    sees refunded        | remember refunded; show refunded; reply refunded
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_a_refund_that_takes_some_time() -> None:
    perform(
        LATE
        + """
    sees processed       | remember refund; show checking; refund
    sees processed       |
    later                | fetch
    sees refunded        | remember refunded; show refunded; reply refunded
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_a_refund_that_is_under_way_is_not_asked_for_again() -> None:
    perform(
        LATE
        + """
    sees processed            | remember refund; show checking; refund
    sees processed underway   |
    later                     | fetch
    sees processed underway   |
    later                     | fetch
    sees refunded             | remember refunded; show refunded; reply refunded
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_a_refund_that_the_service_refuses_is_left_to_people() -> None:
    perform(
        LATE
        + """
    sees processed       | remember refund; show checking; refund
    fails refused        | remember paid held; show held
    later                | show idle
    """,
        replace(POLICY, late_payment="refund"),
    )


LATE_REFUND = LATE + "sees processed | remember refund; show checking; refund\n"
REFUND = replace(POLICY, late_payment="refund")


@pytest.mark.parametrize(
    ("answer", "look"),
    [
        ("fails conflict", "sees processed"),
        ("fails unknown", "sees processed"),
        ("fails unknown", "fails unknown"),
        ("sees processed", "sees processed"),
        ("sees processed underway", "sees processed underway"),
    ],
)
def test_a_refund_that_never_ends_is_set_aside(answer: str, look: str) -> None:
    play = perform(LATE_REFUND, REFUND)
    began, said, asked = play.now, "refund", []
    while said in ("refund", "fetch"):
        asked.append(said)
        assert play.cue(answer if said == "refund" else look) == ""
        said = play.cue("later")
    assert said == "remember set_aside; reply unknown; show held"
    assert (asked.count("refund") == 1) == (look != "sees processed")
    assert play.now - began < REFUND.set_aside_after + 20
    problems = str(play.counter.status()["problems"])
    assert (
        "did not finish its refund; wait, or find out and run: kiosk orders settle K-1" in problems
    )
    assert play.cue("later 8") == "show idle"
    assert play.cue("caja 5.00") == "remember opened; create; show working"


def test_a_decided_refund_survives_a_power_cut() -> None:
    perform(
        """
    start OLD=ORD7!      | show checking; fetch
    sees processed       |
    later                | refund
    sees refunded        | remember refunded; show refunded; reply refunded
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_a_late_payment_is_held_for_people() -> None:
    perform(
        LATE
        + """
    sees processed       | remember paid held; show held
    later 8              | show idle
    """,
        replace(POLICY, late_payment="hold"),
    )


def test_a_payment_while_the_panel_is_broken_is_not_late() -> None:
    perform(
        SHOWN
        + """
    panel fails          | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_a_payment_while_the_kiosk_was_off_is_not_late() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees processed       | remember paid; show paid; reply paid
    """,
        replace(POLICY, late_payment="refund"),
    )


def test_other_amounts_must_come_in_a_row_to_count() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    answers = ["processed amount=99.00"] * 4 + ["in_review"] + ["processed amount=99.00"] * 4
    for answer in answers:
        assert play.cue(f"sees {answer}") == ""
        assert play.cue("later 2") == "fetch"
    held = "remember abandoned held; show held"
    assert play.cue("sees processed amount=99.00") == held


def test_a_look_follows_a_refused_cancel_at_once_and_a_second_cancel_after_a_pause() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    fails conflict       |
    later 0              | fetch
    sees created         |
    later 2              | cancel
    fails conflict       |
    later 0              | fetch
    sees created         |
    later 2              | cancel
    """
    )


def test_a_cancel_follows_the_first_look_at_once() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees created         |
    later 0              | cancel
    sees created         |
    later 2              | fetch
    """
    )


def test_a_missing_order_is_abandoned_60_s_after_its_validity() -> None:
    start = "start OLD=ORD7 | show checking; fetch\n"
    perform(start + "wait 360 |\nfails missing |\nlater | fetch")
    abandoned = "remember abandoned; reply abandoned; show idle"
    perform(start + f"wait 360.1 |\nfails missing | {abandoned}")
    perform(start + "wait 400 |\nfails unknown |\nlater | fetch")


def test_three_failures_in_a_row_are_a_fault_until_the_service_answers() -> None:
    play = perform(SHOWN + "cancel | show checking; cancel")
    for faults in (set(), set(), {Fault.NETWORK}):
        play.cue("fails unknown")
        assert play.counter.faults == faults
        assert play.cue("later") == "fetch"
    assert play.cue("sees canceled") == "remember canceled; show canceled; reply canceled"
    assert play.cue("later 8") == "show idle"


def test_a_look_that_fails_during_a_refund_is_repeated() -> None:
    perform(
        """
    start OLD=ORD7!      | show checking; fetch
    fails missing        |
    later                | fetch
    sees processed       |
    later 2              | refund
    fails missing        | remember paid held; show held
    """
    )


def test_an_amount_waits_for_the_end_of_a_refund_unless_somebody_cancels() -> None:
    refunding = """
    start OLD=ORD7!      | show checking; fetch
    caja 5.00            |
    """
    refunded = "sees refunded | remember refunded; show refunded; reply refunded\n"
    perform(refunding + refunded + "later 8 | remember opened; create; show working")
    perform(refunding + "cancel |\n" + refunded + "later 8 | show idle")


def test_less_than_was_asked_is_held_for_people() -> None:
    less = "sees processed paid=12.00"
    play = perform(SHOWN + f"later | fetch\n{less} | show checking")
    for _ in range(3):
        assert play.cue("later 2") == "fetch"
        assert play.cue(less) == ""
    assert play.cue("later 2") == "fetch"
    assert play.cue(less) == "remember abandoned held; show held"
    (ended,) = [it.fact for it in play.done if isinstance(it, Remember)][2:3]
    assert isinstance(ended, SaleEnded)
    assert ended.receipt.paid == pesos("12.00")
    assert "paid 12.00 ARS of 12.50 ARS" in ended.evidence


def test_more_than_was_asked_and_a_discount_that_was_offered_are_paid() -> None:
    for options in ("paid=13.00", "amount=10.00 paid=10.00 offers=10.00"):
        play = perform(
            SHOWN
            + f"""
        later                        | fetch
        sees processed {options}     | remember paid; show paid; reply paid
        """
        )
        (reply,) = [effect for effect in play.done if isinstance(effect, Reply)]
        amount = pesos(options.split()[-1].partition("=")[2] if "offers" in options else "13.00")
        assert (reply.amount, reply.paid) == (pesos("12.50"), amount)


def test_an_order_whose_payments_all_failed_is_looked_at_again() -> None:
    perform(
        SHOWN
        + """
    later                                          | fetch
    sees processed payments=failed                 | show checking
    later 2                                        | fetch
    sees processed payments=failed                 |
    later 2                                        | fetch
    sees processed payments=failed,processed       | remember paid; show paid; reply paid
    """
    )


def test_a_payment_that_is_charged_back_is_held_for_people() -> None:
    perform(
        SHOWN
        + """
    later                       | fetch
    sees processed chargeback   | show checking
    later 2                     | fetch
    sees processed chargeback   | remember paid held; show held
    """
    )
