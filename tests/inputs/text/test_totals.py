"""Totals among other lines: the label decides, and the text after it must be an amount."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.text.folding import fold
from kiosk.inputs.text.totals import TotalRule, TotalSettings
from tests.support.examples import examples

NUMBER = {"decimal": ",", "thousands": "."}


def rule(currency: str = "ARS", **more: Any) -> TotalRule:
    settings = TotalSettings.model_validate({"number": NUMBER} | more)
    return settings.rule(CURRENCIES[currency])


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("TOTAL 1.234,56", "1234.56"),
        ("TOTAL       1.234,56", "1234.56"),
        ("Total: $12,00", "12.00"),
        ("TOTAL $ 12,00", "12.00"),
        ("TOTAL.......... 12,00", "12.00"),
        ("TOTAL ------ 12,00", "12.00"),
        ("TOTAL = ARS 12,00", "12.00"),
        ("TOTAL 12,00 ARS", "12.00"),
        ("*** TOTAL *** 12,00 ***", "12.00"),
        ("Importe a pagar  12,00", "12.00"),
        ("IMPORTE TOTAL 12,00", "12.00"),
        ("a cobrar 12", "12.00"),
        ("A  PAGAR:5,00", "5.00"),
        ("TOTAL ($)   1.234,56", "1234.56"),
        ("Total.      1.234,56", "1234.56"),
        ("TOTAL AR$ 1.234,56", "1234.56"),
        ("TOTAL (ARS): 1.234,56", "1234.56"),
        ("TOTAL\u00a0$\u202f1.234,56", "1234.56"),
        ("TOTAL 12,00 $", "12.00"),
        ("TOTAL 12,00 pesos", "12.00"),
        ("| TOTAL      |    1.234,56 |", "1234.56"),
        ("║ TOTAL           1.234,56 ║", "1234.56"),
        ("=> (+) TOTAL > 12,00", "12.00"),
        ("T O T A L   1 . 2 3 4 , 5 6", "1234.56"),
        ("T O T A L   $  1.234,56", "1234.56"),
        ("T O T A L  A  P A G A R  $ 1 2 , 0 0", "12.00"),
        ("TOTAL CON IVA 12,00", "12.00"),
        ("TOTAL C/IVA: $ 12,00", "12.00"),
        ("TOTAL (IVA INCLUIDO) 12,00", "12.00"),
        ("TOTAL GENERAL 12,00", "12.00"),
        ("Total da compra 12,00", "12.00"),
        ("MONTO TOTAL $ 12,00", "12.00"),
        ("TOTAL A PAGAR: 12,00", "12.00"),
    ],
)
def test_a_labelled_total_is_read(line: str, plain: str) -> None:
    assert rule().read(line) == Money.of(plain, "ARS")


@pytest.mark.parametrize(
    "line",
    [
        "PAN LACTAL 12,00",
        "12,00",
        "SUBTOTAL 12,00",
        "SUB TOTAL 12,00",
        "Sub-total 12,00",
        "DESCUENTO TOTAL 1,00",
        "TOTAL DESC. 1,00",
        "IVA TOTAL 2,00",
        "TOTALES 12,00",
        "TOTAL2",
        "TOTALARS 12,00",
        "TOTAL",
        "TOTAL ITEMS: 3",
        "TOTAL USD 12,00",
        "TOTAL EFECTIVO 100,00",
        "CANT  DESCRIPCION  IMPORTE",
        "12,00 TOTAL",
        "COLGATE TOTAL 250,00",
        "COLGATE TOTAL 250,00 1 x 250,00",
        "USTED AHORRO EN TOTAL $ 150,00",
        "TOTAL AHORRADO 150,00",
        "TOTAL CARE 250,00",
        "TOTAL 3 ITEMS",
        "TOTAL: 3 ARTICULOS",
        "QTD. TOTAL DE ITENS 3",
        "TOTAL DE PONTOS 120",
        "TOTAL PAGO 200,00",
        "TOTAL SIN IVA 100,00",
        "TOTAL IVA 21% 200,00",
        "TOTAL U$S 12,00",
        "\ufffd\ufffdTOTAL 12,00",
        "",
    ],
)
def test_other_lines_are_no_totals(line: str) -> None:
    assert rule().read(line) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("TOTAL -12,00", "the amount is negative"),
        ("TOTAL $-12,00", "the amount is negative"),
        ("TOTAL 12,00-", "the amount is negative"),
        ("TOTAL (12,00)", "the amount is negative"),
        ("TOTAL 1.23.4", "it is not written like 1.234,56"),
        ("TOTAL 1,234.56", "it is not written like"),
        ("TOTAL 12.00", "it is not written like"),
        ("TOTAL ,50", "it is not written like"),
        ("TOTAL 1 234,56", "it is not written like"),
        ("TOTAL 3 ITEMS 45,00", "it is not written like"),
        ("TOTAL 45,00 (3 ITEMS)", "it is not written like"),
        ("TOTAL.12,00", "it is not written like"),
        ("TOTAL 1 2,00", "it is not written like"),
        ("TOTAL \ufffd2,00", "it is not written like"),
        ("TOTAL 0,00", "the amount is zero"),
        ("TOTAL 5,00", "the amount is below the limit of 10"),
        ("TOTAL 99.999,00", "the amount is above the limit of 5000"),
    ],
)
def test_an_invalid_total_is_refused_with_the_reason(line: str, reason: str) -> None:
    with pytest.raises(BadReading, match=f"^{reason}"):
        rule(min="10", max="5000").read(line)


def test_of_two_labels_the_longer_one_counts_however_they_are_written() -> None:
    for labels in (["TOTAL", "TOTAL A PAGAR"], ["total", "TOTAL A PAGAR"]):
        assert rule(include=labels).read("TOTAL A PAGAR 12,00") == Money.of("12.00", "ARS")


def test_without_words_to_exclude_every_labelled_line_counts() -> None:
    assert rule(exclude=[], include=["TOTAL EFECTIVO"]).read("TOTAL EFECTIVO 12,00") == Money.of(
        "12.00", "ARS"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("PAN LACTAL 12,00", ""),
        ("SUBTOTAL 12,00", ""),
        ("COLGATE TOTAL 12,00", "TOTAL is not at the beginning of the line"),
        ("TOTAL ITEMS: 3", "TOTAL: a label, but no number behind it"),
        ("Importe", "IMPORTE: a label, but no number behind it"),
        ("T O T A L", "T O T A L: a label, but no number behind it"),
    ],
)
def test_a_line_without_a_total_says_why(line: str, reason: str) -> None:
    assert rule().why_not(line) == reason


def test_a_blank_between_thousands_is_also_a_no_break_space() -> None:
    spaced = rule(number={"decimal": ",", "thousands": " "})
    for blank in " \u00a0\u2009\u202f":
        assert spaced.read(f"TOTAL 1{blank}234,56") == Money.of("1234.56", "ARS")
        with pytest.raises(BadReading):
            rule().read(f"TOTAL 1{blank}234,56")


def test_signs_of_other_countries() -> None:
    assert rule("UYU").read("TOTAL $U 500,00") == Money.of("500.00", "UYU")
    assert rule("UYU").read("TOTAL U$S 500,00") is None
    chile = rule("CLP", number={"thousands": "."})
    assert chile.read("TOTAL CLP$ 5.990") == Money.of("5990", "CLP")


def test_a_brazilian_total() -> None:
    assert rule("BRL").read("TOTAL R$      1.234,56") == Money.of("1234.56", "BRL")
    assert rule("BRL").read("TOTAL $ 1.234,56") == Money.of("1234.56", "BRL")
    assert rule("BRL", include=["VALOR A PAGAR"]).read("VALOR A PAGAR R$ 8,00") == Money.of(
        "8.00", "BRL"
    )


def test_accents_and_capitals_do_not_matter_and_no_digit_is_made_up() -> None:
    assert rule(include=["Crédito"]).read("CREDITO 5,00") == Money.of("5.00", "ARS")
    assert rule(include=["CREDITO"]).read("crédito 5,00") == Money.of("5.00", "ARS")
    assert fold("½²①ñÑß") == "½²①NNß"
    with pytest.raises(BadReading):
        rule().read("TOTAL 5²")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"include": []}, "at least 1"),
        ({"include": ["TOTAL", " "]}, "Value error, an empty word matches every line"),
        ({"min": "10", "max": "5"}, "swap them"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        rule(**fields)


@given(st.text("0123456789.,- $*=(TOAL", max_size=16))
@settings(max_examples=examples(300))
def test_what_is_read_is_what_stood_there(rest: str) -> None:
    try:
        money = rule().read("TOTAL " + rest)
    except BadReading:
        return
    if money is not None:
        whole, cents = r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+", r"(?:,[0-9]{2})?"
        number = re.search(rf"((?:{whole}){cents})(?:[.,]--?)?[ *=$]*$", rest)
        assert number is not None
        text = number[1]
        assert not re.search(r"[0-9]", rest[: number.start()].rpartition("TOTAL")[2])
        assert money.amount == Decimal(text.replace(".", "").replace(",", "."))
