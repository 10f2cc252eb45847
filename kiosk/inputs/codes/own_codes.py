"""The kiosk's own codes: control codes for the cashier, and signed amounts.

They have letters and digits only, because other characters are on different keys in each country.
"""

from __future__ import annotations

import base64
import hmac
import re
from enum import Enum
from hashlib import sha256

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency, Money, NumberFormat

START = "KQ"
SIGNED_START = "KQAMT"

_TAG_LETTERS = 12  # of base 32: 60 bits, too many to guess at a counter
_QUANTITY = re.compile(r"KQQTY([0-9]{1,3})")
_AMOUNT = re.compile(r"(KQAMT([A-Z]{3})([0-9]{3,14})T([0-9A-Z]{4,20}))X([A-Z2-7]{12})")


class ControlCode(Enum):
    """What a control code asks for."""

    PAY = "KQPAY"
    CANCEL = "KQCANCEL"
    REMOVE = "KQREMOVE"  # the last item
    CLEAR = "KQCLEAR"  # the whole basket


@frozen
class Quantity:
    """The next item is sold so many times."""

    times: int


@frozen
class SignedAmount:
    """An amount that was signed for one sale; each ``serial`` may be used once."""

    amount: Money
    serial: str


def is_own_code(text: str) -> bool:
    """Return whether the code is one of the kiosk's own, valid or not."""
    return text.upper().startswith(START)


def is_signed_amount(text: str) -> bool:
    """Return whether the code is a signed amount, valid or not."""
    return text.upper().startswith(SIGNED_START)


def read_control_code(text: str) -> ControlCode | Quantity:
    """Return what a control code asks for. Raises BadReading."""
    word = text.upper()
    if word in {known.value for known in ControlCode}:
        return ControlCode(word)
    match = _QUANTITY.fullmatch(word)
    if match is None:
        raise BadReading(
            _(
                "this is not a valid control code; scan KQPAY, KQCANCEL, KQREMOVE, KQCLEAR or "
                "KQQTY05"
            )
        )
    if int(match[1]) == 0:
        raise BadReading(_("a quantity can't be zero; to remove an item, scan KQREMOVE"))
    return Quantity(int(match[1]))


def sign(amount: Money, serial: str, key: bytes) -> str:
    """Return the code for an amount; each ``serial`` (4 to 20 of A-Z and 0-9) must be new.

    The code is ``KQAMT``, currency, amount in minor units, ``T``, serial, ``X``, tag. The tag is
    the first twelve base 32 letters of HMAC-SHA256 over everything before the X.
    """
    minor = f"{amount.amount.scaleb(amount.currency.minor_units):03.0f}"
    text = f"{SIGNED_START}{amount.currency.code}{minor}T{serial}"
    code = f"{text}X{_tag(text, key)}"
    assert _AMOUNT.fullmatch(code), f"{serial!r} is not a valid serial number"
    return code


def read_signed_amount(text: str, key: bytes, currency: Currency) -> SignedAmount:
    """Return what a signed amount states. Raises BadReading if the signature is wrong."""
    match = _AMOUNT.fullmatch(text.upper())
    if match is None or not hmac.compare_digest(_tag(match[1], key), match[5]):
        raise BadReading(_("the code is not signed with the secret of this kiosk; print another"))
    if match[2] != currency.code:
        raise BadReading(
            _(
                "the signed amount is in {match}, not in {currency}",
                match=match[2],
                currency=currency,
            )
        )
    number = NumberFormat(implied_decimals=currency.minor_units)
    return SignedAmount(number.parse(match[3], currency), match[4])


def _tag(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode("ascii"), sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:_TAG_LETTERS]
