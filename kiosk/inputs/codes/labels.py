"""Labels that a shop's scale prints: an item and its price, weight or count in an EAN-13 or UPC-A.

There is no common layout, so the technician writes a pattern for each. ``20.....{NNNDD}`` is the
start 20, five digits of the item, and a value with two decimals. The check digit of the EAN-13 or
UPC-A follows and is not written. ``V`` is the check digit that some scales print with the price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.inputs.codes.check_digits import check_digit, price_check_digit

_PATTERN = re.compile(r"[0-9][0-9.V]*\{(N*)(D*)\}[0-9.V]*")
LENGTHS = {11: "UPC-A", 12: "EAN-13"}  # digits that a pattern has, without the check digit


class LabelValue(Enum):
    """What the value of a label is."""

    PRICE = "price"
    WEIGHT = "weight"
    COUNT = "count"


@frozen
class Label:
    """What a label states. ``value`` has the decimals of the pattern.

    ``base`` is the whole code with the value 0: some programs keep it as the code of the product.
    """

    item: str
    holds: LabelValue
    value: Decimal
    base: str = ""


@dataclass(frozen=True)
class LabelPattern:
    """One layout. Raises ValueError, with a message for the technician, if it is not valid."""

    text: str
    holds: LabelValue

    def __post_init__(self) -> None:
        match = _PATTERN.fullmatch(self.text)
        if match is None or not match[1] + match[2]:
            raise ValueError(
                _(
                    "{text!r} is not a valid label pattern; write it like 20.....{{NNNDD}}",
                    text=self.text,
                )
            )
        if self._length not in LENGTHS:
            raise ValueError(
                _(
                    "{text!r} has {length} digits; write 12 for an EAN-13 or 11 for a UPC-A, "
                    "without the check digit",
                    text=self.text,
                    length=self._length,
                )
            )
        if "." not in self.text:
            raise ValueError(
                _(
                    "{text!r} has no digits for the item; write a point for each of them",
                    text=self.text,
                )
            )
        if self.text.count("V") > 1 or ("V" in self.text and self._value_digits not in (4, 5)):
            raise ValueError(
                _(
                    "{text!r} has a V, the check digit of a price, in a wrong place; write one V "
                    "at most, and only with a price of 4 or 5 digits",
                    text=self.text,
                )
            )

    @property
    def _length(self) -> int:
        return len(self.text) - 2  # the braces

    @property
    def _as_ean(self) -> str:
        """Its twelve places, a point for any digit; a UPC-A is an EAN-13 that starts with 0."""
        places = re.sub("[^0-9]", ".", re.sub("[{}]", "", self.text))
        return "0" * (self._length == 11) + places

    @property
    def _value_digits(self) -> int:
        return self.text.count("N") + self.text.count("D")

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        groups = re.sub(r"\{([ND]+)\}", lambda m: f"(?P<value>[0-9]{{{len(m[1])}}})", self.text)
        groups = groups.replace("V", "(?P<check>[0-9])")
        return re.compile(re.sub(r"\.+", lambda m: f"([0-9]{{{len(m[0])}}})", groups))

    def overlaps(self, other: LabelPattern) -> bool:
        """Return whether one label could match both patterns."""
        pairs = zip(self._as_ean, other._as_ean, strict=True)
        return all("." in pair or pair[0] == pair[1] for pair in pairs)

    def read(self, digits: str) -> Label | None:
        """Return what these digits, without the check digit, state; None if they do not match.

        Raises ValueError if the check digit of the price is wrong.
        """
        match = self._regex.fullmatch(digits)
        if match is None:
            return None
        value = match["value"]
        if "V" in self.text and price_check_digit(value) != match["check"]:
            raise ValueError(_("the price on the label was misread; scan it again"))
        item = "".join(match[group] for group in self._item_groups)
        amount = Decimal(int(value)).scaleb(-self.text.count("D"))
        return Label(item, self.holds, amount, self._base(match))

    def _base(self, match: re.Match[str]) -> str:
        zeros = "0" * self._value_digits
        body = _replaced(match.string, match.span("value"), zeros)
        if "V" in self.text:
            body = _replaced(body, match.span("check"), price_check_digit(zeros))
        return body + check_digit(body)

    @cached_property
    def _item_groups(self) -> list[int]:
        named = self._regex.groupindex.values()
        return [group for group in range(1, self._regex.groups + 1) if group not in named]


def _replaced(text: str, span: tuple[int, int], new: str) -> str:
    begin, end = span
    return text[:begin] + new + text[end:]
