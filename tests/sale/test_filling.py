"""Plays with baskets: see ``tests/support/play.py`` for how to read them."""

from __future__ import annotations

import math

from kiosk.base.money import Money
from kiosk.sale import events as on
from kiosk.sale.phases import Filling
from kiosk.sale.policy import Policy
from kiosk.sale.words import Item
from tests.support.play import AMOUNT_WAITS, OPEN, PAID, TWO_OPEN, Play, perform

ON_PAY = Policy(prefix="K", checkout=math.inf)
AFTER_20 = Policy(prefix="K", checkout=20.0)
AT_ONCE = Policy(prefix="K")
BUSY = Policy(prefix="K", checkout=math.inf, on_new_amount="busy")


def items_of(play: Play) -> list[tuple[str, int]]:
    sale = play.counter.sale
    assert sale
    assert sum(item.price.amount * item.quantity for item in sale.items) == sale.amount.amount
    return [(item.code, item.quantity) for item in sale.items]


def test_items_until_somebody_presses_pay() -> None:
    play = perform(
        OPEN
        + """
        gun scans yerba 4250.00 | show basket 4250.00
        gun scans mate 9000.00  | show basket 13250.00
        gun scans yerba 4250.00 | show basket 17500.00
        pay                     | remember opened; create; show working
        sees created            | remember order; show scan_me
        """,
        ON_PAY,
    )
    assert items_of(play) == [("yerba", 2), ("mate", 1)]
    assert play.counter.sale
    assert play.counter.sale.source == "gun"


def test_items_until_no_more_come_for_20_seconds() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        wait 19                 |
        gun scans mate 5.00     | show basket 15.00
        later 20                | remember opened; create; show working
        sees created            | remember order; show scan_me
        """,
        AFTER_20,
    )


def test_where_each_item_is_a_sale() -> None:
    play = perform(
        OPEN
        + """
        gun scans yerba 10.00   | remember opened; create; show working
        sees created            | remember order; show scan_me
        gun scans mate 5.00     | show checking; cancel
        sees canceled           | remember canceled; reply canceled; remember opened; create; show working
        """,
        AT_ONCE,
    )
    assert items_of(play) == [("mate", 1)]


def test_the_latest_item_is_taken_back() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        gun scans mate 5.00     | show basket 15.00
        remove                  | show basket 10.00
        remove                  | show idle
        remove                  |
        pay                     |
        """,
        ON_PAY,
    )


def test_a_basket_that_is_thrown_away() -> None:
    for word in ("clear", "cancel"):
        perform(OPEN + f"gun scans yerba 10.00 | show basket 10.00\n{word} | show idle", ON_PAY)


def test_a_basket_that_nobody_pays_is_forgotten() -> None:
    play = perform(OPEN + "gun scans yerba 10.00 | show basket 10.00\nlater | show idle", ON_PAY)
    assert play.now == 1000.0 + ON_PAY.basket_kept_for


def test_a_bad_code_does_not_change_the_basket() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        noise                   | signal rejected_input
        gun scans mate 5.00     | show basket 15.00
        """,
        ON_PAY,
    )


def test_what_is_scanned_while_an_order_is_open_is_refused() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        pay                     | remember opened; create; show working
        gun scans mate 5.00     | signal rejected_input
        sees created            | remember order; show scan_me
        gun scans mate 5.00     | signal rejected_input
        pay                     |
        cancel                  | show checking; cancel
        gun scans mate 5.00     | signal rejected_input
        sees canceled           | remember canceled; show canceled; reply canceled
        gun scans mate 5.00     | show basket 5.00
        """,
        ON_PAY,
    )


def test_a_new_basket_takes_the_result_off_the_panel() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        pay                     | remember opened; create; show working
        sees created            | remember order; show scan_me
        later                   | fetch
        sees processed          | remember paid; show paid; reply paid
        gun scans mate 5.00     | show basket 5.00
        """,
        ON_PAY,
    )


def test_a_total_from_a_register_replaces_the_basket() -> None:
    scanned = OPEN + "gun scans yerba 10.00 | show basket 10.00\n"
    perform(scanned + "caja 12.50 | remember opened; create; show working", ON_PAY)
    perform(scanned + "caja 12.50 | signal rejected_input", BUSY)


def test_a_device_fails_while_a_basket_is_filled() -> None:
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        panel fails             |
        panel back              |
        pay                     | remember opened; create; show working
        """,
        ON_PAY,
    )
    perform(
        OPEN
        + """
        gun scans yerba 10.00   | show basket 10.00
        journal fails           |
        pay                     | show working; probe
        fails journal           | show out_of_service journal; signal rejected_input
        gun scans yerba 10.00   | signal rejected_input
        """,
        ON_PAY,
    )


def test_items_are_refused_before_the_counter_is_open() -> None:
    perform(
        """
        start                   | show working; probe
        gun scans yerba 10.00   | signal rejected_input
        ready                   | show idle
        """,
        ON_PAY,
    )


def test_an_item_that_is_too_much_for_one_sale_is_refused() -> None:
    house = Item("House", Money.of("999999999999.99", "ARS"), 2, "h")
    for policy in (AT_ONCE, ON_PAY):
        play = perform(OPEN, policy)
        assert play.give(on.ItemScanned(house, "gun")).endswith("rejected_input")
        assert play.counter.state == "idle"
    play = perform(OPEN + "gun scans yerba 10.00 | show basket 10.00", ON_PAY)
    assert play.give(on.ItemScanned(house, "gun")) == "signal rejected_input"
    assert isinstance(play.counter.phase, Filling)
    assert play.counter.phase.basket.total == Money.of("10.00", "ARS")


def test_no_basket_is_begun_when_something_else_must_be_done_first() -> None:
    scan = "gun scans yerba 10.00 | signal rejected_input"
    for first in ("panel fails |", "journal fails |"):
        perform(PAID + first + f"\n{scan}", ON_PAY)
    perform(AMOUNT_WAITS + scan, ON_PAY)
    perform(TWO_OPEN + scan, ON_PAY)
