"""Plays without an open sale: the start, idle, out of service. See ``tests/support/play.py``."""

from __future__ import annotations

from tests.support.play import AMOUNT_WAITS, OPEN, PAID, SHOWN, TWO_OPEN, perform


def test_the_connection_is_opened_while_the_amount_comes_in() -> None:
    perform(OPEN + "first byte | warm")


def test_noise_is_explained_for_some_seconds() -> None:
    perform(
        OPEN
        + """
    noise                | show rejected_input
    later                | show idle
    noise                | show rejected_input
    caja 12.50           | remember opened; show working; create
    """
    )


def test_cancel_takes_the_result_off_the_panel() -> None:
    perform(
        SHOWN
        + """
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
    cancel               | show idle
    """
    )


def test_the_panel_fails_between_two_sales() -> None:
    perform(
        OPEN
        + """
    panel fails          | show out_of_service panel
    panel back           | show idle
    """
    )


def test_no_network_at_the_start() -> None:
    perform(
        """
    start                | show working; probe
    fails not_sent       | show out_of_service network
    later                | probe
    ready                | show idle
    """
    )


def test_the_start_settles_an_order_that_was_paid_while_the_kiosk_was_off() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees processed       | remember paid; show paid; reply paid
    later                | show idle
    """
    )


def test_the_start_closes_an_order_that_nobody_paid() -> None:
    perform(
        """
    start OLD=ORD7       | show checking; fetch
    sees created         |
    later                | cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_the_start_asks_again_for_an_order_that_is_not_known() -> None:
    perform(
        """
    start OLD            | show checking; create
    sees created         | remember order; show checking; cancel
    sees canceled        | remember canceled; show canceled; reply canceled
    """
    )


def test_the_start_settles_all_open_sales_before_it_sells() -> None:
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


def test_a_new_amount_waits_until_all_open_sales_are_settled() -> None:
    perform(
        """
    start OLD=ORD7 OLDER=ORD8 | show checking; fetch
    sees processed            | remember paid; show paid; reply paid
    caja 5.00                 | show checking; fetch
    sees expired              | remember expired; reply expired; remember opened; show working; create
    """
    )


def test_the_code_of_the_first_fault_is_on_the_panel() -> None:
    perform(
        """
    start                | show working; probe
    fails token          | show out_of_service token
    panel fails          | show out_of_service token
    panel fails          |
    later                | probe
    fails not_sent       | show out_of_service network
    later                | probe
    fails unknown        |
    later                | probe
    fails setup          | show out_of_service setup
    later                | probe
    ready                | show out_of_service panel
    panel back           | show idle
    """
    )


def test_an_amount_that_was_refused_is_not_sold_when_the_counter_recovers() -> None:
    perform(
        SHOWN
        + """
    caja 99.00           | show checking; cancel
    panel fails          |
    sees canceled        | remember canceled; reply canceled; show out_of_service panel; signal rejected_input
    panel back           | show idle
    """
    )


def test_noise_is_not_explained_when_something_else_must_be_done_first() -> None:
    for first in ("panel fails |", "journal fails |"):
        perform(PAID + first + "\nnoise | signal rejected_input")
    perform(AMOUNT_WAITS + "noise | signal rejected_input")
    perform(TWO_OPEN + "noise | signal rejected_input")
