"""From a product and how much of it to an item of a sale."""

from __future__ import annotations

from decimal import Decimal

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.exact_decimal import rounded
from kiosk.sale.words import Item

WEIGHED = "kg"  # the unit of a product that is sold by weight, as scales and GS1 count


def by_count(product: Product, quantity: int = 1) -> Item:
    """Return pieces of a product."""
    if product.unit.lower() == WEIGHED:
        raise BadReading(f"{product.title} is sold by {product.unit}; scan its label")
    return _item(product, product.price, quantity)


def by_weight(product: Product, weight: Decimal) -> Item:
    """Return one helping; ``weight`` is in kilograms, and the price is rounded once."""
    if product.unit.lower() != WEIGHED:
        raise BadReading(f"{product.title} is not sold by weight; its unit must be kg")
    price = rounded(product.price.amount * weight, product.price.currency)
    if price.amount == 0:
        raise BadReading(f"{product.title} would cost nothing")
    return _item(product, price)


def by_price(code: str, price: Decimal, currency: Currency, product: Product | None) -> Item:
    """Return one of whatever it is, at the price that its label states."""
    if price != round(price, currency.minor_units):
        raise BadReading(f"{currency} has no amounts as fine as {price:f}")
    if product is None:
        return Item(code, Money(price, currency), code=code)
    return _item(product, Money(price, currency))


def _item(product: Product, price: Money, quantity: int = 1) -> Item:
    return Item(product.title, price, quantity, product.code, product.category)
