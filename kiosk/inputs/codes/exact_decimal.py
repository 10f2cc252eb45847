"""Money out of a code's digits. Never through a library's numbers: two of them lose a decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from kiosk.base.money import Currency, Money, NumberFormat

# ISO 4217's numbers, as GS1's 391n and 393n have them.
NUMERIC = {"ARS": "032", "BRL": "986", "CLP": "152", "UYU": "858"}


def exactly(digits: str, decimals: int, currency: Currency) -> Money:
    """Return the money of digits of which the last ``decimals`` are a fraction.

    Raises BadReading for zero, for too many digits, and for what is finer than the currency.
    """
    return NumberFormat(implied_decimals=decimals).parse(digits, currency)


def rounded(value: Decimal, currency: Currency) -> Money:
    """Return a computed price as a shop rounds it: half a minor unit goes up."""
    unit = Decimal(1).scaleb(-currency.minor_units)
    return Money(value.quantize(unit, rounding=ROUND_HALF_UP), currency)
