"""What an order that the service described means for our sale. This decides what is paid."""

from __future__ import annotations

from enum import Enum

from kiosk.base.money import Money
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, Sale


class Standing(Enum):
    """How an order stands that has not ended, as far as we know."""

    PAYABLE = "payable"
    UNDECIDED = "undecided"  # a status that we don't know: neither paid nor final
    FOREIGN = "foreign"  # an id, reference or amount that is not ours: it says nothing
    OTHER_CURRENCY = "another currency"  # our order, paid in another currency: it says nothing
    UNPAID = "unpaid"  # our order, processed, but the service says that every payment failed
    OTHER_AMOUNT = "other amount"  # our order, paid, but less than we asked for
    CHARGED_BACK = "charged back"  # our order, paid, but the payer's bank takes the money back


# Our order can't be paid any more, and yet the sale has no outcome.
DOUBTFUL = {
    Standing.OTHER_CURRENCY,
    Standing.UNPAID,
    Standing.OTHER_AMOUNT,
    Standing.CHARGED_BACK,
}
FINAL = {"canceled": Outcome.CANCELED, "expired": Outcome.EXPIRED, "refunded": Outcome.REFUNDED}


def judge(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    """Return how the sale ended, or how its order stands.

    ``sale.order_id`` must be known. Paid needs our id and reference, and an amount: see ``_paid``.
    For every other answer it is enough that nothing contradicts us. Only ``status`` decides,
    because documents and live answers disagree on ``status_detail``; except that a refund made
    elsewhere may be seen there first.
    """
    if seen.order_id != sale.order_id or seen.reference not in (sale.reference, ""):
        return Standing.FOREIGN
    if seen.status == "processed":
        return _processed(sale, seen)
    if seen.total not in (sale.amount, None) and not _is_refund_of_ours(sale, seen):
        return Standing.FOREIGN
    if seen.status == "created":
        return Standing.PAYABLE
    return FINAL.get(seen.status, Standing.UNDECIDED)


def _processed(sale: Sale, seen: OrderSeen) -> Outcome | Standing:
    told = seen.paid_amount if seen.paid_amount is not None else seen.total
    if seen.reference != sale.reference or told is None:
        return Standing.FOREIGN
    if any(it.currency != sale.amount.currency for it in (told, seen.total or told)):
        return Standing.OTHER_CURRENCY
    if seen.payments and all(payment.failed for payment in seen.payments):
        return Standing.UNPAID
    if not _is_enough(sale, seen, told):
        return Standing.OTHER_AMOUNT
    if seen.charged_back:
        return Standing.CHARGED_BACK
    return Outcome.REFUNDED if seen.status_detail == "refunded" else Outcome.PAID


def _is_refund_of_ours(sale: Sale, seen: OrderSeen) -> bool:
    """Whether all of our order was refunded: its total followed the payer's discount or tip."""
    told = seen.paid_amount is not None and seen.reference == sale.reference
    return told and seen.status == "refunded"


def _is_enough(sale: Sale, seen: OrderSeen, told: Money) -> bool:
    """Whether what was asked was paid, or more, or a discounted total that the order offers.

    The payer's tip or cash makes it more. Without a paid amount the order's total decides, and it
    must be exactly what was asked.
    """
    if seen.paid_amount is None:
        return told == sale.amount
    return told.amount >= sale.amount.amount or told in seen.offered
