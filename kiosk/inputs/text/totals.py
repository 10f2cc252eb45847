"""Find the total: which line of a display or a receipt states the amount to be paid.

Pure. A word decides, never a number alone: the price of an item must not start a payment. The word
counts at the beginning of the line only: an article may be called COLGATE TOTAL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency, Money, plain_blanks
from kiosk.base.settings import NumberSettings
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.text.folding import fold

# What may be before a label. Not among them: digits, and what a letter becomes by a wrong bit.
_FRAMES = "│║┃█▌▐░▒▓■•·"
_BEFORE_LABEL = re.compile(rf"[\s=*~#|!+:;<>\[\](){{}}'\"_.\-{_FRAMES}]*")

# Words that do not change what a label says: TOTAL CON IVA, TOTAL DA COMPRA.
_THINGS = "COMPRA|VENTA|VENDA|FACTURA|BOLETA|TICKET|CUPOM|NOTA|PEDIDO|CUENTA|CONTA"
_QUALIFIER = re.compile(
    r"[\s.:(]*(?:GENERAL|GERAL|FINAL|(?:DE LA |DEL |DE |DA |DO )?(?:" + _THINGS + ")"
    r"|(?:CON |C/ ?)?IVA INCL?(?:UIDO)?|(?:CON |C/ ?)IVA|(?:EN |EM )?(?:PESOS|REAIS))"
    r"(?![A-Z0-9])[.)]*"
)

# Other ways to write the sign of a currency.
_SIGNS = {
    "ARS": ("AR$", "$AR", "PESOS"),
    "BRL": ("RS", "REAIS"),
    "CLP": ("CLP$", "CH$", "PESOS"),
    "UYU": ("$U", "UY$", "$UY", "UYU$", "PESOS"),
}
# What may be between a label and its amount, and after the amount.
_FILL = rf"(?:[\s:=*>|!{_FRAMES}]|\.(?![0-9])|\.{{2,}}|_{{2,}}|-{{2,}})*"
_FILL_BEHIND = f" \t=*|!{_FRAMES}"
_SPACED_NUMBER = re.compile(r"(?:[^\s0-9]+\s+)?((?:[0-9.,'] )+[0-9])")


def words_pattern(words: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    """Return a pattern for any of the words, as ``whole`` words or as beginnings of words."""
    folded = (fold(word).split() for word in sorted(words, key=len, reverse=True))
    spaced = (r"\s+".join(map(re.escape, parts)) for parts in folded)
    end = "(?![A-Z0-9])" if whole else ""
    return re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(spaced)}){end}" if words else "(?!)")


def _spaced_words_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for any of the words with a blank between its letters: ``T O T A L``."""
    folded = (fold(word).split() for word in sorted(words, key=len, reverse=True))
    spaced = (" +".join(" ".join(map(re.escape, part)) for part in parts) for parts in folded)
    return re.compile(rf"(?:{'|'.join(spaced)})(?![A-Z0-9])")


