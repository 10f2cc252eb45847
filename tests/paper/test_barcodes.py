"""Barcodes: a decoder that nobody here wrote reads what was written."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from kiosk.inputs.codes.check_digits import has_valid_check_digit
from kiosk.paper.barcodes import code_128, ean_13, gs1_128
from tests.support.examples import examples


def read(modules: bytes) -> tuple[str, str]:
    """Return the identifier and the text of a barcode."""
    row = Image.frombytes("L", (len(modules), 1), bytes(255 * (not each) for each in modules))
    bars = row.resize((3 * len(modules), 60), Image.Resampling.NEAREST)
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(bars, 40, 255))
    return code.symbology_identifier, code.bytes.decode()


@pytest.mark.parametrize("first", range(10))
def test_each_first_digit_of_an_ean(first: int) -> None:
    (number,) = (
        text
        for last in range(10)
        if has_valid_check_digit(text := f"{first}23456789012"[:12] + str(last))
    )
    assert read(ean_13(number)) == ("]E0", number)


@settings(max_examples=examples(30))
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=2, max_size=20))
def test_any_text_as_code_128(text: str) -> None:
    assert read(code_128(text)) == ("]C0", text)


def test_every_letter_of_code_128() -> None:
    """Each value of the table, also those of pairs of digits."""
    for begin in range(33, 127, 20):
        text = "".join(map(chr, range(begin, min(begin + 20, 127))))
        assert read(code_128(text)) == ("]C0", text)
    digits = "".join(f"{pair:02}" for pair in range(100))
    for at in range(0, 200, 40):
        text = "99" + digits[at : at + 40]  # (99): the shop's own data
        assert read(gs1_128(text)) == ("]C1", text)
