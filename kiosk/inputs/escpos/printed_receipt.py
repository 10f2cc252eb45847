"""What is known of one receipt: its total lines, and why it may have none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from kiosk.base.errors import BadReading
from kiosk.base.language import _, mark
from kiosk.base.money import Money
from kiosk.inputs.text.amounts import masked
from kiosk.inputs.text.folding import fold
from kiosk.inputs.text.totals import TotalRule

LONGEST_LINE = 512  # characters
LONGEST_RECEIPT = 65536  # characters; more is noise, or a register that never cuts

SeveralTotals = Literal["refuse", "first", "last", "largest"]

_OTHER_LANGUAGE = mark("the receipt has commands of another printer language")
_NO_LABEL = mark("no line begins with the label of a total; see the setting include")

# Words beside those of the setting no_sale: CUPOM FISCAL CANCELADO, CIERRE DE CAJA.
_BESIDE_NO_SALE = frozenset(
    {"TICKET", "TIQUE", "BOLETA", "FACTURA", "CUPOM", "CUPON", "NOTA", "FISCAL", "COMPROBANTE",
     "DOCUMENTO", "RECIBO", "ORIGINAL", "VENTA", "VENDA", "COMPRA", "OPERACION", "OPERACAO",
     "PEDIDO", "CAJA", "CAIXA", "DIA", "DIARIO", "TURNO", "LOTE", "NRO", "NUM", "DE", "DEL", "DA",
     "DO", "LA", "EL"}
)  # fmt: skip
_IS_PRICED = re.compile(r"[0-9][.,][0-9]{2}(?![0-9])|\$")


class NoSaleRule:
    """Which lines say that a receipt is not a sale: a voided one, a reprint, a report.

    A line says so if it has nothing but one of the phrases, a number, and words such as TICKET. A
    line with a price does not: ``ANULADO COCA -500,00`` is about one article.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = [words for phrase in phrases if (words := _words(phrase))]

    def phrase_in(self, line: str) -> str:
        """Return the phrase that the line has; an empty text if it has none."""
        if _IS_PRICED.search(line):
            return ""
        words = _words(line)
        return next((" ".join(it) for it in self._phrases if _is_headline(words, it)), "")


def _words(text: str) -> list[str]:
    return re.findall("[A-Z]{2,}", fold(text))


def _is_headline(words: list[str], phrase: list[str]) -> bool:
    for at in range(len(words) - len(phrase) + 1):
        end = at + len(phrase)
        if words[at:end] == phrase and _BESIDE_NO_SALE.issuperset(words[:at] + words[end:]):
            return True
    return False


class PrintedReceipt:
    """A receipt that is being printed. ``totals`` has, for each total line, its amount or fault."""

    def __init__(self, no_sale: NoSaleRule) -> None:
        self._no_sale = no_sale
        self.advice = ""  # what to set, if the ended receipt seems to be in another language
        self.no_sale_phrase = ""  # why the receipt is not a sale
        self.totals: list[Money | BadReading] = []
        self.characters = 0
        self.pictures = 0
        self.line = ""
        self.is_doubtful = False  # the line
        self.unread = ""  # the best reason why it states no total
        self.unread_line = ""  # the line that the reason is about, masked

    @property
    def has_begun(self) -> bool:
        """Whether anything was printed."""
        return bool(self.characters or self.pictures)

    def print(self, text: str) -> None:
        """Add the text to the line."""
        self.characters += len(text)
        self.line = (self.line + text)[: LONGEST_LINE + 1]

    def end_line(self, rule: TotalRule, advice: str) -> None:
        """Check whether the line states a total, and begin the next line.

        ``advice`` is what to set, if the receipt seems to be in another printer language.
        """
        line, is_doubtful = self.line, self.is_doubtful
        self.line, self.is_doubtful = "", False
        self.no_sale_phrase = self.no_sale_phrase or self._no_sale.phrase_in(line)
        if rule.after_label(line) is None:
            self._note(line, rule.why_not(line))
            return
        try:
            found: Money | BadReading | None = rule.read(line)
        except BadReading as fault:
            found = fault
        if len(line) > LONGEST_LINE or (is_doubtful and found):
            found = _unreadable(advice)
        if found:
            self.totals.append(found)
        else:
            self._note(line, rule.why_not(line))

    def result(self, several: SeveralTotals) -> Money | BadReading | None:
        """Return what the receipt comes to; None if it states no total, or is not a sale."""
        if self.no_sale_phrase:
            return None
        if self.characters > LONGEST_RECEIPT:
            return BadReading(
                _(
                    "the receipt has more than {longest} characters",
                    longest=LONGEST_RECEIPT,
                )
            )
        if self.pictures and not self.characters:
            return BadReading(
                _("the receipt is a picture without text; set the register's program to print text")
            )
        return _chosen(self.totals, several) if self.totals else None

    def incomplete(self) -> BadReading:
        """Return the fault of a receipt that ended within a command or a total."""
        if self.advice:
            return BadReading(f"{_(_OTHER_LANGUAGE)}; {self.advice}")
        return BadReading(_("the receipt is incomplete; print it again"))

    def why_unread(self) -> str:
        """Return why the finished receipt states no total."""
        if self.no_sale_phrase:
            return _(
                "{no_sale_phrase}: the receipt is not a sale; see the setting no_sale",
                no_sale_phrase=self.no_sale_phrase,
            )
        if self.advice:
            return f"{_(_OTHER_LANGUAGE)}; {self.advice}"
        return self.unread or _(_NO_LABEL)

    def _note(self, line: str, reason: str) -> None:
        """Keep the first reason; a label without a number is a better one than other labels."""
        if reason and (
            not self.unread or ("no number" in reason and "no number" not in self.unread)
        ):
            self.unread, self.unread_line = reason, masked(line)


def _unreadable(advice: str) -> BadReading:
    if advice:
        return BadReading(
            _(
                "the line of the total has commands of another printer language; {advice}",
                advice=advice,
            )
        )
    return BadReading(_("the line of the total cannot be read completely; print the receipt again"))


def _chosen(totals: list[Money | BadReading], several: SeveralTotals) -> Money | BadReading:
    """Return the total that counts, or why none does."""
    if several in ("first", "last"):
        return totals[0 if several == "first" else -1]
    amounts = [each for each in totals if isinstance(each, Money)]
    if len(amounts) < len(totals):
        return next(each for each in totals if isinstance(each, BadReading))
    if several == "refuse" and len(set(amounts)) > 1:
        return BadReading(
            _("the receipt has several totals; correct include and exclude, or set several_totals")
        )
    return max(amounts, key=lambda each: each.amount)
