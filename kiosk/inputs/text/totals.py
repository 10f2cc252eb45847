"""Find the total: which line of a display or a receipt states the amount to be paid.

Pure. A word decides, never a number alone: the price of an item must not start a payment.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from kiosk.base.money import Currency, Money
from kiosk.base.settings import NumberSettings
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.text.amounts import AmountRule


def fold(text: str) -> str:
    """Return the text in capitals without accents, as long as before: ``Crédito`` is ``CREDITO``.

    Only letters change, so that no other character can become a digit.
    """
    return "".join(map(_plain, text))


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].upper()
    return base if len(base) == 1 and base.isalpha() else char


def words_pattern(words: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    """Return a pattern for any of the words, as ``whole`` words or as beginnings of words."""
    longest_first = sorted(words, key=len, reverse=True)
    spaced = (r"\s+".join(map(re.escape, fold(word).split())) for word in longest_first)
    end = "(?![A-Z0-9])" if whole else ""
    return re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(spaced)}){end}" if words else "(?!)")


@dataclass(frozen=True)
class TotalRule:
    """How one input labels its totals. ``amounts`` has no pattern of its own.

    A line states a total if it has a whole word of ``include``, its label, and no word that begins
    with one of ``exclude``. The amount is the text after the label, without fill and currency.
    """

    amounts: AmountRule
    include: re.Pattern[str]
    exclude: re.Pattern[str]

    def read(self, line: str) -> Money | None:
        """Return the line's total, or None if it states none; raise BadReading."""
        rest = self.after_label(line)
        return None if rest is None else self.amount_in(rest)

    def after_label(self, line: str) -> str | None:
        """Return the text after the line's last label, or None if the line has no label."""
        folded = fold(line)
        if self.exclude.search(folded):
            return None
        labels = list(self.include.finditer(folded))
        return line[labels[-1].end() :] if labels else None

    def amount_in(self, text: str) -> Money | None:
        """Return the amount that the whole text is; raise BadReading.

        None if it does not begin like a number: ``TOTAL ITEMS: 3`` is a line without a total, but
        ``TOTAL 1.23.4`` is a total that is not valid.
        """
        number = self._bare(text)
        if not re.match(r"[-+(]?[.,]?[0-9\ufffd]", number):
            return None
        return self.amounts.read(number)

    def _bare(self, text: str) -> str:
        """Return the text without fill, such as dots or blanks, and without the currency."""
        currency = self.amounts.currency
        marks = "|".join(map(re.escape, (currency.symbol, currency.code, "$")))
        fill = r"(?:[\s:=*]|\.{2,}|_{2,}|-{2,})*"
        text = re.sub(rf"^{fill}(?:{marks})?{fill}", "", text)
        return re.sub(rf"\s*(?:{re.escape(currency.code)})?[\s*=]*$", "", text)


def _some_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(word.strip() for word in words):
        raise ValueError("an empty word matches every line; remove it")
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_some_words)]


class TotalSettings(LimitSettings):
    """Which lines state a total, and in which number format."""

    number: NumberSettings = Field(description="The number format of this input.")
    include: Words = Field(
        ("TOTAL", "A PAGAR", "A COBRAR", "IMPORTE"),
        min_length=1,
        description="The words before a total. Capitals and accents make no difference.",
    )
    exclude: Words = Field(
        ("SUB", "DESC", "IVA", "VUELTO", "CAMBIO", "TROCO", "EFECTIVO", "DINHEIRO"),
        description="A line with a word that begins with one of these states no total.",
    )

    def rule(self, currency: Currency) -> TotalRule:
        """Return how this input's lines state totals."""
        return TotalRule(
            AmountRule(self.number.format(), currency, least=self.min, most=self.max),
            words_pattern(self.include, whole=True),
            words_pattern(self.exclude, whole=False),
        )
