"""What an order that the service described means for our sale. This decides what is paid."""

from __future__ import annotations

from enum import Enum

from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, Sale


class Standing(Enum):
    """How an order stands that has not ended, as far as we know."""

    PAYABLE = "payable"
    UNDECIDED = "undecided"  # a status that we don't know: neither paid nor final
    FOREIGN = "foreign"  # an id, reference or amount that is not ours: it says nothing
    OTHER_AMOUNT = "other amount"  # our order, paid, but not the amount that we asked for


FINAL = {"canceled": Outcome.CANCELED, "expired": Outcome.EXPIRED, "refunded": Outcome.REFUNDED}


def judge(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    """Return how the sale ended, or how its order stands.

    ``sale.order_id`` must be known. Paid needs our id, reference and amount, all present and
    equal. For every other answer it is enough that nothing contradicts us. Only ``status``
    decides, because documents and live answers disagree on ``status_detail``; except that a
    refund made elsewhere may be seen there first.
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
        return Standing.OTHER_AMOUNT
    return Outcome.REFUNDED if seen.status_detail == "refunded" else Outcome.PAID
