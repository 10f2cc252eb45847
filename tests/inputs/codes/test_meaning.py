"""What a scan means; above all, no wrong code is ever an amount."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import NumberFormat
from kiosk.inputs.codes.own_codes import ControlCode, Quantity
from kiosk.sale.words import Item
from tests.inputs.codes.counter_codes import KEY, LABELS, ars, read
from tests.support.examples import examples


@pytest.mark.parametrize("scan", ["7790001001054", "]E07790001001054"])
def test_a_product_of_the_price_list(scan: str) -> None:
    assert read(scan) == Item("Yerba 1 kg", ars("4250.00"), 1, "7790001001054", "almacen")


def test_a_code_of_the_shops_own() -> None:
    assert read("SKU-7") == Item("Taza", ars("7000.00"), 1, "SKU-7")
    assert read("]A0SKU-7") == Item("Taza", ars("7000.00"), 1, "SKU-7")


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        ("7790001001055", "the check digit is wrong; scan it again"),
        ("]E07790001001055", "the check digit is wrong"),
        ("779000100105", "the check digit is wrong"),  # a keystroke was lost
        ("7790001001061", "no product has the code …1061"),
        ("54", "no product has the code 54"),
        ("", "empty"),
        ("]E0", "empty"),
        ("   ", "empty"),
        ("12\x01345", "unreadable"),
        ("ñandú", "unreadable"),
        ("Infinity", "no product"),
        ("7790001001054*", r"the scanner sends '7790001001054\*'; set begins_with or ends_with"),
        ("*7790001001054*", "set begins_with or ends_with"),
        (
            "+E07790001001054",
            r"the scanner sends '\+E07790001001054'; set layout as the scanner is set",
        ),
        ("[E07790001001054", "set layout as the scanner is set"),
        ("42", "sold by kg; scan its label"),
        ("https://example.com/promo", "web address"),
    ],
)
def test_what_is_no_product_is_refused_with_the_reason(scan: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        read(scan)


def test_the_price_list_says_why_an_article_is_not_sold() -> None:
    def why(code: str) -> str:
        return "line 3 is refused" if code == "7790001001061" else ""

    for scan in ("7790001001061", "]C07790001001061", "]E3779000100106105"):
        with pytest.raises(BadReading, match=r"the article ….* can't be sold: line 3 is refused"):
            read(scan, why_missing=why)


def test_plain_numbers_are_amounts_only_where_the_technician_says_so() -> None:
    with pytest.raises(BadReading, match="no product"):
        read("150,00")
    plain = NumberFormat(decimal=",")
    assert read("150,00", plain=plain) == ars("150.00")
    for scan in ("-5,00", "1e3", "7790001001055", "0,00", "7790001001061", "779000100105"):
        with pytest.raises(BadReading):
            read(scan, plain=plain)


def test_limits_hold_for_amounts() -> None:
    limits = {"plain": NumberFormat(decimal=","), "minimum": 10, "maximum": 100}
    assert read("10,00", **limits) == ars("10.00")
    for scan in ("9,99", "100,01"):
        with pytest.raises(BadReading, match="limit"):
            read(scan, **limits)


def test_no_item_is_dearer_than_the_limit_and_any_may_be_cheap() -> None:
    assert read("SKU-7", minimum=9000, maximum=7000).title == "Taza"
    with pytest.raises(BadReading, match="above the limit of 6999"):
        read("SKU-7", maximum=6999)
    swallowed = "]C101" + "07790001001054" + "3103000250" + "39221999" + "10123"  # no separator
    with pytest.raises(BadReading, match="above the limit"):
        read(swallowed, maximum=100_000)


@given(st.text(max_size=50), st.booleans())
@settings(max_examples=examples(300))
def test_no_text_crashes_and_none_makes_money_out_of_nothing(text: str, digits: bool) -> None:
    if digits:
        text = "".join(str(ord(char) % 10) for char in text)
    try:
        meaning = read(text, labels=LABELS, control=True, key=KEY, gs1="assumed")
    except BadReading:
        return
    assert isinstance(meaning, ControlCode | Quantity | Item)
    if isinstance(meaning, Item):
        assert meaning.price.amount > 0
