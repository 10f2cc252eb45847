"""Plays while the order is being created: see ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

from tests.support.play import OPEN, POLICY, perform


def test_the_create_is_repeated_when_its_answer_is_lost() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails unknown        |
    later                | create
    sees created         | remember order; show scan_me
    """
    )


def test_an_order_that_is_known_too_late_is_closed_unseen() -> None:
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


def test_a_refused_token_says_nothing_about_the_request_before_it() -> None:
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


def test_the_service_refuses_a_setting() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    fails setup          | remember refused; reply refused; show out_of_service setup
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


def test_an_order_without_a_qr_is_closed() -> None:
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


def test_nothing_is_sent_when_the_intent_cannot_be_written() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
    journal fails        | show out_of_service journal
    later                | probe
    ready                | show idle
    """
    )


def test_a_request_that_may_have_arrived_is_not_forgotten_when_the_next_is_not_sent() -> None:
    perform(
        OPEN
        + """
    caja 12.50           | remember opened; show working; create
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
    caja 12.50           | remember opened; show working; create
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
