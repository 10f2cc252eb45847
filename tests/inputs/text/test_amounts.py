"""Amounts in lines: the total of the register, and nothing that only looks like it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.text.amounts import AmountRule, masked
from tests.support.examples import examples

ARS = CURRENCIES["ARS"]
FORMAT = NumberFormat(decimal=",", thousands=".")
TOTAL = r"TOTAL\s+\$?\s*(?P<amount>\S+)"


def rule(pattern: str = TOTAL, least: str = "", most: str = "") -> AmountRule:
    return AmountRule(
        FORMAT,
        ARS,
        re.compile(pattern) if pattern else None,
        Decimal(least) if least else None,
        Decimal(most) if most else None,
    )


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("TOTAL 1.234,56", "1234.56"),
        ("  TOTAL      $ 12,00  ", "12.00"),
        ("TOTAL\t$5", "5.00"),
    ],
)
def test_the_total_is_read(line: str, plain: str) -> None:
    assert rule().read(line) == Money.of(plain, "ARS")


@pytest.mark.parametrize(
    "line",
    ["SUBTOTAL 10,00", "TICKET 0007", "TOTALES 5", "total 5,00", "TOTAL", "", "\x1b!TOTAL 5"],
)
def test_other_lines_are_ignored(line: str) -> None:
    assert rule().read(line) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("TOTAL 1 234,56", "the line has more text after the amount"),
        ("TOTAL 5,00 ARS", "the line has more text after the amount"),
        ("TOTAL 1.23.4", "it is not written like 1.234,56"),
        ("TOTAL 1,234.56", "it is not written like"),
        ("TOTAL 12,345", "it is not written like"),
        ("TOTAL -5,00", "the amount is negative"),
        ("TOTAL - 5,00", "the line has more text"),
        ("TOTAL 5,00-", "the amount is negative"),
        ("TOTAL (5,00)", "the amount is negative"),
        ("TOTAL 0,00", "the amount is zero"),
        ("TOTAL " + "9" * 500, "500 digits are too many"),
        ("TOTAL 1TOTAL 5,00", "the line has more text"),
        ("TOTAL 5,\x0000", "the line has unreadable characters"),
        ("TOTAL \x025,00\x03", "the line has unreadable characters"),
        ("TOTAL 5\ufffd00", "it is not written like"),
    ],
)
def test_a_total_that_is_no_amount_is_rejected_with_the_reason(line: str, reason: str) -> None:
    with pytest.raises(BadReading, match=f"^{reason}"):
        rule().read(line)


def test_without_a_pattern_the_whole_line_is_the_amount() -> None:
    assert rule("").read(" 5,00 ") == Money.of("5.00", "ARS")


@pytest.mark.parametrize(
    "line",
    ["TOTAL 5,00", "SUBTOTAL", "GRACIAS", "\x02", "5,00 ARS", " ", "\f5,00", "5,00\f", "5,00X"],
)
def test_without_a_pattern_anything_else_is_rejected(line: str) -> None:
    with pytest.raises(BadReading):
        rule("").read(line)


PART = "the setting amount takes only a part of the number; correct it"
NEGATIVE = "the amount is negative"


@pytest.mark.parametrize(
    ("pattern", "line", "reason"),
    [
        (r".*(?P<amount>[0-9,]+)", "TOTAL 1.234,56", PART),  # greedy: would read 6
        (r"TOTAL (?P<amount>[0-9]+).*", "TOTAL 1.234,56", PART),
        (r"TOTAL (?P<amount>[0-9]+).*", "TOTAL 1234,56", PART),
        (r"TOTAL (?P<amount>\S+).*", "TOTAL 1 234,56", PART),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL -5,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL - $ 5,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL -ARS 5,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL -\t5,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL -\u00a05,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>\S+)", "TOTAL -\t$\u00a05,00", NEGATIVE),
        (r"TOTAL\D*(?P<amount>[0-9,]+).*", "TOTAL (5,00)", NEGATIVE),
        (r"TOTAL (?P<amount>[0-9,]+).*", "TOTAL 5,00-", NEGATIVE),
        (r"TOTAL(?: (?P<amount>\S+))?", "TOTAL", "the amount is empty"),
    ],
)
def test_a_careless_pattern_can_not_cut_a_number_or_its_sign(
    pattern: str, line: str, reason: str
) -> None:
    with pytest.raises(BadReading, match=f"^{reason}$"):
        rule(pattern).read(line)


def test_a_minus_is_found_before_either_sign_of_the_currency() -> None:
    reais = AmountRule(FORMAT, CURRENCIES["BRL"], re.compile(r"TOTAL\D*(?P<amount>\S+)"))
    assert reais.read("TOTAL R$ 5,00") == Money.of("5.00", "BRL")
    for line in ("TOTAL -R$ 5,00", "TOTAL -$ 5,00"):
        with pytest.raises(BadReading, match=f"^{NEGATIVE}$"):
            reais.read(line)


@pytest.mark.parametrize(
    ("pattern", "line", "plain"),
    [
        (r"TOTAL[. ]*(?P<amount>\S+)", "TOTAL......... 5,00", "5.00"),
        (r"TOTAL[- ]*(?P<amount>\S+)", "TOTAL ------ 5,00", "5.00"),
        (r"TOTAL \d+ ITEMS (?P<amount>\S+) ARS", "TOTAL 3 ITEMS 45,00 ARS", "45.00"),
        (r"CAJA \S+ (?P<amount>\S+)", "CAJA 1-X 45,00", "45.00"),
        (r"CAJA \S+ \$ (?P<amount>\S+)", "CAJA 1-X $ 45,00", "45.00"),
        (r"A PAGAR: R\$(?P<amount>\S+?)\*?", "A PAGAR: R$45,00*", "45.00"),
        (r"(?P<amount>\d{1,3}(\.\d{3})*,\d\d) TOTAL", "1.234,56 TOTAL", "1234.56"),
    ],
)
def test_real_receipts_fit(pattern: str, line: str, plain: str) -> None:
    assert rule(pattern).read(line) == Money.of(plain, "ARS")


@pytest.mark.parametrize("line", ["TOTAL 10,00", "TOTAL 500,50"])
def test_the_limits_themselves_are_allowed(line: str) -> None:
    assert rule(least="10", most="500.5").read(line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("TOTAL 9,99", "the amount is below the limit of 10"),
        ("TOTAL 500,51", "the amount is above the limit of 500.5"),
    ],
)
def test_beyond_the_limits_is_rejected_and_the_limit_named(line: str, reason: str) -> None:
    with pytest.raises(BadReading, match=f"^{reason}"):
        rule(least="10", most="500.5").read(line)


@pytest.mark.parametrize(
    ("pattern", "tails_pass"),
    [
        ("", True),
        (TOTAL, False),
        (r"(?P<amount>.+)", True),
        (r"\$?(?P<amount>\d+,\d\d)", True),
        (r"\S+ (?P<amount>\S+)", True),
        (r"IMPORTE: (?P<amount>\S+)", False),
    ],
)
def test_whether_the_tail_of_a_line_could_pass_for_one(pattern: str, tails_pass: bool) -> None:
    assert rule(pattern).tails_pass == tails_pass


@given(st.text("0123456789.,- $(T", max_size=12))
@settings(max_examples=examples(300))
def test_what_is_read_is_what_stood_there(line: str) -> None:
    try:
        money = rule("").read(line)
    except BadReading:
        return
    assert money is not None
    grammar = r"([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]{2})?"  # said again, independently
    said = re.fullmatch(rf"({grammar})([.,]--?)?", line.strip(" "))  # 5,- has no cents
    assert said
    assert money.amount == Decimal(said[1].replace(".", "").replace(",", "."))


def test_the_log_sees_the_end_of_a_line_and_its_length() -> None:
    assert masked("TARJETA 4509953566233704") == "24 characters ending in '3704'"
    assert masked("\x1b[2J") == "4 characters ending in '?[2J'"
