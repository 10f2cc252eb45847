"""The state of an order of the older APIs, from a search of its merchant orders. Pure.

The older APIs have no status for an order. Each scan of it creates a *merchant order* with its
reference, and one of those is paid (guide for migrating, "Map status values"; reference of
``GET /merchant_orders/search``). Before the first scan the answer is ``"elements": null``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import Currency, Money
from kiosk.orders.answers.order_answer import money_of, parse_json, text_at, value_at

# The Orders API's words by the (status, order_status) of a merchant order. Any other pair is passed
# on as it is: it is neither paid nor final.
_WORDS = {
    ("closed", "paid"): ("processed", "accredited"),
    ("closed", "partially_reverted"): ("processed", "partially_refunded"),
    ("closed", "reverted"): ("refunded", "refunded"),
}
_GOING_ON = {"in_process", "pending", "authorized", "approved", "in_mediation"}
# Of several merchant orders for one reference, the one with the greatest weight counts.
_WEIGHT = {"created": 1, "refunded": 3, "processed": 4}
_UNKNOWN_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class ApprovedPayment:
    """An approved payment: its number and its amount."""

    id: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The state of an order, in the Orders API's words.

    ``scanned``: an app has shown it. ``times_paid`` is more than 1 if two payers have paid.
    """

    status: str = "created"
    detail: str = "created"
    total: Money | None = None
    scanned: bool = False
    times_paid: int = 0
    payments: tuple[ApprovedPayment, ...] = ()

    @property
    def being_paid(self) -> bool:
        """Whether a payment is in progress."""
        return self.detail == "payment_in_process"


def read_search(body: bytes, reference: str, currency: Currency) -> SearchResult:
    """Read the answer of a search; raises OutcomeUnknown if it is not one."""
    tree = parse_json(body)
    if not isinstance(tree, dict) or "elements" not in tree:
        raise OutcomeUnknown("the service's answer is not a list of merchant orders")
    elements = tree["elements"] if isinstance(tree["elements"], list) else []
    ours = [each for each in elements if text_at(each, "external_reference") == reference]
    if not ours:
        return SearchResult()
    all_found = [_read(each, currency) for each in ours]
    best = max(all_found, key=lambda one: _WEIGHT.get(one.status, _UNKNOWN_WEIGHT))
    going_on = [one for one in all_found if one.being_paid]
    if best.status == "created" and going_on:
        best = going_on[0]
    paid = sum(one.status == "processed" for one in all_found)
    return SearchResult(best.status, best.detail, best.total, True, paid, best.payments)


def _read(element: Any, currency: Currency) -> SearchResult:
    payments = value_at(element, "payments")
    payments = payments if isinstance(payments, list) else []
    code = next(filter(None, (text_at(each, "currency_id") for each in payments)), currency.code)
    status, detail = _words(element, payments)
    return SearchResult(
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
    if status == "expired":  # this scan led to no payment; another one still may
        return "created", "created"
    return _WORDS.get((status, order_status), (status or "unknown", order_status))


def _paid(payments: Sequence[Any], code: str) -> list[ApprovedPayment]:
    return [
        ApprovedPayment(text_at(each, "id"), money_of(value_at(each, "transaction_amount"), code))
        for each in payments
        if text_at(each, "status") == "approved" and text_at(each, "id")
    ]
