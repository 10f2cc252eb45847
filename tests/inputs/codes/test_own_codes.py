"""The kiosk's own codes: commands where they are allowed, and amounts that nobody else can sign."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.base.errors import BadReading
from kiosk.base.money import Money, NumberFormat
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, SignedAmount, sign
from tests.inputs.codes.counter_codes import CLP, KEY, ars, read


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("KQPAY", ControlCode.PAY),
        ("kqcancel", ControlCode.CANCEL),
        ("KQREMOVE", ControlCode.REMOVE),
        ("KQCLEAR", ControlCode.CLEAR),
        ("KQQTY05", Quantity(5)),
        ("]C0KQQTY120", Quantity(120)),
    ],
)
def test_control_codes_where_they_are_allowed(code: str, meaning: Any) -> None:
    assert read(code, control=True) == meaning
    with pytest.raises(BadReading, match="may not read"):
        read(code)


@pytest.mark.parametrize("code", ["KQ", "KQQTY", "KQQTY00", "KQQTY1000", "KQPAYX", "KQQTY-1"])
def test_control_codes_that_are_none(code: str) -> None:
    with pytest.raises(BadReading):
        read(code, control=True, plain=NumberFormat())


def test_a_signed_amount() -> None:
    code = sign(ars("12.50"), "A0001", KEY)
    assert code == "KQAMTARS1250TA0001XT6VTZ2ZVCMHR"  # the tag by openssl and base32
    assert read(code, key=KEY) == SignedAmount(ars("12.50"), "A0001")
    assert read(code.lower(), key=KEY) == SignedAmount(ars("12.50"), "A0001")


def test_small_and_whole_amounts_are_written_so_that_they_come_back() -> None:
    for money in (ars("0.01"), Money.of("1990", "CLP"), ars("999999999999.99")):
        code = sign(money, "B7777", KEY)
        assert read(code, key=KEY, currency=money.currency).amount == money


def test_nobody_else_can_make_one() -> None:
    code = sign(ars("12.50"), "A0001", KEY)
    for place in range(len(code)):
        other = "Z" if code[place] != "Z" else "Y"
        with pytest.raises(BadReading):
            read(code[:place] + other + code[place + 1 :], key=KEY)
    with pytest.raises(BadReading, match="not signed"):
        read(sign(ars("12.50"), "A0001", b"another secret of theirs"), key=KEY)
    with pytest.raises(BadReading, match="may not read"):
        read(code)
    with pytest.raises(BadReading, match="in ARS, not in CLP"):
        read(code, key=KEY, currency=CLP)
