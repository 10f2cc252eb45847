"""Plays without an open sale: the start, idle, out of service. See ``tests/support/play.py``."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import events as on
from kiosk.sale.asking import NEVER
from kiosk.sale.words import Outcome, Sale, UntoldResult
from tests.support.play import (
    AMOUNT_WAITS,
    OPEN,
    PAID,
    POLICY,
    SHOWN,
    TWO_OPEN,
    Play,
    perform,
    pesos,
)


def test_the_connection_is_opened_while_the_amount_comes_in() -> None:
    perform(OPEN + "first byte | warm")
    perform(PAID + "first byte | warm")
    scanned = "gun scans yerba 10.00 | show basket 10.00\n"
    perform(OPEN + scanned + "first byte | warm", replace(POLICY, checkout=20.0))


def test_noise_is_explained_for_some_seconds() -> None:
    perform(
        OPEN
        + """
    noise                | show rejected_input
    later                | show idle
    noise                | show rejected_input
    caja 12.50           | remember opened; create; show working
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
    later                  | remember opened; create; show working
    """
    )


def test_a_new_amount_waits_until_all_open_sales_are_settled() -> None:
    perform(
        """
    start OLD=ORD7 OLDER=ORD8 | show checking; fetch
    sees processed            | remember paid; show paid; reply paid
    caja 5.00                 | show checking; fetch
    sees expired              | remember expired; reply expired; remember opened; create; show working
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


def test_the_first_amount_may_come_during_the_start() -> None:
    start = "start | show working; probe\ncaja 5.00 |\n"
    perform(start + "ready | remember opened; create; show working")
    perform(start + "cancel |\nready | show idle")


def test_the_start_tells_the_results_that_were_not_told() -> None:
    play = Play()
    sale = Sale("OLD-1", pesos("7.00"), "caja", "ORD7")
    results = UntoldResult(sale, Outcome.PAID), UntoldResult(sale, Outcome.CANCELED)
    started = on.Started(untold=results)
    assert play.give(started) == "reply paid; reply canceled; show working; probe"


def test_noise_takes_a_result_off_the_panel() -> None:
    perform(PAID + "noise | signal idle; show rejected_input\nlater 4 | show idle")


def test_cancel_on_a_result_drops_the_amount_that_waits() -> None:
    perform(AMOUNT_WAITS + "cancel | show idle")


def test_an_amount_is_sold_until_it_has_waited_for_30_s() -> None:
    for age, done in (
        (30.0, "remember opened; create; show working"),
        (
            30.1,
            "remember opened; remember abandoned; reply abandoned; signal idle; show rejected_input",
        ),
    ):
        perform(f"start | show working; probe\ncaja 5.00 |\nwait {age} |\nready | {done}")


def test_probes_come_less_and_less_often() -> None:
    perform(
        """
    start                | show working; probe
    fails not_sent       | show out_of_service network
    later 3.2            | probe
    fails token          | show out_of_service token
    later 5.1            | probe
    fails token after=60 limited |
    later 60             | probe
    ready                | show idle
    """
    )


def test_a_reading_out_of_service_probes_at_once() -> None:
    for reading in ("caja 5.00", "gun scans yerba 10.00"):
        perform(
            f"""
        start                | show working; probe
        fails not_sent       | show out_of_service network
        {reading}            | signal rejected_input
        later 0              | probe
        {reading}            | signal rejected_input
        ready                | show idle
        """,
            replace(POLICY, checkout=20.0),
        )


def test_a_broken_panel_is_not_probed() -> None:
    assert perform(OPEN + "panel fails | show out_of_service panel").counter.wake == NEVER


def test_one_fault_ends_and_another_is_left() -> None:
    perform(
        """
    start                | show working; probe
    fails token          | show out_of_service token
    panel fails          | show out_of_service token
    panel back           |
    later                | probe
    ready                | show idle
    """
    )


def test_a_result_that_is_told_is_written_down_in_any_phase() -> None:
    perform(
        OPEN
        + "told K-1 paid | remember told\npanel fails | show out_of_service panel\ntold K-1 paid | remember told"
    )


def test_the_panel_recovers_while_a_probe_is_underway() -> None:
    probing = """
    panel fails          | show out_of_service panel
    caja 5.00            | signal rejected_input
    later 0              | probe
    panel back           |
    """
    perform(OPEN + probing + "ready | show idle")
    perform(OPEN + probing + "fails not_sent | show out_of_service network")


def test_an_order_that_an_earlier_run_asked_for_is_not_abandoned_without_an_answer() -> None:
    perform(
        """
    start OLD            | show checking; create
    fails not_sent       | show out_of_service network
    later                | create
    fails token          | show out_of_service network
    later                | create
    sees created         | remember order; show checking; cancel
    """
    )
