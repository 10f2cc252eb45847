"""The lines of a receipt from the scanned items, within the service's limits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kiosk.base.money import Money
from kiosk.sale.words import Item

MOST_LINES = 10  # the create-order document, field ``items``; so are the lengths
LONGEST_TITLE = 150
LONGEST_CODE = 30


def total(items: Sequence[Item]) -> Decimal:
    """Return what the items cost together."""
    return sum((item.price.amount * item.quantity for item in items), Decimal(0))


def lines(items: Sequence[Item], rest: str) -> tuple[Item, ...]:
    """Return lines of the same total, each within the service's limits.

    The items for which there is no line are summed in the last one, which is called ``rest``.
    """
    if len(items) > MOST_LINES:
        shown, summed = items[: MOST_LINES - 1], items[MOST_LINES - 1 :]
        price = Money(total(summed), summed[0].price.currency)
        items = (*shown, Item(rest, price))
    return tuple(_fitting(item) for item in items)


def _fitting(item: Item) -> Item:
    """Return the item within the limits. A code that is too long is left out, not cut."""
    code = item.code if len(item.code) <= LONGEST_CODE else ""
    return Item(item.title[:LONGEST_TITLE], item.price, item.quantity, code, item.category)
