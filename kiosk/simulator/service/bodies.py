"""An order as the API shows it.

Source: the response fields of the create-order reference and of the migration guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiosk.simulator.service.ids import timestamp
from kiosk.simulator.service.order import Order, OrderStatus, Quirk, Refund, validity
from kiosk.simulator.service.request_rules import total_of

APPLICATION_ID = "1234567890"

Json = dict[str, Any]

# A payment's status_detail, where it differs from the order's.
_PAYMENT_DETAIL = {OrderStatus.CREATED: "ready_to_process", OrderStatus.CANCELED: "canceled_by_api"}


def order_body(order: Order, now: float) -> Json:
    """Return the JSON of an order, as GET answers it."""
    return {
        "id": order.id,
        "user_id": order.account.user_id,
        "type": "qr",
        **_echo(order, "external_reference", "description"),
        "expiration_time": validity(order.request),
        "processing_mode": "automatic",
        **dict(_money(order)),
        "integration_data": {
            "application_id": APPLICATION_ID,
            **order.request.get("integration_data", {}),
        },
        "status": order.status,
        "status_detail": order.detail,
        "created_date": timestamp(order.created_at),
        "last_updated_date": timestamp(order.updated_at),
        "config": {"qr": {"external_pos_id": order.pos, "mode": order.mode}},
        "transactions": dict(_transactions(order, now)),
        **_echo(order, "items", "discounts"),
        **({"type_response": {"qr_data": order.qr_data}} if order.qr_data else {}),
    }


def refund_body(order: Order, now: float) -> Json:
    """Return the JSON that POST refund answers: the order's status and its refunds."""
    return {
        "id": order.id,
        "status": order.status,
        "status_detail": order.detail,
        "transactions": {"refunds": [_refund(order, refund, now) for refund in order.refunds]},
    }


def _echo(order: Order, *names: str) -> Json:
    return {name: order.request[name] for name in names if name in order.request}


def _money(order: Order) -> Iterator[tuple[str, Any]]:
    country = order.account.country
    assert country is not None, "orders have a country"
    total = order.request.get("total_amount", f"{total_of(order.request):f}")
    replaced = order.payment if Quirk.NEW_TOTAL in order.quirks else None
    yield "total_amount", replaced.amount if replaced else total
    if order.payment:
        yield "total_paid_amount", order.payment.amount
    yield "country_code", country.code
    yield "currency", country.currency
    yield from _echo(order, "marketplace_fee").items()


def _transactions(order: Order, now: float) -> Iterator[tuple[str, Any]]:
    refused = [_refused_payment(order)] if Quirk.REFUSED_FIRST in order.quirks else []
    yield "payments", [*refused, dict(_payment(order))]
    if order.cash_out:
        yield "cash_outs", [dict(_cash_out(order))]
    if order.refunds:
        yield "refunds", [_refund(order, refund, now) for refund in order.refunds]


def _payment(order: Order) -> Iterator[tuple[str, Any]]:
    yield "id", order.payment_id
    yield "amount", order.amount
    if paid := order.payment:
        yield "paid_amount", paid.amount
        yield "reference_id", paid.number
        yield "payment_method", {"type": paid.method, "id": paid.method, "installments": 1}
        if paid.amount != order.amount:
            yield "discounts", {"type": paid.method}
    if order.refunds:
        yield "refunded_amount", f"{order.refunded:f}"
    yield "status", order.status
    yield "status_detail", _PAYMENT_DETAIL.get(order.status, order.detail)


def _refused_payment(order: Order) -> Json:
    """Return a payment that failed before the order was paid (seen live)."""
    return {
        "id": order.payment_id[:-1] + ("A" if order.payment_id[-1] != "A" else "B"),
        "amount": order.amount,
        "status": "failed",
        "status_detail": "rejected_by_issuer",
    }


def _cash_out(order: Order) -> Iterator[tuple[str, Any]]:
    """Yield the cash-out. It stays processed: the documents describe no refunded cash-out."""
    status = OrderStatus.PROCESSED if order.status is OrderStatus.REFUNDED else order.status
    yield "id", order.payment_id.replace("PAY", "CSH", 1)
    yield from order.request["transactions"]["cash_outs"][0].items()
    yield "status", status
    yield "status_detail", _PAYMENT_DETAIL.get(status, status)


def _refund(order: Order, refund: Refund, now: float) -> Json:
    """Return a refund. The answer that creates it shows it as processing in any case."""
    return {
        "id": refund.id,
        "transaction_id": order.payment_id,
        "reference_id": refund.number,
        "amount": f"{refund.amount:f}",
        "status": "processing" if now <= refund.done_at else "processed",
    }
