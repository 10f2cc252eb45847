"""What a scan means: the one door to this package.

Asked in this order, and the first who knows it answers: GS1, bills, our own codes, web addresses,
shop labels, the catalogue, and plain numbers if they were allowed. Each may also refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes import bills, digital_link, gs1, own_codes
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import GTIN_LENGTHS, expand_upc_e, is_gtin
from kiosk.inputs.codes.gs1 import GS, Fields
from kiosk.inputs.codes.gs1_goods import goods
from kiosk.inputs.codes.labels import LENGTHS, Label, LabelPattern
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, Ticket
from kiosk.inputs.codes.selling import by_count, by_price, by_weight
from kiosk.sale.words import Item

Meaning = Money | Item | Ticket | ControlCode | Quantity

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLS = {"]C1", "]e0", "]d2", "]Q3", "]J1"}
_EAN_SYMBOLS = {"]E0", "]E3", "]E4"}


@dataclass(frozen=True)
class Codes:
    """What the codes of one scanner may be. ``find`` looks a code up in the price list.

    ``gs1``: whether element strings need their AIM identifier or a separator to be told from plain
    numbers. ``gln``: whose payment slips are this shop's own. ``key`` checks signed amounts,
    ``plain`` reads numbers that are nothing else; both are off when None.
    """

    currency: Currency
    find: Callable[[str], Product | None] = lambda _: None
    labels: tuple[LabelPattern, ...] = ()
    gs1: Literal["identified", "assumed", "off"] = "identified"
    gln: str = ""
    control: bool = False
    key: bytes | None = field(default=None, repr=False)
    plain: NumberFormat | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def read(self, scan: str) -> Meaning:
        """Return what the scan means. Raises BadReading with a reason for log and screen."""
        match = _AIM.match(scan)
        symbol = match[0] if match else ""
        meaning = self._read(symbol, scan.removeprefix(symbol))
        match meaning:
            case (Money() as money) | Ticket(amount=money):
                self._check_least(money)
                self._check_most(money)
            case Item(price=price):
                self._check_most(price)
        return meaning

    def _read(self, symbol: str, text: str) -> Meaning:
        if not text.strip(" "):
            raise BadReading("the code is empty")
        if self._is_gs1(symbol, text):
            return self._goods(gs1.check(gs1.parse(text)))
        if kind := bills.recognise(text):
            raise BadReading(f"this is {kind}, not a sale")
        if own_codes.is_ours(text):
            return self._ours(text)
        if not symbol and self.gs1 == "assumed" and text.isdigit() and len(text) >= 16:
            return self._goods(gs1.check(gs1.parse(text)))
        if digital_link.is_web_address(text):
            return self._web_address(text)
        if not (text.isascii() and text.isprintable()):
            raise BadReading("there are unreadable characters in the code")
        return self._number(symbol, text.strip(" "))

    def _ours(self, text: str) -> Meaning:
        if text.upper().startswith("KQAMT"):
            if self.key is None:
                raise BadReading("signed amounts are switched off for this scanner")
            return own_codes.ticket(text, self.key, self.currency)
        if not self.control:
            raise BadReading("control codes are switched off for this scanner")
        return own_codes.command(text)

    def _is_gs1(self, symbol: str, text: str) -> bool:
        """Tell by identifier or separator: without them many an EAN could pass for GS1."""
        if self.gs1 == "off":
            return False
        return symbol in _GS1_SYMBOLS or (not symbol and GS in text)

    def _web_address(self, text: str) -> Meaning:
        fields = digital_link.parse(text) if self.gs1 != "off" else None
        if fields is None:
            raise BadReading("this is a web address, not a sale")
        return self._goods(gs1.check(fields))

    def _goods(self, fields: Fields) -> Meaning:
        return goods(fields, self.find, self.currency, self.gln)

    def _number(self, symbol: str, text: str) -> Meaning:
        """Read what is left: a number or a word that the shop itself must know."""
        if symbol in _EAN_SYMBOLS or (not symbol and _looks_like_gtin(text)):
            return self._gtin(symbol, text)
        if product := self.find(text):
            return by_count(product)
        if self.plain is not None and (text[:1].isdigit() or text[:1] in "-("):
            return self.plain.parse(text, self.currency)
        raise BadReading(f"no product has the code {_ending(text)}")

    def _gtin(self, symbol: str, text: str) -> Meaning:
        forms = _gtin_forms(symbol, text)
        for form in forms:
            if label := self._label(form):
                return self._labelled(label)
        found = [product for form in forms if (product := self.find(form))]
        if not found and not symbol and (product := self.find(text)):
            found = [product]  # an eight-digit number of the shop's own, listed as it stands
        if not forms and not found:
            raise BadReading("the check digit is wrong; scan it again")
        if not found:
            raise BadReading(f"no product has the code {_ending(text)}")
        if any(product != found[0] for product in found):
            raise BadReading("the code fits two products; set the scanner to send AIM identifiers")
        return by_count(found[0])

    def _label(self, gtin: str) -> Label | None:
        try:
            read = (pattern.read(digits) for pattern in self.labels for digits in _bodies(gtin))
            return next((label for label in read if label), None)
        except ValueError as fault:
            raise BadReading(str(fault)) from None

    def _labelled(self, label: Label) -> Item:
        product = self.find(label.item) or self.find(label.item.lstrip("0"))
        if label.value == 0:
            raise BadReading(f"the label's {label.holds.value} is zero")
        if label.holds.value == "price":
            return by_price(label.item, label.value, self.currency, product)
        if product is None:
            raise BadReading(f"no product has the code {_ending(label.item)}")
        if label.holds.value == "weight":
            return by_weight(product, label.value)
        return by_count(product, int(label.value))

    def _check_least(self, money: Money) -> None:
        if self.least is not None and money.amount < self.least:
            raise BadReading(f"the amount is below the limit of {self.least:f}")

    def _check_most(self, money: Money) -> None:
        """Hold for items too: without its separators a GS1 price swallows what follows it."""
        if self.most is not None and money.amount > self.most:
            raise BadReading(f"the amount is above the limit of {self.most:f}")


def _looks_like_gtin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS


def _gtin_forms(symbol: str, digits: str) -> list[str]:
    """Return the numbers that an EAN or UPC symbol may stand for; none if it is misread.

    Only the identifier tells eight digits of a UPC-E from an EAN-8, as 02345673 is both.
    """
    if not _looks_like_gtin(digits):
        return []
    forms = [digits] if is_gtin(digits) else []
    if len(digits) == 8 and symbol != "]E4" and (whole := expand_upc_e(digits)):
        forms.append(whole)
    return forms


def _bodies(gtin: str) -> list[str]:
    """Return the digits, without check digit, that a label pattern may fit: UPC-A is EAN-13 too."""
    body = gtin[:-1]
    shapes = {body, body.zfill(12) if len(body) == 11 else body.removeprefix("0")}
    return sorted((shape for shape in shapes if len(shape) in LENGTHS), key=len)


def _ending(code: str) -> str:
    return code if len(code) <= 4 else f"…{code[-4:]}"
