"""The sale, story by story."""

from __future__ import annotations

from dataclasses import replace

from tests.support.play import POLICY, perform

OPEN = """
    start                | show working; probe
    ready                | show idle
"""
SHOWN = (
    OPEN
    + """
    caja 12.50           | remember opened; show working; create
    sees created         | remember order; show scan_me
"""
)


def test_an_amount_becomes_a_paid_sale() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    sees created         |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    told K-1             | remember told
    later                | show idle
    """
    )


def test_the_connection_is_warmed_while_the_amount_comes_in() -> None:
    perform(OPEN + "first byte | warm")


def test_the_cashier_cancels() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    later                | show idle
    """
    )


def test_paid_in_the_moment_of_the_cancel_is_paid() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
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


def test_a_late_payment_goes_back() -> None:
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


def test_a_refund_that_takes_its_time() -> None:
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


def test_a_refund_that_the_service_will_not_make_is_left_to_people() -> None:
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


def test_paid_while_the_panel_was_broken_is_not_late() -> None:
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


def test_paid_in_the_dark_is_not_late() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees processed       | remember paid; show paid; reply paid
    """,
        replace(POLICY, late_payment="refund"),
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


def test_a_part_of_it_was_refunded_elsewhere() -> None:
    perform(
        SHOWN
        + """
    later                                     | fetch
    sees processed detail=partially_refunded  | remember paid; show paid; reply paid
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


def test_time_running_out_here_proves_nothing() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees processed") == "remember paid; show paid; reply paid"


def test_time_runs_out_and_the_service_says_expired() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees expired") == "remember expired; show expired; reply expired"


def test_time_runs_out_first_here() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees created") == ""
    assert play.cue("later") == "cancel"
    assert play.cue("sees canceled") == "remember canceled; show canceled; reply canceled"


def test_a_new_amount_replaces_the_one_on_show() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    sees canceled        | remember canceled; reply canceled; remember opened; show working; create
    sees created id=ORD2 | remember order; show scan_me
    """
    )


def test_a_new_amount_comes_too_late_for_the_old_one() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    later                | remember opened; show working; create
    """
    )


def test_a_busy_counter_refuses_a_new_amount() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | signal rejected_input
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    caja 99.00           | remember opened; show working; create
    """,
        replace(POLICY, on_new_amount="busy"),
    )


def test_an_amount_does_not_wait_for_ever() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    fails unknown        |
    wait 60              |
    later                | fetch
    sees canceled        | remember canceled; reply canceled; show idle; signal rejected_input
    """
    )


def test_a_lost_reply_to_the_create_is_asked_for_again() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails unknown        |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_an_order_told_too_late_is_closed_unseen() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails unknown        |
    wait 60              |
    later                | create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_a_cancel_while_nobody_knows_whether_there_is_an_order() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails unknown        |
    cancel               | show checking
    later                | create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_a_cancel_before_anything_was_sent() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails not_sent       |
    cancel               | remember abandoned; reply abandoned; show idle
    """
    )


def test_no_network_at_all() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails not_sent       |
    wait 31              |
    later                | create
    fails not_sent       | remember abandoned; reply abandoned; show out_of_service network
    caja 5.00            | signal rejected_input
    later                | probe
    fails not_sent       |
    later                | probe
    ready                | show idle
    """
    )


def test_the_service_refuses_the_amount() -> None:
    perform(
        OPEN
        + """
    caja 1.00            | remember opened; show working; create
    fails refused        | remember refused; show refused; reply refused
    later                | show idle
    """
    )


def test_the_service_refuses_the_token() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails token          | remember refused; reply refused; show out_of_service token
    later                | probe
    fails token          |
    later                | probe
    ready                | show idle
    """
    )


def test_a_refused_token_says_nothing_of_the_request_before_it() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails unknown        |
    later                | create
    fails token          |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_a_setting_is_refused() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails setup          | remember refused; reply refused; show out_of_service setup
    """
    )


def test_nothing_payable_stays_on_show_while_we_are_blind() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    fails unknown        |
    later                | fetch
    wait 10              |
    fails unknown        | show checking
    later                | fetch
    sees created         | show scan_me
    later                | fetch
    wait 10              |
    fails not_sent       | show checking
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_a_pause_that_the_service_asks_for_is_kept() -> None:
    play = perform(SHOWN + "later | fetch")
    play.cue("fails unknown after=30")
    assert play.counter.wake == play.now + 30


