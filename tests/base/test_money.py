"""Money: built from text by the format the technician stated, and never from anything else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money, NumberFormat

ARS, CLP = CURRENCIES["ARS"], CURRENCIES["CLP"]
ARGENTINA = NumberFormat(decimal=",", thousands=".")
MEXICO = NumberFormat(decimal=".", thousands=",")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234", "1234.00"),
        ("0,05", "0.05"),
        ("0012,50", "12.50"),
        ("0" * 20 + "12,50", "12.50"),
        ("999.999.999.999,99", "999999999999.99"),
    ],
)
def test_an_argentine_total_is_read(text: str, plain: str) -> None:
    assert ARGENTINA.parse(text, ARS).plain() == plain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the amount is empty"),
        ("1.23.4", "it is not written like 1.234,56"),
        ("1.2345,00", "it is not written like"),
        (".234,00", "it is not written like"),
        ("1,234.56", "it is not written like"),
        ("12,345", "it is not written like"),
        ("12,5", "it is not written like"),
        ("12,", "it is not written like"),
        ("1 234,56", "it is not written like"),
        ("1e3", "it is not written like"),
        ("X5,00", "it is not written like"),
        ("٣٤", "it is not written like"),
        ("12\n", "it is not written like"),
        ("-5,00", "the amount is negative"),
        ("5,00-", "the amount is negative"),
        ("(5,00)", "the amount is negative"),
        ("0,00", "the amount is zero"),
        ("9" * 1000, "1000 digits are too many for an amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadReading, match=f"^{reason}"):
        ARGENTINA.parse(text, ARS)


@pytest.mark.parametrize("text", ["1.234,-", "1.234.-", "1234,--", "1.234,00.-"])
def test_a_dash_in_the_place_of_the_cents_is_not_a_minus(text: str) -> None:
    assert NumberFormat(",", ".").parse(text, CURRENCIES["ARS"]) == Money.of("1234", "ARS")
    with pytest.raises(BadReading, match="negative"):
        NumberFormat(implied_decimals=2).parse(text, CURRENCIES["ARS"])


def test_without_a_decimal_mark_the_digits_after_a_group_are_not_cents() -> None:
    whole_pesos = NumberFormat(thousands=".")
    assert whole_pesos.parse("1.234", CLP).plain() == "1234"
    with pytest.raises(BadReading, match=r"^it is not written like 1\.234$"):
        whole_pesos.parse("1.23456", CLP)


def test_the_same_text_is_other_money_elsewhere() -> None:
    assert ARGENTINA.parse("1.234", ARS).plain() == "1234.00"
    with pytest.raises(BadReading):
        MEXICO.parse("1.234", ARS)


def test_clp_has_no_decimals() -> None:
    assert ARGENTINA.parse("1.500", CLP).plain() == "1500"
    assert ARGENTINA.parse("1.500,00", CLP).plain() == "1500"
    with pytest.raises(BadReading, match="more decimals than"):
        ARGENTINA.parse("1.500,50", CLP)


def test_a_source_that_counts_in_cents() -> None:
    cents = NumberFormat(implied_decimals=2)
    assert cents.parse("123456", ARS).plain() == "1234.56"
    assert cents.parse("000005", ARS).plain() == "0.05"
    assert cents.parse("9" * 14, ARS).plain() == "999999999999.99"
    with pytest.raises(BadReading, match=r"^15 digits are too many"):
        cents.parse("9" * 15, ARS)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.56", "ARS", "$ 1.234,56"),
        ("1234567.8", "BRL", "R$ 1.234.567,80"),
        ("1500", "CLP", "$ 1.500"),
        ("0.05", "UYU", "$ 0,05"),
    ],
)
def test_people_read_it_as_on_a_price_tag(amount: str, currency: str, shown: str) -> None:
    assert Money.of(amount, currency).for_people() == shown


@given(st.integers(1, 10**14 - 1), st.sampled_from(sorted(CURRENCIES)))
def test_what_people_read_and_what_the_api_gets_is_one_amount(minor: int, code: str) -> None:
    currency = CURRENCIES[code]
    units = minor % 10**12 if currency.minor_units == 0 else minor
    money = Money(Decimal(max(units, 1)).scaleb(-currency.minor_units), currency)
    shown = money.for_people().removeprefix(currency.symbol + " ")
    assert NumberFormat(",", ".").parse(shown, currency) == money
    assert Money.of(money.plain(), code) == money
