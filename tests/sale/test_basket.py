"""Baskets: what was scanned, what it costs, and how a scan is removed."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.sale.basket import MOST_SCANS, Basket, begin, cost
from kiosk.sale.words import Item

ARS = CURRENCIES["ARS"]


def item(code: str, price: str, quantity: int = 1) -> Item:
    return Item(code.title(), Money.of(price, "ARS"), quantity, code)


YERBA, MATE = item("yerba", "4250.50"), item("mate", "9000.00")


def filled(*items: Item) -> Basket:
    basket = begin(items[0], "gun")
    for more in items[1:]:
        assert basket
        basket = basket.with_item(more)
    assert basket
    return basket


def test_the_total_grows_with_each_item() -> None:
    basket = filled(YERBA, MATE, YERBA)
    assert basket.total == Money.of("17501.00", "ARS")
    assert basket.pieces == 3
    assert basket.source == "gun"


def test_equal_items_are_one_line() -> None:
    several = item("yerba", "4250.50", 3)
    assert filled(YERBA, MATE, several).items == (item("yerba", "4250.50", 4), MATE)


def test_one_code_at_two_prices_stays_two_lines() -> None:
    label = item("pan", "12.50"), item("pan", "13.00")
    assert filled(*label).items == label


def test_the_latest_scan_is_removed_with_all_its_pieces() -> None:
    basket = filled(YERBA, item("mate", "9000.00", 3))
    fewer = basket.without_latest()
    assert fewer == Basket((YERBA,), "gun")
    assert fewer.without_latest() is None


def test_what_is_too_much_for_one_sale_is_refused() -> None:
    assert begin(item("house", "999999999999.99", 2), "gun") is None
    assert filled(YERBA).with_item(item("house", "999999999999.99")) is None
    assert Basket((YERBA,) * (MOST_SCANS - 1), "gun").with_item(YERBA)
    assert Basket((YERBA,) * MOST_SCANS, "gun").with_item(YERBA) is None


prices = st.integers(1, 10**6).map(lambda cents: Money(Decimal(cents).scaleb(-2), ARS))
items = st.builds(Item, st.sampled_from(["a", "b", "c"]), prices, st.integers(1, 99))


@given(st.lists(items, min_size=1, max_size=30))
def test_merging_changes_no_total(scans: list[Item]) -> None:
    basket = filled(*scans)
    assert sum(cost(line).amount for line in basket.items) == basket.total.amount
    assert len({(line.title, line.price) for line in basket.items}) == len(basket.items)
