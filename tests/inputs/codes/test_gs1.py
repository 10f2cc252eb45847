"""GS1 codes: GS1's own test cases (with a list of our differences), and money."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes import digital_link, gs1
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import check_digit
from kiosk.inputs.codes.gs1_table import rules
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.sale.words import Item
from tests.support.examples import examples

VECTORS = json.loads(Path(__file__).with_name("gs1_vectors.json").read_text())
ARS = CURRENCIES["ARS"]
BREAD = Product("07790001001054", "Pan", Money.of("100.00", "ARS"))
WINE = Product("07790001001061", "Vino", Money.of("900.00", "ARS"), "kg")

EMPTY = "GS1 accepts an empty symbol; there is nothing to sell in it"
ADDRESS = "GS1 accepts any other web address as text; it is not a product"
COMPOSITE = "two symbols in one message: scanners send one after the other"
SCANS_THAT_DIFFER = {
    "]Q1": EMPTY,
    "]d1": EMPTY,
    "]E0123456789012": "many scanners omit the leading 0 of a UPC-A",
    "ABC": "without an identifier it may be a code of the shop's own",
    "]": "as above",
    "]X": "as above",
    "]Q1HtTps://example.com/01/12312312312333?99=TEST": ADDRESS,
    "]d1HtTps://example.com/01/12312312312333?99=TEST": ADDRESS,
    "]E02112345678900|]e099COMPOSITE\x1d98XYZ": COMPOSITE,
    "]E402345673|]e099COMPOSITE\x1d98XYZ": COMPOSITE,
}
UNREAD = "the kiosk does not use this field, so its finer tests are left out"
STRINGS_THAT_DIFFER = {
    "8003112345678901281234567890123456": UNREAD,
    "43212": UNREAD,
    "43242012252400": UNREAD,
    "43242012252360": UNREAD,
    "8008201225230060": UNREAD,
    "8013123456ABXX": UNREAD,
    "8013A": UNREAD,
    "401123": UNREAD,
    "702312A4": UNREAD,
    "800112340000012311": UNREAD,
    "8011023456789012": UNREAD,
    "426987": UNREAD,
    "8007AB1234": UNREAD,
    "8007FR12345678901234": UNREAD,
    "8026123456789012310099": UNREAD,
    "4300ABC%0g": UNREAD,
    "8112201234561234560123456": UNREAD,
    "81107123456789012": UNREAD,
    "430918000000010000000000": UNREAD,
    "4330000000X": UNREAD,
    "80303123=": UNREAD,
    "39109870": "currency numbers are not checked: all except the kiosk's own are refused",
}
COMPANIONS_THAT_DIFFER = {
    "(89)ABC(89)ABC(89)ABC": "GS1's test accepts unknown identifiers; the kiosk never does",
}


def well_formed(read: Any, *arguments: Any) -> bool:
    try:
        read(*arguments)
    except BadReading:
        return False
    return True


def anything(code: str) -> Product:
    return Product(code, "Thing", Money.of("1.00", "ARS"))


def differs(table: str, read: Callable[[str], Any]) -> set[str]:
    """Return the texts of GS1's table that are not judged as GS1 judges them."""
    return {text for good, text, *_ in VECTORS[table] if well_formed(read, text) != good}


def scanned(text: str) -> Any:
    return CodeReader(ARS, anything).read(text)


def test_scans_are_judged_as_gs1_judges_them() -> None:
    assert differs("scans", scanned) == SCANS_THAT_DIFFER.keys()
    for _, scan, *fields in VECTORS["scans"]:
        parse = digital_link.parse if "://" in scan else gs1.parse
        assert not fields or [parse(scan[3:])] == fields, scan


def test_element_strings_are_judged_as_gs1_judges_them() -> None:
    assert differs("strings", gs1.parse) == STRINGS_THAT_DIFFER.keys()


def test_digital_links_are_judged_as_gs1_judges_them() -> None:
    for expected, address, *fields in VECTORS["links"]:
        if expected:
            assert [digital_link.parse(address)] == fields
        else:
            assert not well_formed(scanned, address), address


def in_brackets(text: str) -> None:
    """Read the form for people, such as (01)12345678901231(10)A."""
    fields: gs1.Fields = {}
    for ai, value in re.findall(r"\((\d+)\)([^(]*)", text):
        gs1.add(fields, ai, value)
    gs1.check_combination(fields)


def test_what_may_stand_together_is_judged_as_gs1_judges_it() -> None:
    assert differs("companions", in_brackets) == COMPANIONS_THAT_DIFFER.keys()


