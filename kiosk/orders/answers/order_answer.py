"""Reads the service's answer about an order of the Orders API. Pure.

Unknown words are kept. Missing, null and extra fields are allowed, and so are numbers in place of
texts. ``kiosk.sale.verdict`` decides what the answer means.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.orders.answers.json_values import (
    list_at,
    money_of,
    parse_json,
    raw_text_at,
    sum_of,
    text_at,
    value_at,
)
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import OrderProblem, Payment

# Ids are used in paths and logs. Production ids have 29 characters, those of test accounts 32.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WORD = 64  # characters of a status, a method or an id; more are cut off
_REFERENCE = 150  # characters; the most that the service takes
MOST = 100  # payments, refunds or discounts of an order; more are not read

REFUND_DONE = {"processed", "approved", "accredited", "refunded"}
REFUND_FAILED = {"failed", "rejected", "canceled", "cancelled"}
_REFUND_UNDERWAY = {"processing", "in_process", "pending", "created"}


@lru_cache(maxsize=1)  # most looks bring the same bytes again
def order_seen(body: bytes, currency: Currency) -> OrderSeen:
    """Return the order in ``body``; raises OutcomeUnknown if there is none.

    ``currency`` is the account's, for an answer without a currency.
    """
    tree = parse_json(body)
    order_id = raw_text_at(tree, "id")
    if not _ID.fullmatch(order_id):
        raise OutcomeUnknown(_("the service's answer has no order with an id"))
    code = currency_of(tree, currency)
    payments = tuple(
        payment_of(each, code) for each in list_at(tree, "transactions", "payments")[:MOST]
    )
    refunds = list_at(tree, "transactions", "refunds")[:MOST]
    return OrderSeen(
        order_id=order_id,
        reference=text_at(tree, "external_reference", longest=_REFERENCE),
        status=word_at(tree, "status"),
        status_detail=word_at(tree, "status_detail"),
        total=money_of(value_at(tree, "total_amount"), code),
        qr_data=raw_text_at(tree, "type_response", "qr_data") or None,
        payments=payments,
        paid=money_of(value_at(tree, "total_paid_amount"), code),
        refunded=_refunded(tree, refunds, code),
        refund_underway=_is_underway(tree, refunds),
        going_back=_going_back(refunds, code),
        charged_back=_is_charged_back(tree, payments),
        offered=_offered(tree, code),
        cash=_cash(tree, code),
        problem=None if code == currency.code else OrderProblem.CURRENCY,
    )


def currency_of(tree: Any, currency: Currency) -> str:
    """Return the code of an answer's currency: its own, or that of the account."""
    return word_at(tree, "currency") or currency.code


def word_at(tree: Any, *path: str) -> str:
    """Return a short text: a status, a method or a number."""
    return text_at(tree, *path, longest=_WORD)


def payment_of(tree: Any, code: str) -> Payment:
    """Return a payment. Its number is ``reference_id``, and ``reference.id`` in notifications."""
    number = word_at(tree, "reference_id") or word_at(tree, "reference", "id")
    return Payment(
        id=number or word_at(tree, "id"),
        status=word_at(tree, "status"),
        amount=money_of(value_at(tree, "amount"), code),
        paid=money_of(value_at(tree, "paid_amount"), code),
        method=word_at(tree, "payment_method", "type") or word_at(tree, "payment_method", "id"),
    )


def refundable_payment(tree: Any, amount: Money) -> str:
    """Return the id of the payment that can give this amount back; empty if there is none.

    The first payment may be one that was refused. If no status is known, the first one that did not
    fail counts.
    """
    code = amount.currency.code
    listed = list_at(tree, "transactions", "payments")[:MOST]
    payments = [(word_at(each, "id"), payment_of(each, code)) for each in listed]
    approved = [each for each in payments if each[1].succeeded]
    candidates = approved or [each for each in payments if not each[1].failed]
    enough = [each for each in candidates if _at_least(each[1].paid or each[1].amount, amount)]
    return next((each[0] for each in enough or candidates), "")


def _at_least(paid: Money | None, amount: Money) -> bool:
    return paid is not None and paid.amount >= amount.amount


def _refunded(tree: Any, refunds: Any, code: str) -> Money | None:
    """Return the sum of the finished refunds, or what the payments say when none is listed."""
    if refunds:
        done = [each for each in refunds if word_at(each, "status") in REFUND_DONE]
        return sum_of([_refund_amount(each, code) for each in done])
    payments = list_at(tree, "transactions", "payments")[:MOST]
    told = [value_at(each, "refunded_amount") for each in payments]
    total = sum_of([money_of(amount, code) for amount in told if amount is not None])
    return total if total is not None and total.amount else None


def _is_underway(tree: Any, refunds: Any) -> bool:
    """Whether a refund is not finished yet. The status of the order comes first, if it says so."""
    if word_at(tree, "status") == "refunded":
        return False
    return any(word_at(each, "status") in _REFUND_UNDERWAY for each in refunds)


def _going_back(refunds: Any, code: str) -> Money | None:
    underway = [each for each in refunds if word_at(each, "status") in _REFUND_UNDERWAY]
    return sum_of([_refund_amount(each, code) for each in underway])


def _refund_amount(refund: Any, code: str) -> Money | None:
    own = word_at(refund, "currency") or word_at(refund, "currency_id")
    return money_of(value_at(refund, "amount"), code) if own in ("", code) else None


def _is_charged_back(tree: Any, payments: tuple[Payment, ...]) -> bool:
    """Whether a payer's bank takes money back (no document says where ``chargebacks`` is)."""
    listed = list_at(tree, "chargebacks") or list_at(tree, "transactions", "chargebacks")
    named = {word_at(tree, "status"), *(payment.status for payment in payments)}
    return bool(listed) or "charged_back" in named


def _cash(tree: Any, code: str) -> Money | None:
    """Return the cash that is handed out. Its status is that of the payment, where it counts."""
    listed = list_at(tree, "transactions", "cash_outs")[:MOST]
    return sum_of([money_of(value_at(each, "amount"), code) for each in listed])


def _offered(tree: Any, code: str) -> tuple[Money, ...]:
    """Return the totals that the order's discounts offer, by payment method."""
    discounts = list_at(tree, "discounts", "payment_methods")[:MOST]
    totals = (money_of(value_at(each, "new_total_amount"), code) for each in discounts)
    return tuple(total for total in totals if total is not None)
