"""Plays while the order can be paid: see ``tests/support/play.py`` for how to read them."""

from __future__ import annotations

from dataclasses import replace

from tests.support.play import POLICY, SHOWN, perform


def test_an_amount_becomes_a_paid_sale() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    sees created         |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    told K-1 paid        | remember told
    later                | show idle
    """
    )


def test_the_cashier_cancels() -> None:
    perform(
        SHOWN
        + """
    cancel               | show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    later                | show idle
    """
    )


def test_a_new_amount_replaces_the_order_on_the_panel() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    sees canceled        | remember canceled; reply canceled; remember opened; create; show working
    sees created id=ORD2 | remember order; show scan_me
    """
    )


def test_a_new_amount_waits_behind_a_payment() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    later                | remember opened; create; show working
    """
    )


def test_a_busy_counter_refuses_a_new_amount() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | signal rejected_input
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    caja 99.00           | remember opened; create; show working
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
    sees canceled        | remember canceled; reply canceled; remember opened; remember abandoned; reply abandoned; signal idle; show rejected_input
    later 4              | show idle
    """
    )


def test_noise_does_not_change_the_open_sale() -> None:
    perform(
        SHOWN
        + """
    noise                | signal rejected_input
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_an_order_is_closed_when_the_panel_fails() -> None:
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


def test_time_running_out_here_says_nothing_about_the_payment() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees processed") == "remember paid; show paid; reply paid"


def test_time_runs_out_and_the_service_says_expired() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees expired") == "remember expired; show expired; reply expired"


def test_time_runs_out_here_first() -> None:
    play = perform(SHOWN)
    play.now += POLICY.expires_after
    assert play.cue("later") == "show checking; fetch"
    assert play.cue("sees created") == ""
    assert play.cue("later") == "cancel"
    assert play.cue("sees canceled") == "remember canceled; show canceled; reply canceled"


def test_the_qr_leaves_the_panel_while_the_service_does_not_answer() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    fails unknown        |
    later                | fetch
    later 5.9            | show checking
    fails unknown        |
    later                | fetch
    sees created         | show scan_me
    later 0.4            | fetch
    later 9.6            | show checking
    fails not_sent       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    """
    )


def test_the_qr_leaves_the_panel_during_a_pause_that_the_service_asks_for() -> None:
    perform(
        SHOWN
        + """
    later 2                    | fetch
    fails unknown after=600    |
    later 8                    | show checking
    later 22                   | fetch
    sees created               | show scan_me
    """
    )


def test_a_payer_who_waits_through_such_a_pause_is_told_when_it_ends() -> None:
    """Our own pauses are of seconds while a payer waits; the service's is kept, to its limit."""
    perform(
        SHOWN
        + """
    later 2                           | fetch
    fails unknown after=600 limited   |
    later 8                           | show checking
    later 52                          | fetch
    fails unknown                     |
    later 3                           | fetch
    fails unknown                     |
    later 3                           | fetch
    sees processed                    | remember paid; show paid; reply paid
    """
    )


def test_a_new_total_and_a_cancel_do_not_wait_for_the_end_of_such_a_pause() -> None:
    for cue in ("cancel", "caja 99.00"):
        play = perform(
            SHOWN
            + f"""
        later 2                           | fetch
        fails unknown after=600 limited   |
        later 8                           | show checking
        {cue}                             | show checking
        later 3                           | fetch
        """
        )
        assert (play.cue("sees created"), play.cue("later")) == ("", "cancel")


def test_no_question_is_asked_while_one_is_underway() -> None:
    play = perform(SHOWN + "later | fetch")
    assert play.cue("cancel") == "show checking"
    assert play.counter.phase_wake == float("inf")
    assert play.cue("sees created") == ""
    assert play.cue("later") == "cancel"


def test_an_answer_about_another_order_changes_nothing() -> None:
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


def test_an_unknown_status_is_neither_paid_nor_final() -> None:
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


def test_a_partial_refund_made_elsewhere_leaves_the_sale_paid() -> None:
    perform(
        SHOWN
        + """
    later                                     | fetch
    sees processed detail=partially_refunded  | remember paid; show paid; reply paid
    """
    )


def test_a_refused_token_takes_the_qr_off_the_panel_at_once() -> None:
    perform(SHOWN + "later 2 | fetch\nfails token | show checking")


def test_the_service_may_be_silent_for_less_than_10_s() -> None:
    for silence, done in ((9.9, ""), (10.0, "show checking")):
        play = perform(SHOWN + "later 2 | fetch\nsees created |")
        seen_at = play.now
        assert play.cue("later 2") == "fetch"
        assert play.counter.wake == seen_at + 10
        play.now = seen_at + silence
        assert play.cue("fails unknown") == done


def test_checking_is_shown_once() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    wait 10              |
    fails unknown        | show checking
    later                | fetch
    fails unknown        |
    """
    )


def test_a_payment_after_the_time_ran_out_here_is_a_late_one() -> None:
    perform(
        SHOWN
        + """
    wait 300             |
    later                | show checking; fetch
    sees created         |
    later                | cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid held; show held
    """,
        replace(POLICY, late_payment="hold"),
    )


def test_an_order_that_is_closed_during_a_look_gets_the_answer_of_the_look_first() -> None:
    out_of_time = "later 8 | show checking\n        later 290"
    for cue in (out_of_time, "cancel", "panel fails", "caja 99.00"):
        perform(
            SHOWN
            + f"""
        later 2              | fetch
        {cue}                | show checking
        sees created         |
        later 0              | cancel
        """
        )


def test_an_order_that_is_closed_after_a_failed_look_is_looked_at_after_the_pause() -> None:
    perform(
        SHOWN
        + """
    later 2              | fetch
    fails unknown        |
    cancel               | show checking
    later 2              | fetch
    """
    )
