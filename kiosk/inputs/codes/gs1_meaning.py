"""What the fields of a GS1 code sell: an article, a weighed article, or a payment slip.

The AIs (application identifiers) are those of GS1 General Specifications, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.gs1 import Fields
from kiosk.inputs.codes.product_items import item_by_count, item_by_price, item_by_weight
from kiosk.sale.words import Item

Find = Callable[[str], Product | None]

_COUPONS = ("255", "8110", "8111", "8112")
_SHIPPING = ("00", "02", "37", "8006", "8026")
_ISO_NUMBERS = {"ARS": "032", "BRL": "986", "CLP": "152", "UYU": "858"}  # of ISO 4217; 391n, 393n


def item_or_amount(fields: Fields, find: Find, currency: Currency, gln: str) -> Money | Item:
    """Return the item or the amount that the fields state. Raises BadReading.

    ``find`` looks a GTIN up in the price list; ``gln`` is the shop's own number at GS1.
    """
    if any(ai in fields for ai in _COUPONS) or any(ai.startswith("394") for ai in fields):
        raise BadReading(_("this is a coupon, not a product"))
    if "8020" in fields or "415" in fields:
        return _payment_slip(fields, currency, gln)
    if "01" not in fields:
        if any(ai in fields for ai in _SHIPPING):
            raise BadReading(_("this is a shipping label, not a product"))
        raise BadReading(_("the GS1 code does not name a product"))
    return _article(fields, find, currency)


def _payment_slip(fields: Fields, currency: Currency, gln: str) -> Money:
    """Return the amount of a payment slip; only the shop's own slips can be paid here."""
    if not gln or fields.get("415") != gln:
        raise BadReading(_("this is a bill of another company; it can't be paid here"))
    amount = _amount(fields, "390", "391", currency)
    if amount is None:
        raise BadReading(_("the bill does not state an amount"))
    return amount


def _article(fields: Fields, find: Find, currency: Currency) -> Item:
    product = find(fields["01"])
    if price := _amount(fields, "392", "393", currency):
        code = fields["01"].removeprefix("0")
        return item_by_price(code, price.amount, currency, product)
    if product is None:
        ending = fields["01"][-4:]
        raise BadReading(
            _("no product has the code …{ending}; add it to the price list", ending=ending)
        )
    if weight := _weight(fields):
        return item_by_weight(product, weight)
    return item_by_count(product, _count(fields))


def _amount(fields: Fields, plain: str, with_currency: str, currency: Currency) -> Money | None:
    """Return the one amount, if there is any.

    ``plain`` and ``with_currency`` are the first three digits of two AIs; in the second, the ISO
    4217 number of the currency comes before the digits of the amount.
    """
    found = {_money(ai, value, with_currency, currency) for ai, value in fields.items()
             if ai[:3] in (plain, with_currency) and len(ai) == 4}  # fmt: skip
    if len(found) > 1:
        raise BadReading(_("the GS1 code has two different amounts; correct the label"))
    return found.pop() if found else None


def _money(ai: str, value: str, with_currency: str, currency: Currency) -> Money:
    if ai.startswith(with_currency):
        number, value = value[:3], value[3:]
        if number != _ISO_NUMBERS[currency.code]:
            raise BadReading(
                _(
                    "the amount is in currency {number} (ISO 4217), not in {currency}",
                    number=number,
                    currency=currency,
                )
            )
    return NumberFormat(implied_decimals=int(ai[3])).parse(value, currency)


def _weight(fields: Fields) -> Decimal | None:
    """Return the net weight in kilograms (310n), if it is stated."""
    for ai, value in fields.items():
        if ai.startswith("310") and len(ai) == 4:
            if int(value) == 0:
                raise BadReading(_("the label's weight is zero; print the label again"))
            return Decimal(int(value)).scaleb(-int(ai[3]))
    return None


def _count(fields: Fields) -> int:
    count = int(fields.get("30", "1"))
    if count == 0:
        raise BadReading(_("the label's count is zero; print the label again"))
    return count
