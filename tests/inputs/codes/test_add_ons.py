"""Magazines and books: two or five digits beside the code are never a part of the product's code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import NumberFormat
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import without_add_on
from tests.inputs.codes.counter_codes import LABELS, ars, read, with_check

LISTED = {
    code: Product(code, title, ars(price))
    for code, title, price in (
        ("9771234567003", "Revista", "2500.00"),
        ("036000291452", "Diario", "900.00"),
        ("02345673", "Chicle", "50.00"),
        ("012345000065", "Comic", "700.00"),
        ("977765432100105", "Especial", "4000.00"),
    )
}


def find(code: str) -> Product | None:
    short = code.lstrip("0")
    return next((each for each in LISTED.values() if each.code.lstrip("0") == short), None)


@pytest.mark.parametrize(
    ("scan", "title"),
    [
        ("]E3977123456700305", "Revista"),
        ("]E3977123456700300005", "Revista"),
        ("977123456700305", "Revista"),
        ("977123456700300005", "Revista"),
        ("9771234567003 05", "Revista"),
        ("9771234567003-00005", "Revista"),
        ("]E39771234567003", "Revista"),
        ("]E09771234567003", "Revista"),
        ("]E303600029145205", "Diario"),
        ("]E3003600029145212345", "Diario"),
        ("03600029145205", "Diario"),
        ("03600029145212345", "Diario"),
        ("]E30123456512", "Comic"),  # a UPC-E with two digits
        ("0123456512", "Comic"),
        ("977765432100105", "Especial"),  # the whole code is in the price list
    ],
)
def test_the_product_is_that_of_the_code_before_the_add_on(scan: str, title: str) -> None:
    assert read(scan, find=find).title == title


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        ("]E3977123456700405", "the check digit is wrong"),
        ("977123456700405", "no product has the code"),
        ("]E3977123456701", "the check digit is wrong"),
        ("]E105", "only the add-on of a magazine"),
        ("]E200005", "only the add-on of a magazine"),
        ("]E0977123456700305", "the check digit is wrong"),  # GS1: no add-on by this identifier
        ("]E3978316148410000005", "no product has the code"),
        ("9783161484100 05", "no product has the code"),
    ],
)
def test_what_is_not_certainly_a_listed_product_is_refused(scan: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        read(scan, find=find)


def test_an_add_on_is_no_amount_and_a_label_has_none() -> None:
    for scan in ("]E105", "977123456700405", "9771234567004-05"):
        with pytest.raises(BadReading):
            read(scan, find=find, plain=NumberFormat())
    label = with_check("200004201250")
    for scan in (f"]E3{label}05", f"{label}05", f"{label}00005"):
        with pytest.raises(BadReading, match="no product"):
            read(scan, find=find, labels=LABELS)


@given(st.integers(0, 10**12 - 1), st.integers(10, 99), st.integers(10, 99))
def test_a_valid_code_of_another_product_is_never_taken_for_a_code_with_an_add_on(
    number: int, two: int, more: int
) -> None:
    code = with_check(f"{number:012}")
    for each in without_add_on(code + str(two)):
        assert each in {code, code[:-1]} or len(each) == 12
    if code not in LISTED and code[1:] not in LISTED:
        with pytest.raises(BadReading):
            read(code, find=find)
