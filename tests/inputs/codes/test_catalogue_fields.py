"""What spreadsheets do to codes, prices and units: read where it is certain, else refused by name."""

from __future__ import annotations

import pytest

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, NumberFormat
from kiosk.inputs.codes.catalogue_fields import read_code, read_price, read_unit

COMMA, POINT = NumberFormat(",", "."), NumberFormat(".", ",")


@pytest.mark.parametrize(
    "text", ["7790001001054", "42", "SKU-7", "A,7", "12E3", "1E5", "100.200.300", "12/7", "00123", "4006381333931"]
)  # fmt: skip
def test_a_code_is_read_as_it_is_written(text: str) -> None:
    assert read_code(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        ('="00123"', "00123", 'the code is the formula ="00123"; it is read as 00123'),
        ("=00123", "00123", "the code is the formula"),
        ("7790001001054.0", "7790001001054", "a spreadsheet has added decimals to the code"),
        ("7790001001054,00", "7790001001054", "a spreadsheet has added decimals to the code"),
        ("7.790.001.001.054", "7790001001054", "there are marks between the digits of the code"),
        ("7 790001 001054", "7790001001054", "there are marks between the digits of the code"),
        ("'7790001001054", "7790001001054", "an apostrophe is before the code"),
        ("'00123", "00123", "an apostrophe is before the code"),
        ("2-mar", "2-mar", "may be another one, which a spreadsheet has changed to a date"),
        ("Mar-26", "Mar-26", "may be another one"),
        ("02/03/2026", "02/03/2026", "may be another one"),
        ("7.790001001054E+12", "7790001001054", "has written the code in powers of ten"),
        ("36000291452", "36000291452", "may be 036000291452, if a spreadsheet has removed the zeros"),
        ("1234565", "1234565", "may be 01234565, if a spreadsheet has removed the zeros"),
    ],
)  # fmt: skip
def test_a_code_that_is_certain_is_read_and_its_damage_is_named(
    text: str, code: str, what: str
) -> None:
    read, remark = read_code(text)
    assert read == code
    assert what in remark
    assert "format the column as text" in remark


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7,79E+12", r"in powers of ten \(7,79E\+12\), and its digits are lost; format the column as text"),
        ("7.79E+12", "its digits are lost"),
        ("7,79000100105E+12", "its digits are lost"),
        ("8E+11", "its digits are lost"),
        ("123.0", "has added decimals to the code 123.0; format the column as text"),
        ('=""', "the code is the formula"),
        ("=A2", "the code is the formula =A2"),  # A2 can be the code of another article
        ("#N/D", "the code '#N/D' can't be used: it is the error of a formula"),
        ("#¡REF!", "the error of a formula"),
        ("Err:502", "the error of a formula"),
        ("####", "the error of a formula"),
        ("", "the code is empty"),
        ("7\x007", "control characters"),
        ("código", "not ASCII"),
    ],
)  # fmt: skip
def test_a_code_whose_digits_are_lost_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        read_code(text)


@pytest.mark.parametrize(
    ("text", "number", "plain"),
    [
        ("1234,5", COMMA, "1234.50"),
        ("1.234,5", COMMA, "1234.50"),
        ("$ 1.234,50", COMMA, "1234.50"),
        ("$1.234,50", COMMA, "1234.50"),
        ("AR$ 1.234,50", COMMA, "1234.50"),
        ("1.234,50 ARS", COMMA, "1234.50"),
        ("ars\u00a01.234,50", COMMA, "1234.50"),
        ("1234.5000", POINT, "1234.50"),
        ("1234.5", POINT, "1234.50"),
        ("$1,234.50", POINT, "1234.50"),
        ("0,5", COMMA, "0.50"),
        ("1.234", COMMA, "1234.00"),
        ("$ 1.234.-", COMMA, "1234.00"),
        ("1.234,-", COMMA, "1234.00"),
    ],
)
def test_a_price_of_a_spreadsheet(text: str, number: NumberFormat, plain: str) -> None:
    assert read_price(text, number, CURRENCIES["ARS"]).plain() == plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", COMMA), ("1.234", NumberFormat(".")), ("1,234", COMMA), ("1,500", COMMA), ("1234,505", COMMA),
        ("1234,5050", COMMA), ("US$ 5", COMMA), ("R$ 5,00", COMMA), ("5%", COMMA), ("$", COMMA), ("", COMMA),
        ("$ -5,00", COMMA), ("-$ 5,00", COMMA), ("(5,00)", COMMA), ("1,2E+3", COMMA), ("#N/A", COMMA), ("1,,5", COMMA),
        ("12,5,0", COMMA), ("5,00 c/u", COMMA), ("$ $ 5", COMMA), ("0,0", COMMA), ("1234,5", NumberFormat()),
    ],
)  # fmt: skip
def test_a_price_that_is_not_certain_is_refused(text: str, number: NumberFormat) -> None:
    with pytest.raises(BadReading, match="can't be used: "):
        read_price(text, number, CURRENCIES["ARS"])


def test_a_price_without_cents() -> None:
    assert read_price("$1.990", COMMA, CURRENCIES["CLP"]).plain() == "1990"
    assert read_price("1990,0", COMMA, CURRENCIES["CLP"]).plain() == "1990"
    assert read_price("R$ 9,9", COMMA, CURRENCIES["BRL"]).plain() == "9.90"


@pytest.mark.parametrize(
    "text", ["kg", "Kg.", "KG", "kgs", "kilo", "Kilos", "por kilo", "x kg", "$/kg", "1 kg", "kilogramo", "quilo", "K.G."]
)  # fmt: skip
def test_a_unit_of_weight(text: str) -> None:
    assert read_unit(text) == "kg"


@pytest.mark.parametrize(
    "text", ["", "un", "Un.", "unidad", "c/u", "pza.", "Caja x 12", "lts", "1 lt", "Ud"]
)
def test_a_unit_of_pieces(text: str) -> None:
    assert read_unit(text) == text


@pytest.mark.parametrize(
    "text", ["100 g", "gr", "g", "2 kg", "1/2 kg", "lb", "50", "zz", "kg caja", "k/g/x/2"]
)
def test_any_other_unit_is_refused(text: str) -> None:
    with pytest.raises(BadReading, match="can't be used; write kg and the price of a kg"):
        read_unit(text)
