"""Check digits of GS1 numbers, and of prices in labels (GS1 General Specifications, 7.9)."""

from __future__ import annotations

import re

GTIN_LENGTHS = frozenset({8, 12, 13, 14})

# The weighted product of each digit 0 to 9 of a price, by GS1's names for the weights (7.9.1).
_TWO_MINUS = "0246891357"
_THREE = "0369258147"
_FIVE_PLUS = "0516273849"
_FIVE_MINUS = "0594837261"

_APART = re.compile(r"([0-9]{8}|[0-9]{12,13})[ +/-]([0-9]{2}|[0-9]{5})")


def check_digit(digits: str) -> str:
    """Return the last digit of a GTIN, GLN or SSCC: weights 3 and 1 from the right."""
    weighted = 3 * sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2]))
    return str(-weighted % 10)


def has_valid_check_digit(digits: str) -> bool:
    """Return whether the last of these digits is the check digit of the others."""
    return len(digits) > 1 and check_digit(digits[:-1]) == digits[-1]


def is_gtin(text: str) -> bool:
    """Return whether the text is a GTIN-8, -12, -13 or -14 with the right check digit."""
    return (
        len(text) in GTIN_LENGTHS
        and text.isascii()
        and text.isdigit()
        and has_valid_check_digit(text)
    )


def expand_upc_e(digits: str) -> str | None:
    """Return the UPC-A that eight digits of a UPC-E stand for, or None if they are not one.

    GS1 General Specifications, 5.2.2.4.2: the last of the six digits says which zeros were omitted.
    """
    system, six, check = digits[:1], digits[1:7], digits[7:]
    if len(digits) != 8 or system not in "01":
        return None
    last = six[5]
    if last in "012":
        body = f"{six[:2]}{last}0000{six[2:5]}"
    elif last == "3":
        body = f"{six[:3]}00000{six[3:5]}"
    elif last == "4":
        body = f"{six[:4]}00000{six[4]}"
    else:
        body = f"{six[:5]}0000{last}"
    whole = system + body + check
    return whole if has_valid_check_digit(whole) else None


def without_add_on(text: str) -> list[str]:
    """Return the GTINs that may be before an add-on of two or five digits; often none.

    GS1 General Specifications, 5.2.2.5: the digits beside the code of a magazine or a book are its
    issue, or a price that is not this shop's. They have no check digit. Some scanners send a mark
    between both.
    """
    apart = _APART.fullmatch(text)
    digits = apart[1] + apart[2] if apart else text
    if not (digits.isascii() and digits.isdigit()):
        return []
    before = [digits[:-length] for length in (2, 5)]
    upc_e = [whole for each in before if (whole := expand_upc_e(each))]
    return [each for each in before if len(each) in {12, 13} and is_gtin(each)] + upc_e


def price_check_digit(price: str) -> str:
    """Return the check digit of a price of four or five digits in a label."""
    if len(price) == 4:
        weighted = _weighted_sum(price, _TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
        return str(weighted * 3 % 10)
    if len(price) == 5:
        tables = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
        return str(_FIVE_MINUS.index(str(-_weighted_sum(price, *tables) % 10)))
    raise AssertionError(f"a price of {len(price)} digits has no check digit")


def _weighted_sum(price: str, *tables: str) -> int:
    return sum(int(table[int(digit)]) for digit, table in zip(price, tables, strict=True))
