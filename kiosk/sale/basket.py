"""A basket: what has been scanned for one sale so far. Immutable."""

from __future__ import annotations

from dataclasses import replace

from kiosk.base.frozen import frozen
from kiosk.base.money import MAX_DIGITS, Money
from kiosk.sale.words import Item

MOST_SCANS = 500  # more than any customer buys; a faulty scanner must not fill the memory


def cost(item: Item) -> Money:
    """Return what all pieces of the item cost."""
    return Money(item.price.amount * item.quantity, item.price.currency)


@frozen
class Basket:
    """At least one item. ``scans`` are in the order they came, so that the latest can be removed.

    ``source`` is the input that began the basket; it gets the reply.
    """

    scans: tuple[Item, ...]
    source: str

    @property
    def total(self) -> Money:
        """What all items cost together."""
        first, *others = map(cost, self.scans)
        return Money(sum((it.amount for it in others), first.amount), first.currency)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items in the order they came; equal items are joined into one with a quantity."""
        counted: dict[Item, int] = {}
        for scan in self.scans:
            one = replace(scan, quantity=1)
            counted[one] = counted.get(one, 0) + scan.quantity
        return tuple(replace(one, quantity=quantity) for one, quantity in counted.items())

    @property
    def pieces(self) -> int:
        """How many pieces there are of all items together."""
        return sum(scan.quantity for scan in self.scans)

    def with_item(self, item: Item) -> Basket | None:
        """Return the basket with this item too; None if that is too much for one sale."""
        more = replace(self, scans=(*self.scans, item))
        return more if more.is_sellable else None

    def without_latest(self) -> Basket | None:
        """Return the basket without the latest scan; None if nothing is left."""
        scans = self.scans[:-1]
        return replace(self, scans=scans) if scans else None

    @property
    def is_sellable(self) -> bool:
        """Whether it is small enough for one sale."""
        return len(self.scans) <= MOST_SCANS and self.total.amount.adjusted() < MAX_DIGITS


def begin(item: Item, source: str) -> Basket | None:
    """Return a basket with its first item; None if that is too much for one sale."""
    basket = Basket((item,), source)
    return basket if basket.is_sellable else None
