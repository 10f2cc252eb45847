"""Check digits, and the numbers that a UPC-E stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import expand_upc_e, is_gtin
from tests.inputs.codes.counter_codes import PRODUCTS, read, with_check


def test_eight_digits_that_are_two_things_at_once() -> None:
    assert is_gtin("02345673")
    assert expand_upc_e("02345673") == "023456000073"
    assert read("]E402345673").title == "Chicle"
    assert read("02345673").title == "Chicle"

    def both(code: str) -> Product | None:
        return {"02345673": PRODUCTS["02345673"], "023456000073": PRODUCTS["SKU-7"]}.get(code)

    with pytest.raises(BadReading, match="fits two products"):
        read("02345673", find=both)


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("01234505", "012000003455"), ("01234514", "012100003454"),
        ("01234531", "012300000451"), ("01234543", "012340000053"),
        ("01234558", "012345000058"),
    ],
)  # fmt: skip
def test_where_the_zeros_were_left_out(short: str, whole: str) -> None:
    assert expand_upc_e(short[:7] + whole[-1]) == whole
    assert is_gtin(whole)


@given(st.integers(0, 10**17 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: int, place: int, step: int) -> None:
    good = with_check(f"{number:012}"[:12])
    wrong = good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]
    assert is_gtin(good)
    assert not is_gtin(wrong)
