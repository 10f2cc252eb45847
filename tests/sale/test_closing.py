"""Plays while the order is being closed or refunded: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

from tests.support.play import POLICY, SHOWN, perform


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
    held = "remember abandoned; show held; remember told"
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


def test_a_refund_that_the_service_refuses_is_left_to_people() -> None:
    perform(
        LATE
        + """
    sees processed       | remember refund; show checking; refund
    fails refused        | remember paid; show held; remember told
    later                | show idle
    """,
        replace(POLICY, late_payment="refund"),
    )


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
    sees processed       | remember paid; show held; remember told
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
