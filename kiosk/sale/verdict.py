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
    ODD = "odd"  # our order, paid, but another amount than we asked for


FINAL = {"canceled": Outcome.CANCELED, "expired": Outcome.EXPIRED, "refunded": Outcome.REFUNDED}


def judge(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    """Return how the sale ended, or how its order stands.

    ``sale.order_id`` must be known. Paid takes our id, reference and amount, all present and
    equal; for anything less it is enough that nothing contradicts us. Decided on ``status``
    alone, as documents and live answers disagree on ``status_detail``, save that a refund made
    elsewhere may show up there first.
    """
    if seen.order_id != sale.order_id or seen.reference not in (sale.reference, ""):
        return Standing.FOREIGN
    if seen.status == "processed":
        return _paid(sale, seen)
    if seen.total not in (sale.amount, None):
        return Standing.FOREIGN
    if seen.status == "created":
        return Standing.PAYABLE
    return FINAL.get(seen.status, Standing.UNDECIDED)


def _paid(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    if seen.reference != sale.reference or seen.total is None:
        return Standing.FOREIGN
    if seen.total != sale.amount:
        return Standing.ODD
    return Outcome.REFUNDED if seen.status_detail == "refunded" else Outcome.PAID