def test_no_question_is_asked_while_one_is_underway() -> None:
    play = perform(SHOWN + "later | fetch")
    assert play.cue("cancel") == "show checking"
    assert play.counter.wake == float("inf")
    assert play.cue("sees created") == ""
    assert play.cue("later") == "cancel"


def test_an_answer_about_another_order_says_nothing() -> None:
    perform(
        SHOWN
        + """
    later                              | fetch
    sees processed id=ORD9             |
    later                              | fetch
    sees processed ref=other           |
    later                              | fetch
    sees processed amount=1.00         | show checking
    later                              | fetch
    sees processed                     | remember paid; show paid; reply paid
    """
    )


def test_a_status_that_nobody_knows_is_neither_paid_nor_final() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    sees in_review       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_a_refund_made_elsewhere() -> None:
    perform(
        SHOWN
        + """
    later                               | fetch
    sees processed detail=refunded      | remember refunded; show refunded; reply refunded
    """
    )


def test_an_order_that_asks_for_another_amount_is_never_shown() -> None:
    perform(
        OPEN
        + """
    caja 12.50                | remember opened; show working; create
    sees created amount=99.00 | remember order; show checking; cancel
    """
    )


def test_an_order_of_another_sale_is_left_alone() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; show working; create
    sees created ref=other |
    later                  | create
    sees created           | remember order; show scan_me
    """
    )


def test_an_order_without_a_qr_can_not_be_shown() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; show working; create
    sees created noqr      | remember order; show checking; cancel
    sees canceled          | remember canceled; show canceled; reply canceled
    later                  | show out_of_service setup
    """
    )


def test_a_printed_code_needs_no_qr_on_the_panel() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; show working; create
    sees created noqr      | remember order; show scan_me
    """,
        replace(POLICY, needs_qr=False),
    )


def test_no_qr_that_nobody_can_see() -> None:
    perform(
        SHOWN
        + """
    panel fails          | show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    later                | show out_of_service panel
    caja 5.00            | signal rejected_input
    panel back           | show idle
    """
    )


def test_the_panel_breaks_between_two_sales() -> None:
    perform(
        OPEN
        + """
    panel fails          | show out_of_service panel
    panel back           | show idle
    """
    )


def test_an_intent_that_can_not_be_written_is_not_acted_on() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    journal fails        | show out_of_service journal
    later                | probe
    ready                | show idle
    """
    )


def test_noise_is_explained_and_forgotten() -> None:
    perform(
        OPEN
        + """
    noise                | show rejected_input
    later                | show idle
    noise                | show rejected_input
    caja 12.50           | remember opened; show working; create
    """
    )


def test_noise_does_not_touch_the_sale_at_hand() -> None:
    perform(
        SHOWN
        + """
    noise                | signal rejected_input
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_boot_settles_an_order_that_was_paid_in_the_dark() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees processed       | remember paid; show paid; reply paid
    later                | show idle
    """
    )


def test_boot_closes_an_order_that_nobody_paid() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees created         |
    later                | cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_boot_asks_what_became_of_an_intent() -> None:
    perform(
        """
    start OLD            | show checking; create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_boot_settles_all_before_it_sells() -> None:
    perform(
        """
    start OLD OLDER=ORD7   | show checking; create
    caja 5.00              |
    sees created id=ORD6   | remember order; show checking; cancel
    sees canceled          | remember canceled; reply canceled; show checking; fetch
    sees processed         | remember paid; show paid; reply paid
    later                  | remember opened; show working; create
    """
    )


def test_a_new_amount_during_a_settlement_at_boot_does_not_jump_the_queue() -> None:
    perform(
        """
    start OLD=ORD7 OLDER=ORD8 | show checking; fetch
    sees processed            | remember paid; show paid; reply paid
    caja 5.00                 | show checking; fetch
    sees expired              | remember expired; reply expired; remember opened; show working; create
    """
    )


def test_no_network_at_boot() -> None:
    perform(
        """
    start                | show working; probe
    fails not_sent       | show out_of_service network
    later                | probe
    ready                | show idle
    """
    )


def test_an_order_that_the_service_has_forgotten_does_not_block_the_counter_for_ever() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    fails missing        |
    wait 400             |
    later                | fetch
    fails missing        | remember abandoned; reply abandoned; show idle
    """
    )


def test_the_result_goes_when_somebody_presses_cancel() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    cancel               | show idle
    """
    )