@frozen
class TotalRule:
    """How one input labels its totals. ``amounts`` has no pattern of its own.

    A line states a total if it begins with one or several of ``include``, its label, and has no
    word that begins with one of ``exclude`` before the amount. The amount is the text after the
    label, without fill and currency. ``spaced`` finds a label with a blank between its letters.
    """

    amounts: AmountRule
    include: re.Pattern[str]
    spaced: re.Pattern[str]
    exclude: re.Pattern[str]

    def read(self, line: str) -> Money | None:
        """Return the line's total, or None if it states none; raise BadReading."""
        rest = self.after_label(line)
        return None if rest is None else self.amount_in(rest)

    def after_label(self, line: str) -> str | None:
        """Return the text after the line's label, or None if it does not begin with a label."""
        line = plain_blanks(line)
        folded = fold(line)
        end = self._end_of_label(folded)
        if end is None or self._is_excluded(folded[end:]):
            return None
        spaced = self.spaced.match(folded, _end_of_fill(folded, 0))
        return self._closed_up(line[end:]) if spaced else line[end:]

    def amount_in(self, text: str) -> Money | None:
        """Return the amount that the whole text is; raise BadReading.

        None if it does not begin like a number: ``TOTAL ITEMS: 3`` is a line without a total, but
        ``TOTAL 1.23.4`` is a total that is not valid.
        """
        number = self._bare(text)
        if not re.match(r"[-+(]?[.,]?[0-9\ufffd]", number):
            return None
        return self.amounts.read(number)

    def is_fill(self, text: str) -> bool:
        """Return whether the text after a label is only fill and currency."""
        return not self._bare(text)

    def why_not(self, line: str) -> str:
        """Return why a line that has a label states no total; an empty text if it has no label."""
        folded = fold(plain_blanks(line))
        if self._end_of_label(folded) is None:
            label = self.include.search(folded)
            return _("{label} is not at the beginning of the line", label=label[0]) if label else ""
        label = self.include.search(folded) or self.spaced.search(folded)
        name = label[0] if label else "it"
        return _("{name}: a label, but no number behind it", name=name)

    def _end_of_label(self, folded: str) -> int | None:
        ends = list(self._label_ends(folded))
        return ends[-1] if ends else None

    def _label_ends(self, folded: str) -> Iterator[int]:
        """Yield the end of each label, and of each qualifier, that follow each other."""
        at = _end_of_fill(folded, 0)
        while label := self.include.match(folded, at) or self.spaced.match(folded, at):
            at = label.end()
            while qualifier := _QUALIFIER.match(folded, at):
                at = qualifier.end()
            yield at
            at = _end_of_fill(folded, at)

    def _is_excluded(self, rest: str) -> bool:
        """Return whether the folded text after a label is about something else, or a count."""
        first_digit = re.search("[0-9]", rest)
        if self.exclude.search(rest[: first_digit.start()] if first_digit else rest):
            return True
        count = re.match(r"[\s:=*.]*[0-9]+\s+", rest)
        if count is None or re.search("[0-9]", rest[count.end() :]):
            return False
        return bool(self.exclude.match(rest, count.end()))

    def _closed_up(self, rest: str) -> str:
        """Return the amount without the blanks between its digits: ``1 2 , 5 0`` is ``12,50``."""
        number = _SPACED_NUMBER.fullmatch(rest.strip())
        if number is None or self.amounts.number.thousands == " ":
            return rest
        return number[1].replace(" ", "")

    def _bare(self, text: str) -> str:
        """Return the text without fill, such as dots or blanks, and without the currency."""
        signs = self._signs()
        found = re.match(rf"{_FILL}(?:\(\s*(?:{signs})\s*\)|{signs})?{_FILL}", text, re.IGNORECASE)
        text = text[found.end() :] if found else text
        text = text.rstrip(_FILL_BEHIND)
        return re.sub(rf"(?<=[0-9\s])(?:{signs})$", "", text, flags=re.IGNORECASE).rstrip(
            _FILL_BEHIND
        )

    def _signs(self) -> str:
        """Return a pattern for what stands for the currency."""
        currency = self.amounts.currency
        signs = {currency.symbol, currency.code, "$", *_SIGNS.get(currency.code, ())}
        return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


def _end_of_fill(text: str, at: int) -> int:
    found = _BEFORE_LABEL.match(text, at)
    return found.end() if found else at


def _some_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(word.strip() for word in words):
        raise ValueError(_("an empty word matches every line; remove it"))
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_some_words)]

_LABELS = (
    "TOTAL", "A PAGAR", "A COBRAR", "IMPORTE",
    "MONTO TOTAL", "MONTO A PAGAR", "NETO A PAGAR", "SALDO A PAGAR", "VALOR TOTAL", "VALOR A PAGAR",
)  # fmt: skip
_NO_TOTALS = (
    "SUB", "DESC", "AHORR", "ECONOMI", "CANT", "QTD", "QUANT", "ITEM", "ITEN", "ART", "PROD",
    "UNID", "PUNTO", "PONTO", "PAGAD", "PAGAM", "PAGO", "RECIB", "RECEB", "VUELTO", "CAMBIO",
    "TROCO", "EFECTIVO", "DINHEIRO",
)  # fmt: skip


class TotalSettings(LimitSettings):
    """Which lines state a total, and in which number format."""

    number: NumberSettings = Field(description="The number format of this input.")
    include: Words = Field(
        _LABELS,
        min_length=1,
        description=(
            "The words before a total, at the beginning of its line. Capitals and accents make no "
            "difference."
        ),
    )
    exclude: Words = Field(
        _NO_TOTALS,
        description=(
            "If a word between the label and the amount begins with one of these, the line is not "
            "a total. A count is not a total either, as in TOTAL 3 ITEMS."
        ),
    )

    def rule(self, currency: Currency) -> TotalRule:
        """Return how this input's lines state totals."""
        return TotalRule(
            AmountRule(self.number.format(), currency, least=self.min, most=self.max),
            words_pattern(self.include, whole=True),
            _spaced_words_pattern(self.include),
            words_pattern(self.exclude, whole=False),
        )
