"""Totals among other lines: which of a display's or a receipt's lines states what is to be paid.

Pure. Words decide, never numbers alone: an item's price must not start a payment.
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
    """Return the text in plain capitals, character for character: ``Crédito`` is ``CREDITO``.

    Only letters change: what is no digit never becomes one.
    """
    return "".join(map(_plain, text))


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].upper()
    return base if len(base) == 1 and base.isalpha() else char


def words_pattern(words: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    """Return what finds any of the words at a word's beginning, or as ``whole`` words only."""
    longest_first = sorted(words, key=len, reverse=True)
    spaced = (r"\s+".join(map(re.escape, fold(word).split())) for word in longest_first)
    end = "(?![A-Z0-9])" if whole else ""
    return re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(spaced)}){end}" if words else "(?!)")


@dataclass(frozen=True)
class TotalRule:
    """How one input labels its totals. ``amounts`` has no pattern of its own.

    A line counts if it has a whole word of ``include`` and no word that begins like one of
    ``exclude``. What stands behind the label is the amount, but for fill and the currency.
    """

    amounts: AmountRule
    include: re.Pattern[str]
    exclude: re.Pattern[str]

    def read(self, line: str) -> Money | None:
        """Return the line's total, None if it states none, or raise BadReading."""
        rest = self.behind_label(line)
        return None if rest is None else self.amount_in(rest)

    def behind_label(self, line: str) -> str | None:
        """Return what stands behind the line's last label; None if the line has no label."""
        folded = fold(line)
        if self.exclude.search(folded):
            return None
        labels = list(self.include.finditer(folded))
        return line[labels[-1].end() :] if labels else None

    def amount_in(self, text: str) -> Money | None:
        """Return the amount that is all of the text; None where no number was meant.

        ``TOTAL ITEMS: 3`` is no total gone wrong but another line; ``TOTAL 1.23.4`` is one.
        """
        number = self._bare(text)
        if not re.match(r"[-+(]?[.,]?[0-9\ufffd]", number):
            return None
        return self.amounts.read(number)

    def _bare(self, text: str) -> str:
        """Return the text without leaders, fill and the currency's own marks."""
        currency = self.amounts.currency
        marks = "|".join(map(re.escape, (currency.symbol, currency.code, "$")))
        fill = r"(?:[\s:=*]|\.{2,}|_{2,}|-{2,})*"
        text = re.sub(rf"^{fill}(?:{marks})?{fill}", "", text)
        return re.sub(rf"\s*(?:{re.escape(currency.code)})?[\s*=]*$", "", text)


def _some_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(word.strip() for word in words):
        raise ValueError("an empty word would fit every line; take it out")
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_some_words)]


class TotalSettings(LimitSettings):
    """Which lines state a total, and how."""

    number: NumberSettings = Field(description="How this input writes its numbers; never guessed.")
    include: Words = Field(
        ("TOTAL", "A PAGAR", "A COBRAR", "IMPORTE"),
        min_length=1,
        description="A total stands behind one of these words; capitals and accents don't matter.",
    )
    exclude: Words = Field(
        ("SUB", "DESC", "IVA", "VUELTO", "CAMBIO", "TROCO", "EFECTIVO", "DINHEIRO"),
        description="No line counts in which a word begins like one of these.",
    )

    def rule(self, currency: Currency) -> TotalRule:
        """Return how this input's lines state totals."""
        return TotalRule(
            AmountRule(self.number.format(), currency, least=self.min, most=self.max),
            words_pattern(self.include, whole=True),
            words_pattern(self.exclude, whole=False),
        )
