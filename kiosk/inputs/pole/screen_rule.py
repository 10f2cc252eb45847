"""Which total a display shows, and why it may show none. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.inputs.text.folding import fold
from kiosk.inputs.text.totals import TotalRule

Rows = tuple[str | None, ...]  # None: what the row shows is not known

# 2 x 34,56 and 0,450 KG X 9.000,00: an item with its quantity.
_QUANTITY = re.compile(
    r"(?<![0-9.,])[0-9]+(?:[.,][0-9]+)? ?(?:KGS?|GR?|LT?|ML|UN?|UNID|PZA?|CX|MT?)?\.? ?[X×*@] ?"
    r"(?:R?\$ ?)?[.,]?[0-9]"
)
_WORD = re.compile("[A-Z]{2}")

# Words of rows with a number that is not the price of an item. See also the setting exclude.
_NO_ITEM = re.compile(
    r"(?<![A-Z0-9])(?:IVA|IMP|TAX|RECARGO|REDONDEO|TARJ|CART|DEB|CRED|PIX|SALDO|ENVIO|PROPINA|GORJ"
    r"|USD|DOLAR|EUROS?(?![A-Z]))"
)
# A number alone behind one of these is not a price, in a country without cents.
_COUNTED = re.compile(r"(?:CAJA|CAIXA|MESA|TICKET|BOLETA|TURNO|CLIENTE|VENDEDOR)(?: (?:NRO|NO|N))?")


@dataclass(frozen=True)
class ScreenRule:
    """Which total a display shows.

    ``over`` finds the words that come only when the sale is over, such as the change; a display
    with one of them shows no total. ``label_row`` and ``amount_row`` count from 0. None: a label
    and its amount are in the same row, whichever that is. ``has_points_only``: the display has no
    comma, so a point before the last two digits is the decimal mark.
    """

    totals: TotalRule
    over: re.Pattern[str]
    label_row: int | None = None
    amount_row: int | None = None
    has_points_only: bool = False

    def read(self, rows: Rows, cursor: tuple[int, int] | None = None) -> Money | None:
        """Return the total on the display, or None if it shows none; raise BadReading.

        ``cursor`` is the row and column where the register would go on writing.
        """
        texts = [row or "" for row in rows]
        if self.is_over(rows):
            return None
        if self.label_row is not None and self.amount_row is not None:
            money = self._read_apart(texts[self.label_row], rows[self.amount_row])
            if money:
                self._check_end(texts[self.amount_row], self.amount_row, cursor)
            return money
        read = self.totals.read
        found = {number: money for number, text in enumerate(texts) if (money := read(text))}
        if not found or self._has_item(texts):
            return None
        if len(set(found.values())) > 1:
            raise BadReading(
                _("the display shows two totals; correct the settings include and exclude")
            )
        for number in found:
            self._check_end(texts[number], number, cursor)
        return next(iter(found.values()))

    def is_over(self, rows: Rows) -> bool:
        """Return whether the display says that the sale is over."""
        return any(self.over.search(fold(row)) for row in rows if row)

    def why_not(self, rows: Rows) -> str:
        """Return why a display without a total shows none."""
        texts = [row or "" for row in rows]
        if not any(texts):
            return _(
                "what the display shows is not known; the register must clear it or write all of it"
            )
        if self.has_points_only:
            return _(
                "the lamp for the total is off, another lamp is on too, or the digits are "
                "not a number"
            )
        if self.label_row is not None and self.amount_row is not None:
            return _(
                "row {row} is not the label of a total, or the amount is missing",
                row=self.label_row + 1,
            )
        if any(self.totals.after_label(text) for text in texts) and self._has_item(texts):
            return _("an item is being rung up")
        reasons = (self.totals.why_not(text) for text in texts)
        return next(filter(None, reasons), _("no row begins with the label of a total"))

    def _read_apart(self, label: str, amount: str | None) -> Money | None:
        rest = self.totals.after_label(label)
        if amount is None or rest is None or not self.totals.is_fill(rest):
            return None
        decimal = self.totals.amounts.number.decimal
        if self.has_points_only and decimal:
            amount = re.sub(r"\.([0-9]{2})\s*$", rf"{decimal}\1", amount)
        return self.totals.amount_in(amount)

    def _has_item(self, texts: list[str]) -> bool:
        """Return whether a row shows an item: with a quantity, or with a price at its end."""
        folded = [fold(text) for text in texts]
        return any(_QUANTITY.search(text) or self._is_priced(text) for text in folded)

    def _is_priced(self, text: str) -> bool:
        """Return whether the folded row is a name and a price."""
        name, _, number = text.rstrip().rpartition(" ")
        known = (_NO_ITEM, self.totals.exclude, self.totals.include)
        if not _WORD.search(name) or any(words.search(name) for words in known):
            return False
        form = self.totals.amounts.number
        marked = any(mark and mark in number for mark in (form.decimal, form.thousands, "$"))
        counted = len(number) < len("10") or _COUNTED.fullmatch(name.rstrip(" .:#°º"))
        if not marked and (form.decimal or counted):
            return False
        try:
            form.parse(number.lstrip("R$"), self.totals.amounts.currency)
        except BadReading:
            return False
        return True

    def _check_end(self, text: str, number: int, cursor: tuple[int, int] | None) -> None:
        """Refuse a number that the register may still be writing, or writing over."""
        decimal = self.totals.amounts.number.decimal
        written = text.rstrip()
        row, column = cursor or (-1, 0)
        if row == number and written.rfind(" ") < column < len(written):
            raise BadReading(
                _(
                    "the amount may be written only in part; the register must write it without "
                    "a pause"
                )
            )
        if row == number and column >= len(written) and decimal and decimal not in written:
            raise BadReading(
                _(
                    "the amount has no cents and may be cut off; if the register never sends "
                    "cents, remove decimal from number"
                )
            )
