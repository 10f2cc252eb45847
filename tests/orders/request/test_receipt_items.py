"""Receipts of scanned items: ten lines at the most, and the total to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.orders.request.receipt_items import lines, total
from kiosk.sale.words import Item

ARS = CURRENCIES["ARS"]


def item(number: int, quantity: int = 1) -> Item:
    return Item(f"Thing {number}", Money.of(f"{number}.10", "ARS"), quantity, f"{number:04}")


@pytest.mark.parametrize("count", [1, 9, 10])
def test_up_to_ten_items_have_a_line_each(count: int) -> None:
    items = tuple(item(number, number) for number in range(1, count + 1))
    assert lines(items, "Otros") == items


def test_the_eleventh_item_is_summed_with_the_tenth() -> None:
    items = tuple(item(number, 2) for number in range(1, 12))
    *shown, last = lines(items, "Otros")
    assert tuple(shown) == items[:9]
    assert last == Item("Otros", Money.of("42.40", "ARS"))


def test_titles_and_codes_that_the_service_would_refuse() -> None:
    (line,) = lines([Item("x" * 200, Money.of("1.00", "ARS"), 1, "9" * 31)], "Otros")
    assert line == Item("x" * 150, Money.of("1.00", "ARS"))


def test_the_longest_title_and_code_that_the_service_takes_are_kept() -> None:
    longest = Item("x" * 150, Money.of("1.00", "ARS"), 1, "9" * 30)
    assert lines([longest], "Otros") == (longest,)


prices = st.integers(1, 10**6).map(lambda cents: Money(Decimal(cents).scaleb(-2), ARS))


@given(
    st.lists(
        st.builds(Item, st.text(min_size=1), prices, st.integers(1, 99)), min_size=1, max_size=40
    )
)
def test_no_cent_is_lost(items: list[Item]) -> None:
    assert total(lines(items, "Otros")) == total(items)
    assert len(lines(items, "Otros")) <= 10
