"""Merchant orders and payments: how the older APIs show an order after a payer has scanned it.

Before that a search answers ``"elements": null``. Each scan makes another merchant order with the
order's reference. The one whose payer pays is closed; a refused payment leaves it open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kiosk.simulator.older.instore_service import older_account
from kiosk.simulator.older.older_errors import OlderProblem
from kiosk.simulator.older.older_rules import read_body
from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.ids import timestamp
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.order import Order, OrderStatus, Quirk
from kiosk.simulator.service.order_book import OrderBook

Json = dict[str, Any]

_CREATED = 201

SEARCHABLE_FOR = 90 * 86_400.0  # seconds


class MerchantOrders:
    """Search and get merchant orders, get and refund payments in an order book."""

    routes: Mapping[str, Operation] = {
        "GET /merchant_orders/search": Operation.GET,
        "GET /merchant_orders": Operation.GET,
        "GET /merchant_orders/{number}": Operation.GET,
        "GET /v1/payments/{payment}": Operation.GET,
        "POST /v1/payments/{payment}/refunds": Operation.REFUND,
    }

    def __init__(self, order_book: OrderBook) -> None:
        self._order_book = order_book
        self._refunds: dict[tuple[str, str], ApiAnswer] = {}

    def order_id_of(self, call: ApiRequest) -> str:
        """Return the id of the newest order with the call's reference, or an empty text."""
        reference = call.query.get("external_reference")
        for order in self._order_book.stored_orders():
            if order.older and reference == order.request["external_reference"]:
                return order.id
        return ""

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return what the API answers. ``now`` is in Unix seconds."""
        try:
            account = older_account(call, self._order_book.options.country)
            if "payment" in call.path:
                return self._payment(call, account, now)
            return self._search(call, account, now)
        except OlderProblem as problem:
            return ApiAnswer(problem.status, problem.body())

    def _search(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        found = [each for order in self._of(account, now) for each in _merchant_orders(order, now)]
        if "number" in call.path:
            one = [each for each in found if str(each["id"]) == call.path["number"]]
            return _json(200, one[0]) if one else _json(404, {"error": "not_found", "status": 404})
        reference = call.query.get("external_reference")
        ours = [each for each in found if each["external_reference"] == reference]
        answer = {"elements": ours or None, "next_offset": len(ours), "total": len(ours)}
        return _json(200, answer)

    def _payment(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        number = call.path["payment"]
        for order in self._of(account, now):
            if order.payment and order.payment.number == number:
                if call.operation is Operation.REFUND:
                    return self._refund(call, account, order, now)
                return _json(200, next(_payments(order)))
        raise OlderProblem("payment_not_found")

    def _refund(self, call: ApiRequest, account: Account, order: Order, now: float) -> ApiAnswer:
        """Refund an amount or everything. A key under which it was done gets its first answer."""
        name = (order.id, call.key)
        if call.key and name in self._refunds:
            return self._refunds[name]
        answer = self._create_refund(call, account, order, now)
        if answer.status == _CREATED:
            self._refunds[name] = answer
        return answer

    def _create_refund(
        self, call: ApiRequest, account: Account, order: Order, now: float
    ) -> ApiAnswer:
        amount = read_body(call.body or b"{}").get("amount")
        part = None if amount is None else {"id": order.payment_id, "amount": str(amount)}
        try:
            self._order_book.refund(account, order.id, part, now)
        except Problem as problem:
            code = problem.errors[0].code
            return _json(problem.status, {"error": code, "message": code, "status": problem.status})
        refund, payment = order.refunds[-1], order.payment
        assert payment is not None
        return _json(
            _CREATED,
            {
                "id": int(refund.number),
                "payment_id": int(payment.number),
                "amount": refund.amount,
                "status": "in_process" if now < refund.done_at else "approved",
            },
        )

    def _of(self, account: Account, now: float) -> list[Order]:
        return [
            order
            for order in self._order_book.orders(now)
            if order.older is not None
            and order.account.user_id == account.user_id
            and now - order.created_at <= SEARCHABLE_FOR
        ]


def _merchant_orders(order: Order, now: float) -> Iterator[Json]:
    """Yield one merchant order for each scan. Only the last one may be paid."""
    for number in order.scans:
        last = number == order.scans[-1]
        status, order_status = _shown(order) if last else ("opened", "payment_required")
        payments = list(_payments(order)) if last else []
        yield {
            "id": int(number),
            "preference_id": f"{order.account.user_id}-{order.id}",
            "external_reference": order.request["external_reference"],
            "status": status,
            "order_status": order_status,
            "total_amount": Decimal(order.amount),
            "paid_amount": Decimal(order.payment.amount) if last and order.payment else 0,
            "refunded_amount": order.refunded if last else 0,
            "payments": payments,
            "collector": {"id": int(order.account.user_id)},
            "date_created": timestamp(order.created_at),
            "last_updated": timestamp(order.updated_at),
            "cancelled": False,
            "is_test": order.account.test,
            "age": now - order.created_at,
        }


def _shown(order: Order) -> tuple[str, str]:
    """Return the two statuses; a quirk changes those of a paid order."""
    if order.payment and Quirk.LEFT_OPEN in order.quirks:
        return "opened", "payment_required"
    if order.payment and Quirk.UNDEFINED in order.quirks:
        return "closed", "undefined"
    return _standing(order)


def _standing(order: Order) -> tuple[str, str]:
    match order.status:
        case OrderStatus.CREATED:
            return "opened", "payment_in_process" if order.paying else "payment_required"
        case OrderStatus.PROCESSED:
            return "closed", "partially_reverted" if order.refunds else "paid"
        case OrderStatus.REFUNDED:
            return "closed", "reverted"
        case _:
            return "expired", "expired"


def _payments(order: Order) -> Iterator[Json]:
    """Yield the approved payment, if there is one, then the refused ones."""
    country = order.account.country
    assert country is not None, "orders have a country"
    common = {"currency_id": country.currency, "transaction_amount": Decimal(order.amount)}
    if paid := order.payment:
        back = order.status is OrderStatus.REFUNDED
        yield common | {
            "id": int(paid.number),
            "status": "refunded" if back else "approved",
            "status_detail": "refunded" if back else "accredited",
            "total_paid_amount": Decimal(paid.amount),
            "amount_refunded": order.refunded,
            "date_approved": timestamp(paid.at),
        }
    for number in order.rejections:
        detail = "cc_rejected_other_reason"
        yield common | {"id": int(number), "status": "rejected", "status_detail": detail}


def _json(status: int, content: Json) -> ApiAnswer:
    return ApiAnswer(status, json.dumps(content, default=float).encode())
