"""Makes an item of a sale from a product and its count, weight or price."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.catalogue_fields import WEIGHED
from kiosk.sale.words import Item


def item_by_count(product: Product, quantity: int = 1) -> Item:
    """Return pieces of a product. Raises BadReading if it is sold by weight."""
    if product.unit == WEIGHED:
        raise BadReading(
            _("{title} is sold by {unit}; scan its label", title=product.title, unit=product.unit)
        )
    return _item(product, product.price, quantity)


def item_by_weight(product: Product, weight: Decimal) -> Item:
    """Return one weighed portion; ``weight`` is in kilograms. The price is rounded once.

    Raises BadReading if the product is not sold by weight, or if the price becomes zero.
    """
    if product.unit != WEIGHED:
        raise BadReading(
            _("{title} is not sold by weight; set its unit to kg", title=product.title)
        )
    price = _rounded(product.price.amount * weight, product.price.currency)
    if price.amount == 0:
        raise BadReading(_("the price of {title} is zero; check the weight", title=product.title))
    return _item(product, price)


def item_by_price(code: str, price: Decimal, currency: Currency, product: Product | None) -> Item:
    """Return one piece at the price that its label states; ``product`` may be unknown.

    Raises BadReading if the price has more decimals than the currency.
    """
    if price != round(price, currency.minor_units):
        raise BadReading(
            _(
                "the price {price:f} has too many decimals for {currency}",
                price=price,
                currency=currency,
            )
        )
    if product is None:
        return Item(code, Money(price, currency), code=code)
    return _item(product, Money(price, currency))


def _item(product: Product, price: Money, quantity: int = 1) -> Item:
    return Item(product.title, price, quantity, product.code, product.category)


def _rounded(value: Decimal, currency: Currency) -> Money:
    """Round a computed price as shops do: half a minor unit is rounded up."""
    unit = Decimal(1).scaleb(-currency.minor_units)
    return Money(value.quantize(unit, rounding=ROUND_HALF_UP), currency)