def find(code: str) -> Product | None:
    return {product.code: product for product in (BREAD, WINE)}.get(code)


def read(scan: str, **more: Any) -> Any:
    return CodeReader(ARS, find, **more).read(scan)


GS = "\x1d"
GLN = "7790001000019"[:12] + check_digit("779000100001")
SLIP = f"]C1415{GLN}8020FACTURA7{GS}"


@pytest.mark.parametrize(
    ("scan", "item"),
    [
        ("]C10107790001001054", Item("Pan", BREAD.price, 1, BREAD.code)),
        ("]e00107790001001054303", Item("Pan", BREAD.price, 3, BREAD.code)),
        (
            "]C101077900010010543103000250392219950",
            Item("Pan", Money.of("199.50", "ARS"), 1, BREAD.code),
        ),
        (
            f"]Q301077900010010543103000250393203219950{GS}10LOTE",
            Item("Pan", Money.of("199.50", "ARS"), 1, BREAD.code),
        ),
        ("]C101077900010010613103000250", Item("Vino", Money.of("225.00", "ARS"), 1, WINE.code)),
        (f"{GS}0107790001001054", Item("Pan", BREAD.price, 1, BREAD.code)),
    ],
)  # fmt: skip
def test_articles(scan: str, item: Item) -> None:
    assert read(scan) == item


@pytest.mark.parametrize(
    ("digits", "decimals", "plain"),
    [("1", 2, "0.01"), ("1999", 2, "19.99"), ("15", 0, "15.00"), ("1230", 3, "1.23")],
)
def test_short_amounts_keep_their_scale(digits: str, decimals: int, plain: str) -> None:
    scan = f"{SLIP}390{decimals}{digits}"
    assert read(scan, gln=GLN) == Money.of(plain, "ARS")


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        (f"{SLIP}39021999{GS}39031999", "both"),
        (f"{SLIP}39021999{GS}39022000", "two different"),
        (f"{SLIP}39128401999", "currency 840"),
        (f"{SLIP}3902{'9' * 16}", "wrong format"),
        (f"{SLIP}3900{'9' * 15}", "too many"),
        (f"{SLIP}3902-100", "wrong format"),
        (f"{SLIP}39020", "zero"),
        (f"{SLIP}3903123", "has more decimals than"),
        (f"{SLIP}10LOTE", "needs"),
        (f"]C1415{GLN}8020A", "does not state an amount"),
        ("]C139021999", "needs"),
        (f"]C1255{GLN}{GS}39021999", "coupon"),
        ("]C1" + "00123456789012345675", "shipping label"),
        ("]C10107790001001054392219950", "needs"),
        ("]C10109501101530030", "wrong; scan it again"),
        ("]C10107790001009999", "no product"),
        ("]C1010779000100105430" + "0", "count is zero"),
    ],
)
def test_what_states_no_amount_of_ours_is_refused(scan: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        read(scan, gln=GLN)


def test_a_slip_made_out_to_somebody_else_is_their_bill() -> None:
    with pytest.raises(BadReading, match="this is a bill"):
        read(f"{SLIP}39021999")


def test_plain_numbers_are_no_gs1_strings_unless_the_technician_says_so() -> None:
    number = "0107790001001054"
    with pytest.raises(BadReading, match="no product"):
        read(number)
    assert read(number, gs1="assumed") == Item("Pan", BREAD.price, 1, BREAD.code)
    with pytest.raises(BadReading, match="no product"):
        read("]C1" + number, gs1="off")


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=60), st.booleans())
@settings(max_examples=examples(300))
def test_no_string_crashes_the_parsers(text: str, as_address: bool) -> None:
    for prefix in ("]C1", "]Q3", "https://h/01/", "HTTP://h/", ""):
        well_formed(CodeReader(ARS, anything, gs1="assumed").read, prefix + text)


@given(st.dictionaries(st.sampled_from(["10", "21", "240", "99", "400"]),
                       st.text(alphabet="ABC123/-", min_size=1, max_size=20), min_size=1))  # fmt: skip
def test_fields_that_were_joined_come_apart_again(fields: dict[str, str]) -> None:
    text = GS.join(ai + value for ai, value in fields.items())
    assert gs1.parse(text) == fields


def test_only_what_gs1_calls_predefined_has_a_length() -> None:
    starts = {ai[:2] for ai, rule in rules().items() if rule.length}
    assert starts == {"00", "01", "02", "03", "11", "12", "13", "15", "16", "17", "20",
                      "31", "32", "33", "34", "35", "36", "41"}  # fmt: skip
