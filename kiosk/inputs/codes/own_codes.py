"""Codes of our own making: commands for the cashier, and amounts that nobody can forge.

Letters and digits only, since all else moves between the keyboards of countries.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, Money
from kiosk.inputs.codes.exact_decimal import exactly

START = "KQ"

_TAG_LETTERS = 12  # of base 32: 60 bits, too many to guess at a counter
_QUANTITY = re.compile(r"KQQTY([0-9]{1,3})")
_AMOUNT = re.compile(r"(KQAMT([A-Z]{3})([0-9]{3,14})T([0-9A-Z]{4,20}))X([A-Z2-7]{12})")


class ControlCode(Enum):
    """What a control code asks for."""

    PAY = "KQPAY"
    CANCEL = "KQCANCEL"
    REMOVE = "KQREMOVE"  # the last item
    CLEAR = "KQCLEAR"  # the whole basket


@dataclass(frozen=True, slots=True)
class Quantity:
    """The next item counts so many times."""

    times: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """An amount that was signed for one sale; ``serial`` is to be spent once."""

    amount: Money
    serial: str


def is_ours(text: str) -> bool:
    """Return whether the code is one of these, right or wrong."""
    return text.upper().startswith(START)


def command(text: str) -> ControlCode | Quantity:
    """Return what a control code asks for. Raises BadReading."""
    word = text.upper()
    if word in {known.value for known in ControlCode}:
        return ControlCode(word)
    match = _QUANTITY.fullmatch(word)
    if match is None:
        raise BadReading("the kiosk knows no such control code")
    if int(match[1]) == 0:
        raise BadReading("a quantity of zero makes no sense; use KQREMOVE")
    return Quantity(int(match[1]))


def sign(amount: Money, serial: str, key: bytes) -> str:
    """Return the code for an amount; ``serial`` (4 to 20 of A-Z and 0-9) must never come again.

    ``KQAMT`` currency, amount in minor units, ``T`` serial, ``X`` tag; the tag is the first twelve
    base 32 letters of HMAC-SHA256 over all that stands before the X.
    """
    minor = f"{amount.amount.scaleb(amount.currency.minor_units):03.0f}"
    text = f"{START}AMT{amount.currency.code}{minor}T{serial}"
    code = f"{text}X{_tag(text, key)}"
    assert _AMOUNT.fullmatch(code), f"{serial!r} is no serial number"
    return code


def ticket(text: str, key: bytes, currency: Currency) -> Ticket:
    """Return what a signed amount says. Raises BadReading for one that we did not sign."""
    match = _AMOUNT.fullmatch(text.upper())
    if match is None or not hmac.compare_digest(_tag(match[1], key), match[5]):
        raise BadReading("the code was not signed for this kiosk")
    if match[2] != currency.code:
        raise BadReading(f"the code is in {match[2]}, not in {currency}")
    return Ticket(exactly(match[3], currency.minor_units, currency), match[4])


def _tag(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode("ascii"), sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:_TAG_LETTERS]
