"""Money: a Decimal and its currency. It is made from text, never from a float.

:class:`NumberFormat` reads the text of a register; ``plain()`` writes an amount for the API, and
``for_people()`` for the panel.
"""

from __future__ import annotations

import re
from decimal import Decimal

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.base.language import _

MAX_DIGITS = 12  # digits before the decimal mark; a longer number is not a price
_NO_CENTS = re.compile(r"(?<=[0-9])[.,]-{1,2}$")  # 1.234,- and 1.234.- are 1.234
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")  # no-break and thin spaces


def plain_blanks(text: str) -> str:
    """Return the text with a blank for each of the blanks that typesetters use between digits."""
    return text.translate(_BLANKS)


@frozen
class Currency:
    """A currency, and how its country writes amounts.

    ``minor_units`` is the number of decimals in ISO 4217 (CLP has none).
    ``decimal`` and ``thousands`` are for the panel (Unicode CLDR); each input has its own marks.
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


@frozen
class Money:
    """An amount with exactly the decimals of its currency."""

    amount: Decimal
    currency: Currency

    def __post_init__(self) -> None:
        quantized = self.amount.quantize(Decimal(1).scaleb(-self.currency.minor_units))
        assert quantized == self.amount, f"{self.amount} has more decimals than {self.currency}"
        object.__setattr__(self, "amount", quantized)

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read the plain form, ``"1234.56"``, that the journal and the API use."""
        return cls(Decimal(text), CURRENCIES[currency])

    def plain(self) -> str:
        """Return the plain decimal for the API: ``1234.56``; ``1500`` for CLP."""
        return f"{self.amount:f}"

    def for_people(self) -> str:
        """Return the amount as that country writes it: ``$ 1.234,56``."""
        currency = self.currency
        grouped = f"{self.amount:,f}"
        swap = {",": currency.thousands, ".": currency.decimal}
        return f"{currency.symbol} " + "".join(swap.get(mark, mark) for mark in grouped)

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency.code}"


@frozen
class NumberFormat:
    """How one input writes its numbers. The technician states it; the kiosk never guesses.

    The same text can be different money: ``1.234`` is a thousand in Chile, but not in Mexico.

    ``decimal`` and ``thousands`` are single characters, or empty if the input never writes one.
    ``implied_decimals`` is 2 for an input that sends 123456 for 1234.56.
    """

    decimal: str = ""
    thousands: str = ""
    implied_decimals: int = 0

    def parse(self, text: str, currency: Currency) -> Money:
        """Return the money that ``text`` states, or raise BadReading with the reason."""
        whole, fraction = self._split(plain_blanks(text) if self.thousands == " " else text)
        if len(whole) > MAX_DIGITS + self.implied_decimals:
            raise BadReading(_("{number} digits are too many for an amount", number=len(whole)))
        value = Decimal(f"{whole}.{fraction or '0'}").scaleb(-self.implied_decimals)
        if value == 0:
            raise BadReading(_("the amount is zero"))
        if value != round(value, currency.minor_units):
            raise BadReading(
                _(
                    "{value:f} has more decimals than {currency} allows",
                    value=value,
                    currency=currency,
                )
            )
        return Money(value, currency)

    def _split(self, text: str) -> tuple[str, str]:
        """Return the digits before and after the decimal mark."""
        if not text:
            raise BadReading(_("the amount is empty"))
        text = text if self.implied_decimals else _NO_CENTS.sub("", text)
        if text[0] == "-" or text[-1] == "-" or (text[0] == "(" and text[-1] == ")"):
            raise BadReading(_("the amount is negative"))
        match = re.fullmatch(self._pattern(), text)
        if match is None:
            raise BadReading(_("it is not written like {example}", example=self.example()))
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
