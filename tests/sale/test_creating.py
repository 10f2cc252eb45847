"""Plays while the order is being created: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale.effects import Remember, SaleEnded
from kiosk.sale.words import Outcome
from tests.support.play import OPEN, POLICY, perform


def test_the_create_is_repeated_when_its_answer_is_lost() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails unknown        |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_an_order_that_is_known_too_late_is_closed_unseen() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
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
    caja 12.50           | remember opened; create; show working
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
    caja 12.50           | remember opened; create; show working
    fails not_sent       |
    cancel               | remember abandoned; reply abandoned; show idle
    """
    )


def test_no_network_at_all() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails not_sent       |
    wait 31              |
    later                | create
    fails not_sent       | remember abandoned; reply abandoned; show out_of_service network
    caja 5.00            | show working; probe
    fails not_sent       | show out_of_service network; signal rejected_input
    caja 5.00            | signal rejected_input
    later                | probe
    ready                | show idle
    """
    )


def test_the_service_refuses_the_amount() -> None:
    perform(
        OPEN
        + """
    caja 1.00            | remember opened; create; show working
    fails refused        | remember refused; show refused; reply refused
    later                | show idle
    """
    )


def test_the_service_refuses_the_token() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails token          | remember refused; reply refused; show out_of_service token
    later                | probe
    fails token          |
    later                | probe
    ready                | show idle
    """
    )


def test_a_refused_token_says_nothing_about_the_request_before_it() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails unknown        |
    later                | create
    fails token          |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_the_service_refuses_a_setting() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails setup          | remember refused; reply refused; show out_of_service setup
    """
    )


def test_an_order_that_asks_for_another_amount_is_never_shown() -> None:
    perform(
        OPEN
        + """
    caja 12.50                | remember opened; create; show working
    sees created amount=99.00 | remember order; show checking; cancel
    """
    )


def test_an_order_of_another_sale_is_left_alone() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; create; show working
    sees created ref=other |
    later                  | create
    sees created           | remember order; show scan_me
    """
    )


def test_an_order_without_a_qr_is_closed() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; create; show working
    sees created noqr      | remember order; show checking; cancel
    sees canceled          | remember canceled; show canceled; reply canceled
    later                  | show out_of_service no_qr
    """
    )


def test_a_printed_code_needs_no_qr_on_the_panel() -> None:
    perform(
        OPEN
        + """
    caja 12.50             | remember opened; create; show working
    sees created noqr      | remember order; show scan_me
    """,
        replace(POLICY, needs_qr=False),
    )


def test_nothing_is_sent_when_the_intent_cannot_be_written() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    journal fails        | show out_of_service journal
    later                | probe
    ready                | show idle
    """
    )


def test_a_request_that_may_have_arrived_is_not_forgotten_when_the_next_is_not_sent() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails unknown        |
    later                | create
    fails not_sent       |
    cancel               | show checking
    later                | create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_a_request_that_may_have_arrived_is_asked_for_until_it_is_known() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails unknown        |
    wait 31              |
    later                | create
    fails not_sent       | show out_of_service network
    later                | create
    fails not_sent       |
    later                | create
    fails token          | show out_of_service network
    later                | create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_a_definite_refusal_ends_the_sale_even_if_an_earlier_answer_was_lost() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails unknown        |
    later                | create
    fails refused        | remember refused; show refused; reply refused
    later 8              | show idle
    """
    )


def test_an_order_without_an_id_is_asked_for_again() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    sees created id=     |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_a_cancel_while_the_create_is_underway() -> None:
    canceled = """
    caja 12.50           | remember opened; create; show working
    cancel               | show checking
    cancel               |
    """
    perform(OPEN + canceled + "sees created | remember order; show checking; cancel")
    refused = "fails refused | remember abandoned; reply abandoned; show idle"
    perform(OPEN + canceled + refused)


def test_the_reason_of_an_abandoned_sale_is_the_first_one() -> None:
    play = perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    cancel               | show checking
    wait 40              |
    fails not_sent       | remember abandoned; reply abandoned; show out_of_service network
    """
    )
    assert Remember(SaleEnded("K-1", Outcome.ABANDONED, "canceled")) in play.done


def test_a_new_amount_replaces_the_one_that_is_being_created() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    caja 99.00           | show checking
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; reply canceled; remember opened; create; show working
    """
    )


def test_a_cancel_drops_the_new_amount_too() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    caja 99.00           | show checking
    cancel               |
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_a_busy_counter_takes_a_new_amount_only_after_a_cancel() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    caja 99.00           | signal rejected_input
    cancel               | show checking
    caja 99.00           |
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; reply canceled; remember opened; create; show working
    """,
        replace(POLICY, on_new_amount="busy"),
    )


def test_the_panel_fails_while_the_order_is_created() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    panel fails          | show checking
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    later                | show out_of_service panel
    """
    )


def test_an_order_is_shown_until_its_amount_is_30_s_old() -> None:
    for age, done in (
        (30.0, "remember order; show scan_me"),
        (30.1, "remember order; show checking; cancel"),
    ):
        perform(
            OPEN
            + f"""
        caja 12.50           | remember opened; create; show working
        wait {age}           |
        sees created         | {done}
        """
        )


def test_a_payment_of_an_order_that_was_known_too_late_is_a_late_one() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    wait 60              |
    sees created         | remember order; show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid held; show held
    """,
        replace(POLICY, late_payment="hold"),
    )


def test_each_sale_has_its_own_reference() -> None:
    play = perform(
        OPEN
        + """
    caja 12.50           | remember opened; create; show working
    fails refused        | remember refused; show refused; reply refused
    caja 12.50           | remember opened; create; show working
    """
    )
    assert play.counter.sale
    assert play.counter.sale.reference == "K-2"
