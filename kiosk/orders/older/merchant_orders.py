"""The state of an order of the older APIs, from a search of its merchant orders. Pure.

The older APIs have no status for an order. Each scan of it creates a *merchant order* with its
reference, and one of those is paid (guide for migrating, "Map status values"; reference of
``GET /merchant_orders/search``). Before the first scan the answer is ``"elements": null``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.orders.answers.json_values import (
    list_at,
    money_of,
    parse_json,
    sum_of,
    text_at,
    value_at,
)
from kiosk.orders.answers.order_answer import MOST, word_at
from kiosk.sale.words import Payment

# The Orders API's words by the (status, order_status) of a merchant order. Any other pair is passed
# on as it is: it is neither paid nor final.
_WORDS = {
    ("closed", "paid"): ("processed", "accredited"),
    ("closed", "partially_reverted"): ("processed", "partially_refunded"),
    ("closed", "reverted"): ("refunded", "refunded"),
}
# The Orders API's own words say nothing here: no document has them for a merchant order.
_WORDS_OF_ORDERS = {"created", "processed", "canceled", "expired", "refunded"}
_GOING_ON = {"in_process", "pending", "authorized", "approved", "in_mediation"}
# Of several merchant orders for one reference, the one with the greatest weight counts.
_WEIGHT = {"created": 1, "refunded": 3, "processed": 5}
_UNKNOWN_WEIGHT = 2
_PAID_WEIGHT = 4  # of one with an unknown status and an approved payment


@frozen
class SearchResult:
    """The state of an order, in the Orders API's words.

    ``scanned``: an app has shown it. ``times_paid`` is more than 1 if two payers have paid.
    ``payments`` are those of the merchant order that counts, with the refused ones.
    """

    status: str = "created"
    detail: str = "created"
    total: Money | None = None
    scanned: bool = False
    times_paid: int = 0
    payments: tuple[Payment, ...] = ()
    paid: Money | None = None
    refunded: Money | None = None

    @property
    def being_paid(self) -> bool:
        """Whether a payment is in progress."""
        return self.detail == "payment_in_process"

    @property
    def approved(self) -> tuple[Payment, ...]:
        """The payments that can be refunded."""
        return tuple(each for each in self.payments if each.status == "approved" and each.id)

    def payment_for(self, amount: Money) -> Payment:
        """Return the approved payment that can give this amount back, else the first one."""
        enough = (one for one in self.approved if one.paid and one.paid.amount >= amount.amount)
        return next(enough, self.approved[0])

    @property
    def charged_back(self) -> bool:
        """Whether a payer's bank takes money back."""
        return any(payment.status == "charged_back" for payment in self.payments)

    @property
    def weight(self) -> int:
        """The rank among several merchant orders of one reference."""
        unknown = _PAID_WEIGHT if self.approved else _UNKNOWN_WEIGHT
        return _WEIGHT.get(self.status, unknown)


def read_search(body: bytes, reference: str, currency: Currency) -> SearchResult:
    """Read the answer of a search; raises OutcomeUnknown if it is not one."""
    tree = parse_json(body)
    if not isinstance(tree, dict) or "elements" not in tree:
        raise OutcomeUnknown(_("the service's answer is not a list of merchant orders"))
    found = list_at(tree, "elements")
    ours = [each for each in found if text_at(each, "external_reference") == reference]
    if not ours:
        return SearchResult()
    all_found = [_read(each, currency) for each in ours]
    best = max(all_found, key=lambda one: one.weight)
    going_on = [one for one in all_found if one.being_paid]
    if best.status == "created" and going_on:
        best = going_on[0]
    paid = sum(one.weight >= _PAID_WEIGHT for one in all_found)
    return replace(best, scanned=True, times_paid=paid)


def _read(element: Any, currency: Currency) -> SearchResult:
    found = list_at(element, "payments")[:MOST]
    code = next(filter(None, (word_at(each, "currency_id") for each in found)), currency.code)
    payments = tuple(_payment(each, word_at(each, "currency_id") or code) for each in found)
    total = money_of(value_at(element, "total_amount"), code)
    status, detail = _words(element, payments, total)
    return SearchResult(
        status,
        detail,
        total,
        payments=payments,
        paid=_above_zero(value_at(element, "paid_amount"), code),
        refunded=_above_zero(value_at(element, "refunded_amount"), code) or _sent_back(found, code),
    )


def _words(element: Any, payments: Sequence[Payment], total: Money | None) -> tuple[str, str]:
    status, order_status = word_at(element, "status"), word_at(element, "order_status")
    if status == "opened":
        if _is_covered(payments, total):
            # Paid in full, but left open (seen live): it is not payable, and nobody says paid.
            return status, order_status
        going_on = any(payment.status in _GOING_ON for payment in payments)
        going_on = going_on or order_status == "payment_in_process"
        return "created", "payment_in_process" if going_on else "created"
    took_money = any(payment.succeeded for payment in payments)
    if status == "expired" and not took_money:  # this scan led to no payment; another one may
        return "created", "created"
    if status in _WORDS_OF_ORDERS:
        return "unknown", f"{status} {order_status}".rstrip()
    return _WORDS.get((status, order_status), (status or "unknown", order_status))


def _is_covered(payments: Sequence[Payment], total: Money | None) -> bool:
    """Whether the approved payments are as much as the total, or more."""
    paid = sum_of([payment.paid for payment in payments if payment.status == "approved"])
    if paid is None or total is None or paid.currency != total.currency:
        return False
    return paid.amount >= total.amount


def _payment(tree: Any, code: str) -> Payment:
    """Return a payment. ``total_paid_amount`` is not read: it has the payer's interest in it."""
    amount = money_of(value_at(tree, "transaction_amount"), code)
    status = word_at(tree, "status")
    payment = Payment(word_at(tree, "id"), status, amount, None, _method(tree))
    return replace(payment, paid=amount) if payment.succeeded else payment


def _method(tree: Any) -> str:
    return word_at(tree, "payment_type_id") or word_at(tree, "payment_method_id")


def _sent_back(payments: Sequence[Any], code: str) -> Money | None:
    """Return the sum of what the payments say was refunded; None if they say nothing or zero."""
    told = [(value_at(each, "amount_refunded"), word_at(each, "currency_id")) for each in payments]
    total = sum_of([money_of(it, own or code) for it, own in told if it is not None])
    return total if total is not None and total.amount else None


def _above_zero(value: Any, code: str) -> Money | None:
    """Return the amount; None for zero, which stands there too where nothing is known."""
    amount = money_of(value, code)
    return amount if amount is not None and amount.amount else None
