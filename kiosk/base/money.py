"""Money: a Decimal and its currency. Built from text, never from a float, and never guessed.

Two directions: a register's text comes in through :class:`NumberFormat`; amounts go out as
``plain()`` for the API and ``for_people()`` for the panel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kiosk.base.errors import BadReading

MAX_DIGITS = 12  # whole digits of an amount; a longer number is noise, not a price


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency as its country writes it.

    ``minor_units`` is ISO 4217's number of decimals, save that CLP has none there and here.
    ``decimal`` and ``thousands`` are for people (Unicode CLDR); inputs state their own.
    """

    code: str
    minor_units: int
    symbol: str
    decimal: str = ","
    thousands: str = "."

    def __str__(self) -> str:
        return self.code


# The currencies of the Orders API (create-order document, response field ``currency``).
CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("ARS", 2, "$"),
        Currency("BRL", 2, "R$"),
        Currency("CLP", 0, "$"),
        Currency("UYU", 2, "$"),
    )
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, held at exactly the currency's decimals."""

    amount: Decimal
    currency: Currency

    def __post_init__(self) -> None:
        quantized = self.amount.quantize(Decimal(1).scaleb(-self.currency.minor_units))
        assert quantized == self.amount, f"{self.amount} has more decimals than {self.currency}"
        object.__setattr__(self, "amount", quantized)

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read our own plain form, ``"1234.56"``, as the journal and the API write it."""
        return cls(Decimal(text), CURRENCIES[currency])

    def plain(self) -> str:
        """Return the plain decimal that the API gets: ``1234.56``; ``1500`` for CLP."""
        return f"{self.amount:f}"

    def for_people(self) -> str:
        """Return the amount as a price tag of that country shows it: ``$ 1.234,56``."""
        currency = self.currency
        grouped = f"{self.amount:,f}"
        swap = {",": currency.thousands, ".": currency.decimal}
        return f"{currency.symbol} " + "".join(swap.get(mark, mark) for mark in grouped)

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency.code}"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How one input writes its numbers. Stated by the technician, never guessed.

    The same text is different money elsewhere: ``1.234`` is a thousand in Chile, not in Mexico.

    ``decimal`` and ``thousands`` are single marks, or empty for "never written".
    ``implied_decimals`` is for sources that send 123456 for 1234.56.
    """

    decimal: str = ""
    thousands: str = ""
    implied_decimals: int = 0

    def parse(self, text: str, currency: Currency) -> Money:
        """Return the money that ``text`` states, or raise BadReading with the reason."""
        whole, fraction = self._split(text)
        if len(whole) > MAX_DIGITS + self.implied_decimals:
            raise BadReading(f"{len(whole)} digits are too many for an amount")
        value = Decimal(f"{whole}.{fraction or '0'}").scaleb(-self.implied_decimals)
        if value == 0:
            raise BadReading("the amount is zero")
        if value != round(value, currency.minor_units):
            raise BadReading(f"{currency} has no amounts as fine as {value:f}")
        return Money(value, currency)

    def _split(self, text: str) -> tuple[str, str]:
        """Return the digits before and after the decimal mark."""
        if not text:
            raise BadReading("the amount is empty")
        if text[0] in "-(" or text[-1] == "-":
            raise BadReading("the amount is negative")
        match = re.fullmatch(self._pattern(), text)
        if match is None:
            raise BadReading(f"it is not written like {self.example()}")
        whole = match["whole"]
        if self.thousands:
            whole = whole.replace(self.thousands, "")
        return whole.lstrip("0") or "0", match["fraction"] or ""

    def _pattern(self) -> str:
        thousands = re.escape(self.thousands)
        grouped = rf"[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|" if thousands else ""
        fraction = (
            rf"(?:{re.escape(self.decimal)}(?P<fraction>[0-9]{{2}}))?"
            if self.decimal
            else ("(?P<fraction>)")
        )
        return rf"(?P<whole>{grouped}[0-9]+){fraction}"

    def example(self) -> str:
        """Return how this format writes 1234.56, for messages: ``1.234,56``."""
        fraction = f"{self.decimal}56" if self.decimal else ""
        return f"1{self.thousands}234{fraction}"
