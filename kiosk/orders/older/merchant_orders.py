"""What a search of merchant orders says of an in-store order. Pure.

The older APIs have no status of their own for an order: whoever scans it makes a *merchant order*
with its reference, each scan another one, and one of those gets paid (guide for migrating, "Map
status values"; reference of ``GET /merchant_orders/search``). Until the first scan the search
answers ``"elements": null``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import Currency, Money
from kiosk.orders.answers.order_answer import money_of, parse_json, text_at, value_at

# By (status, order_status) of a merchant order: the Orders API's words for it. What is not listed
# is passed on as it is, and so is neither paid nor final.
_WORDS = {
    ("closed", "paid"): ("processed", "accredited"),
    ("closed", "partially_reverted"): ("processed", "partially_refunded"),
    ("closed", "reverted"): ("refunded", "refunded"),
}
_GOING_ON = {"in_process", "pending", "authorized", "approved", "in_mediation"}
# Of several merchant orders for one reference, the one that says most about the money.
_WEIGHT = {"created": 1, "refunded": 3, "processed": 4}
_UNKNOWN_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that was approved: its number, and how much."""

    id: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an order by its reference, in the Orders API's words.

    ``scanned``: somebody's app has shown it. ``times_paid`` is more than 1 where two payers paid.
    """

    status: str = "created"
    detail: str = "created"
    total: Money | None = None
    scanned: bool = False
    times_paid: int = 0
    payments: tuple[Paid, ...] = ()

    @property
    def being_paid(self) -> bool:
        """Whether a payment is under way."""
        return self.detail == "payment_in_process"


def found(body: bytes, reference: str, currency: Currency) -> Found:
    """Return what the search's answer says; raise OutcomeUnknown if it is no such answer."""
    tree = parse_json(body)
    if not isinstance(tree, dict) or "elements" not in tree:
        raise OutcomeUnknown("the service's answer is no list of merchant orders")
    elements = tree["elements"] if isinstance(tree["elements"], list) else []
    ours = [each for each in elements if text_at(each, "external_reference") == reference]
    if not ours:
        return Found()
    all_found = [_read(each, currency) for each in ours]
    best = max(all_found, key=lambda one: _WEIGHT.get(one.status, _UNKNOWN_WEIGHT))
    going_on = [one for one in all_found if one.being_paid]
    if best.status == "created" and going_on:
        best = going_on[0]
    paid = sum(one.status == "processed" for one in all_found)
    return Found(best.status, best.detail, best.total, True, paid, best.payments)


def _read(element: Any, currency: Currency) -> Found:
    payments = value_at(element, "payments")
    payments = payments if isinstance(payments, list) else []
    code = next(filter(None, (text_at(each, "currency_id") for each in payments)), currency.code)
    status, detail = _words(element, payments)
    return Found(
        status,
        detail,
        money_of(value_at(element, "total_amount"), code),
        payments=tuple(_paid(payments, code)),
    )


def _words(element: Any, payments: Sequence[Any]) -> tuple[str, str]:
    status, order_status = (
        text_at(element, "status"),
        text_at(element, "order_status"),
    )
    if status == "opened":
        going_on = any(text_at(each, "status") in _GOING_ON for each in payments)
        going_on = going_on or order_status == "payment_in_process"
        return "created", "payment_in_process" if going_on else "created"
    if status == "expired":  # this scan came to nothing; another one may still
        return "created", "created"
    return _WORDS.get((status, order_status), (status or "unknown", order_status))


def _paid(payments: Sequence[Any], code: str) -> list[Paid]:
    return [
        Paid(text_at(each, "id"), money_of(value_at(each, "transaction_amount"), code))
        for each in payments
        if text_at(each, "status") == "approved" and text_at(each, "id")
    ]
