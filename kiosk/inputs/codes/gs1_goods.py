"""What the fields of a GS1 code sell: an article, a measured article, or a payment slip.

AIs by number, as GS1 General Specifications, section 3, names them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.exact_decimal import NUMERIC, exactly
from kiosk.inputs.codes.gs1 import Fields
from kiosk.inputs.codes.selling import by_count, by_price, by_weight
from kiosk.sale.words import Item

Find = Callable[[str], Product | None]

_COUPONS = ("255", "8110", "8111", "8112")
_SHIPPING = ("00", "02", "37", "8006", "8026")


def goods(fields: Fields, find: Find, currency: Currency, gln: str) -> Money | Item:
    """Return the item or the amount that the fields state. Raises BadReading."""
    if any(ai in fields for ai in _COUPONS) or any(ai.startswith("394") for ai in fields):
        raise BadReading("this is a coupon, not a sale")
    if "8020" in fields or "415" in fields:
        return _slip(fields, currency, gln)
    if "01" not in fields:
        shipping = any(ai in fields for ai in _SHIPPING)
        raise BadReading(f"this is {'a shipping label' if shipping else 'no product'}, not a sale")
    return _article(fields, find, currency)


def _slip(fields: Fields, currency: Currency, gln: str) -> Money:
    """A bill with the payee's number; only the shop's own may be paid here."""
    if not gln or fields.get("415") != gln:
        raise BadReading("this is a bill, not a sale")
    amount = _amount(fields, "390", "391", currency)
    if amount is None:
        raise BadReading("the bill states no amount")
    return amount


def _article(fields: Fields, find: Find, currency: Currency) -> Item:
    product = find(fields["01"])
    if price := _amount(fields, "392", "393", currency):
        code = fields["01"].removeprefix("0")
        return by_price(code, price.amount, currency, product)
    if product is None:
        raise BadReading(f"no product has the code …{fields['01'][-4:]}")
    if weight := _weight(fields):
        return by_weight(product, weight)
    return by_count(product, _count(fields))


def _amount(fields: Fields, plain: str, foreign: str, currency: Currency) -> Money | None:
    """Return the one amount; ``foreign`` has the number of its currency before the digits."""
    found = {_money(ai, value, foreign, currency) for ai, value in fields.items()
             if ai[:3] in (plain, foreign) and len(ai) == 4}  # fmt: skip
    if len(found) > 1:
        raise BadReading("the GS1 code has two different amounts")
    return found.pop() if found else None


def _money(ai: str, value: str, foreign: str, currency: Currency) -> Money:
    if ai.startswith(foreign):
        number, value = value[:3], value[3:]
        if number != NUMERIC[currency.code]:
            raise BadReading(f"the amount is in the currency {number}, not in {currency}")
    return exactly(value, int(ai[3]), currency)


def _weight(fields: Fields) -> Decimal | None:
    """Return the net weight in kilograms (310n), if it is stated."""
    for ai, value in fields.items():
        if ai.startswith("310") and len(ai) == 4:
            if int(value) == 0:
                raise BadReading("the label's weight is zero")
            return Decimal(int(value)).scaleb(-int(ai[3]))
    return None


def _count(fields: Fields) -> int:
    count = int(fields.get("30", "1"))
    if count == 0:
        raise BadReading("the label's count is zero")
    return count
