"""What the languages of the voice have in common: nouns, and the words of a number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.sale.words import Screen

Words = tuple[str, ...]  # each is one recording; a fixed phrase is one, too


@frozen
class Noun:
    """What is counted: ``peso``, ``pesos``. All currencies and their cents are masculine."""

    one: str
    many: str


CENTAVO = Noun("centavo", "centavos")
# By ISO 4217 code: the currency and its cents, as in Portuguese and English.
CURRENCIES = {
    "ARS": (Noun("peso", "pesos"), CENTAVO),
    "BRL": (Noun("real", "reais"), CENTAVO),
    "CLP": (Noun("peso", "pesos"), CENTAVO),
    "UYU": (Noun("peso", "pesos"), Noun("centésimo", "centésimos")),
}


@frozen
class SpokenLanguage:
    """One language of the voice. Each has a file in this folder."""

    espeak: str  # the voice of espeak-ng
    currencies: Mapping[str, tuple[Noun, Noun]]  # by ISO 4217 code: the currency and its cents
    phrases: Mapping[Screen, Words]  # what is said before the amount
    total: str  # before the amount of a sale that is not paid yet
    last: str  # before a result that is repeated
    counted: Callable[[int, Noun], Words]  # so many of it, from 0 to 999 999 999 999
    link: str  # between the whole units and the cents
    cents: Callable[[int, Noun], Words]  # so many cents after whole units

    def amount(self, money: Money) -> Words:
        """Return ``mil pesos con cincuenta``."""
        whole = int(money.amount)
        cents = int((money.amount - whole).scaleb(money.currency.minor_units))
        currency, cent = self.currencies[money.currency.code]
        if not cents:
            return self.counted(whole, currency)
        if not whole:
            return self.counted(cents, cent)
        return (*self.counted(whole, currency), self.link, *self.cents(cents, cent))


def words_of(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def groups_of_three(value: int) -> list[int]:
    """Return the number in groups of three digits, the lowest one first."""
    groups = []
    while value:
        value, group = divmod(value, 1000)
        groups.append(group)
    return groups
