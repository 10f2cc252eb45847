"""What a scan means: the entry point of this package.

The kinds of code are tried in this order: GS1, foreign codes, the kiosk's own codes, web addresses,
shop labels, the price list, and plain numbers if they are allowed. The first kind that recognises
the code decides: it returns a meaning, or raises BadReading.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kiosk.base.errors import BadReading
from kiosk.base.language import _, mark
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes import digital_link, foreign_codes, gs1, own_codes
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import GTIN_LENGTHS, expand_upc_e, is_gtin, without_add_on
from kiosk.inputs.codes.gs1 import GS, Fields
from kiosk.inputs.codes.gs1_meaning import item_or_amount
from kiosk.inputs.codes.labels import LENGTHS, Label, LabelPattern, LabelValue
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, SignedAmount
from kiosk.inputs.codes.product_items import item_by_count, item_by_price, item_by_weight
from kiosk.sale.words import Item

Meaning = Money | Item | SignedAmount | ControlCode | Quantity

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_AIM_BY_KEYS = re.compile(r"[^]A-Za-z0-9][A-Za-z][0-9]([0-9]+)")  # ] of another keyboard layout
_GS1_SYMBOLS = {"]C1", "]e0", "]d2", "]Q3", "]J1"}
_EAN_SYMBOLS = {"]E0", "]E3", "]E4"}
_WITH_ADD_ON, _ONLY_ADD_ON = "]E3", {"]E1", "]E2"}

_ZERO = {
    LabelValue.PRICE: mark("the label's price is zero; print the label again"),
    LabelValue.WEIGHT: mark("the label's weight is zero; print the label again"),
    LabelValue.COUNT: mark("the label's count is zero; print the label again"),
}


@dataclass(frozen=True)
class CodeReader:
    """Reads the codes of one scanner. ``find`` looks a code up in the price list.

    ``why_missing`` returns what the list says about a code that is not found, if it says anything.

    ``gs1``: whether an element string needs its AIM identifier or a separator (``identified``), or
    any long number may be one (``assumed``). ``gln``: the shop's own number, for its payment slips.
    ``key`` verifies signed amounts; ``plain`` reads numbers that are nothing else. Both are off
    when None. ``minimum`` and ``maximum`` are the limits of an amount.
    """

    currency: Currency
    find: Callable[[str], Product | None] = lambda _: None
    labels: tuple[LabelPattern, ...] = ()
    gs1: Literal["identified", "assumed", "off"] = "identified"
    gln: str = ""
    control: bool = False
    key: bytes | None = field(default=None, repr=False)
    plain: NumberFormat | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    why_missing: Callable[[str], str] = lambda _: ""

    def read(self, scan: str) -> Meaning:
        """Return what the scan means. Raises BadReading with a reason for log and screen."""
        match = _AIM.match(scan)
        symbol = match[0] if match else ""
        meaning = self._read(symbol, scan.removeprefix(symbol))
        match meaning:
            case (Money() as money) | SignedAmount(amount=money):
                self._check_minimum(money)
                self._check_maximum(money)
            case Item(price=price):
                self._check_maximum(price)
        return meaning

    def _read(self, symbol: str, text: str) -> Meaning:
        if not text.strip(" "):
            raise BadReading(_("the code is empty; scan it again"))
        if self._is_gs1(symbol, text):
            return self._gs1(gs1.parse(text))
        if kind := foreign_codes.recognise(text):
            raise BadReading(_("this is {kind}, not a product", kind=kind))
        if own_codes.is_own_code(text):
            return self._own_code(text)
        if not symbol and self.gs1 == "assumed" and text.isdigit() and len(text) >= 16:
            return self._gs1(gs1.parse(text))
        if digital_link.is_web_address(text):
            return self._web_address(text)
        if not (text.isascii() and text.isprintable()):
            raise BadReading(_("the code has unreadable characters; check the scanner's settings"))
        return self._number(symbol, text.strip(" "))

    def _own_code(self, text: str) -> Meaning:
        if own_codes.is_signed_amount(text):
            if self.key is None:
                raise BadReading(_("this scanner may not read signed amounts; see codes.signed"))
            return own_codes.read_signed_amount(text, self.key, self.currency)
        if not self.control:
            raise BadReading(_("this scanner may not read control codes; see codes.control"))
        return own_codes.read_control_code(text)

    def _is_gs1(self, symbol: str, text: str) -> bool:
        """Decide by identifier or separator: without them, an EAN could be taken for GS1."""
        if self.gs1 == "off":
            return False
        return symbol in _GS1_SYMBOLS or (not symbol and GS in text)

    def _web_address(self, text: str) -> Meaning:
        fields = digital_link.parse(text) if self.gs1 != "off" else None
        if fields is None:
            raise BadReading(_("this is a web address, not a product"))
        return self._gs1(fields)

    def _gs1(self, fields: Fields) -> Meaning:
        gs1.check_combination(fields)
        return item_or_amount(fields, self.find, self.currency, self.gln)

    def _number(self, symbol: str, text: str) -> Meaning:
        """Read what is left: a label, a code of the price list, or a plain number.

        Code 128 and the like may hold the number of a label or a product too, as without an
        identifier.
        """
        if symbol in _ONLY_ADD_ON:
            raise BadReading(_("this is only the add-on of a magazine; scan the whole code"))
        symbol = symbol if symbol in _EAN_SYMBOLS else ""
        if symbol or _looks_like_gtin(text):
            return self._gtin(symbol, text)
        if product := self.find(text):
            return item_by_count(product)
        if found := self._products(without_add_on(text)):
            return item_by_count(_only(found))
        if self.plain is not None and (text[:1].isdigit() or text[:1] in "-("):
            return self.plain.parse(text, self.currency)
        raise self._unknown_product(text)

    def _gtin(self, symbol: str, text: str) -> Meaning:
        forms = _gtin_forms(symbol, text)
        for form in forms:
            if label := self._label(form):
                return self._label_item(label)
        if symbol == _WITH_ADD_ON or not (symbol or forms):
            forms += without_add_on(text)
        found = self._products(forms)
        if not found and not symbol and (product := self.find(text)):
            found = [product]  # a number of the shop's own, which has no check digit
        if not forms and not found:
            raise BadReading(_("the check digit is wrong; scan it again"))
        if not found:
            raise self._unknown_product(text, *forms)
        return item_by_count(_only(found))

    def _products(self, codes: list[str]) -> list[Product]:
        return [product for code in codes if (product := self.find(code))]

    def _label(self, gtin: str) -> Label | None:
        try:
            read = (pattern.read(digits) for pattern in self.labels for digits in _bodies(gtin))
            return next((label for label in read if label), None)
        except ValueError as fault:
            raise BadReading(str(fault)) from None

    def _label_item(self, label: Label) -> Item:
        found = self._products([label.item, label.base])
        product = _only(found) if found else self.find(label.item.lstrip("0"))
        if label.value == 0:
            raise BadReading(_(_ZERO[label.holds]))
        if label.holds is LabelValue.PRICE:
            return item_by_price(label.item, label.value, self.currency, product)
        if product is None:
            raise self._unknown_product(label.item, label.base)
        if label.holds is LabelValue.WEIGHT:
            return item_by_weight(product, label.value)
        return item_by_count(product, int(label.value))

    def _unknown_product(self, code: str, *others: str) -> BadReading:
        bare = code.strip(string.punctuation)
        if bare != code and is_gtin(bare):
            return BadReading(
                _("the scanner sends {code!r}; set begins_with or ends_with", code=code)
            )
        if (aim := _AIM_BY_KEYS.fullmatch(code)) and is_gtin(aim[1]):
            return BadReading(
                _("the scanner sends {code!r}; set layout as the scanner is set", code=code)
            )
        ending = code if len(code) <= 4 else f"…{code[-4:]}"
        for each in (code, *others):
            if why := self.why_missing(each):
                return BadReading(
                    _("the article {ending} can't be sold: {why}", ending=ending, why=why)
                )
        return BadReading(
            _("no product has the code {ending}; add it to the price list", ending=ending)
        )

    def _check_minimum(self, money: Money) -> None:
        if self.minimum is not None and money.amount < self.minimum:
            raise BadReading(
                _("the amount is below the limit of {minimum:f}", minimum=self.minimum)
            )

    def _check_maximum(self, money: Money) -> None:
        """Check items too: if a separator is lost, a GS1 price absorbs the digits after it."""
        if self.maximum is not None and money.amount > self.maximum:
            raise BadReading(
                _("the amount is above the limit of {maximum:f}", maximum=self.maximum)
            )


def _looks_like_gtin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS


def _gtin_forms(symbol: str, digits: str) -> list[str]:
    """Return the GTINs that an EAN or UPC symbol may stand for; none if it was misread.

    Eight digits may be an EAN-8 or a UPC-E (02345673 is both); only the AIM identifier decides.
    """
    if not _looks_like_gtin(digits):
        return []
    forms = [digits] if is_gtin(digits) else []
    if len(digits) == 8 and symbol != "]E4" and (whole := expand_upc_e(digits)):
        forms.append(whole)
    return forms


def _bodies(gtin: str) -> list[str]:
    """Return the digits that a label pattern may match, without check digit.

    A UPC-A is also an EAN-13 that starts with 0.
    """
    body = gtin[:-1]
    shapes = {body, body.zfill(12) if len(body) == 11 else body.removeprefix("0")}
    return sorted((shape for shape in shapes if len(shape) in LENGTHS), key=len)


def _only(found: list[Product]) -> Product:
    """Return the one product that was found. Raises BadReading if there are several."""
    if any(product != found[0] for product in found):
        raise BadReading(_("the code fits two products; set the scanner to send AIM identifiers"))
    return found[0]
