"""What an order that the service described means for our sale. Money rules 1 and 3 live here."""

from __future__ import annotations

from enum import Enum

from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, Sale


class Standing(Enum):
    """An order that has not ended."""

    PAYABLE = "payable"
    UNDECIDED = "undecided"  # a status we don't know: not paid, and not final either
    FOREIGN = "foreign"  # an id, reference or amount that is not ours: it says nothing


FINAL = {"canceled": Outcome.CANCELED, "expired": Outcome.EXPIRED, "refunded": Outcome.REFUNDED}


def judge(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    """Return how the sale ended, or how its order stands.

    ``sale.order_id`` must be known. Paid takes our id, reference and amount, all present and
    equal; for anything less it is enough that nothing contradicts us. Decided on ``status``
    alone, as documents and live answers disagree on ``status_detail``, save that a refund made
    elsewhere may show up there first.
    """
    if not _fits(sale, seen):
        return Standing.FOREIGN
    if seen.status == "processed":
        if (seen.reference, seen.total) != (sale.reference, sale.amount):
            return Standing.FOREIGN
        return Outcome.REFUNDED if seen.status_detail == "refunded" else Outcome.PAID
    if seen.status == "created":
        return Standing.PAYABLE
    return FINAL.get(seen.status, Standing.UNDECIDED)


def _fits(sale: Sale, seen: OrderSeen) -> bool:
    """Whether what the service said of the order contradicts nothing that we know of it."""
    return (
        seen.order_id == sale.order_id
        and seen.reference in (sale.reference, "")
        and seen.total in (sale.amount, None)
    )
