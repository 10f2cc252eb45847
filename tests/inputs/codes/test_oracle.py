"""A comparison of GS1 codes with biip, an independent library.

The product does not use it: it scales short amounts wrongly, and accepts an empty symbol as a
message. Its fields are compared, its numbers are not.
"""

from __future__ import annotations

import json
from pathlib import Path

import biip
import pytest
from biip.checksums import gs1_price_weight_check_digit, gs1_standard_check_digit
from biip.upc import Upc
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.inputs.codes import gs1
from kiosk.inputs.codes.check_digits import check_digit, expand_upc_e, price_check_digit
from tests.support.examples import examples

SCANS = json.loads(Path(__file__).with_name("gs1_vectors.json").read_text())["scans"]
FIELDS = {"10": "X", "21": "X", "240": "X", "400": "X", "99": "X", "30": "8", "3902": "15",
          "3922": "15", "3103": "6", "17": "date", "8020": "X", "415": "gln", "01": "gtin"}  # fmt: skip


def values(kind: str) -> st.SearchStrategy[str]:
    digits = st.text("0123456789", min_size=1)
    match kind:
        case "X":
            return st.text("AZaz09-/.%&+", min_size=1, max_size=20)
        case "date":
            return st.dates().map(lambda date: date.strftime("%y%m%d"))
        case "gln" | "gtin":
            length = 12 if kind == "gln" else 13
            bodies = st.text("0123456789", min_size=length, max_size=length)
            return bodies.map(lambda body: body + check_digit(body))
        case "6":
            return st.text("0123456789", min_size=6, max_size=6)
        case most:
            return digits.map(lambda text: text[: int(most)])


@st.composite
def messages(draw: st.DrawFn) -> dict[str, str]:
    chosen = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True))
    return {ai: draw(values(FIELDS[ai])) for ai in chosen}


def theirs(scan: str) -> dict[str, str]:
    message = biip.parse(scan).gs1_message
    return {part.ai.ai: part.value for part in message.element_strings} if message else {}


@given(messages())
def test_the_fields_of_a_message_are_the_same(fields: dict[str, str]) -> None:
    text = "\x1d".join(ai + value for ai, value in fields.items())
    try:
        expected = theirs("]C1" + text)
    except (biip.ParseError, OverflowError):
        assume(False)
    assert gs1.parse(text) == fields == expected


@pytest.mark.parametrize("scan", [scan for good, scan, *_ in SCANS if good and scan[1] in "Ced"])
def test_they_read_gs1s_own_cases_as_we_do(scan: str) -> None:
    if scan.startswith(("]C1", "]e0", "]d2")):
        assert gs1.parse(scan[3:]) == theirs(scan)


@given(st.text("0123456789", min_size=4, max_size=17))
def test_check_digits_are_the_same(body: str) -> None:
    assert check_digit(body) == str(gs1_standard_check_digit(body))
    if len(body) in (4, 5):
        assert price_check_digit(body) == str(gs1_price_weight_check_digit(body))


@given(st.text("0123456789", min_size=6, max_size=6), st.sampled_from("01"))
@settings(max_examples=examples(200))
def test_upc_e_expands_to_the_same(six: str, system: str) -> None:
    for check in "0123456789":
        if whole := expand_upc_e(system + six + check):
            assert Upc.parse(system + six + check).as_upc_a() == whole


def test_where_they_are_wrong_we_are_not() -> None:
    """If this fails, biip was corrected, and the product could use it."""
    parsed = biip.parse("]C139021").gs1_message
    assert parsed
    assert str(parsed.element_strings[0].decimal) == "0.1"
    assert gs1.parse("39021") == {"3902": "1"}
    with pytest.raises(BadReading, match="empty"):
        gs1.parse("")
