"""The older APIs of the strict service: orders on a point of sale, and merchant orders.

It is written from the documents of the dynamic and the attended model and the guide for migrating.
An order's ``tree`` is its merchant order; a search finds it when a payer has begun to pay.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.e2e.strict_documents import ATTENDED_FIELDS, INSTORE_FIELDS, faults_of, qr_string
from tests.e2e.strict_http import Answer, Request
from tests.e2e.strict_service import Order, StrictService

SELLER = "seller/collectors/446566691"
DYNAMIC = f"/instore/orders/qr/{SELLER}/pos/COUNTER1/qrs"
ON_POS = f"/instore/qr/{SELLER}/pos/COUNTER1/orders"
ATTENDED = "/mpmobile/instore/qr/446566691/COUNTER1"
ATTENDED_2 = f"/instore/qr/{SELLER}/stores/STORE1/pos/COUNTER1/orders"


def older_error(status: int, code: str) -> Answer:
    """Return an error in the form of the older APIs."""
    return Answer(status, {"error": code, "message": code, "status": status, "causes": []})


class StrictOlderService(StrictService):
    """The service that has orders without ids."""

    def __init__(self, *scripts: Any, token: str = "APP_USR-strict") -> None:
        super().__init__(*scripts, token=token)
        self.on_pos = ""  # the reference of the order that the printed code shows

    def pay(self, order: Order, paid: str | None = None, **fields: Any) -> None:
        """Pay the order: its merchant order closes."""
        with self.lock:
            amount = float(paid or order.tree["total_amount"])
            payment = {"id": 987, "status": "approved", "transaction_amount": amount}
            payment |= {"currency_id": "ARS", "payment_type_id": "account_money"}
            order.tree.update(status="closed", order_status="paid", paid_amount=amount)
            order.tree.update(payments=[payment], scanned=True)
            order.tree.update(fields)
            self.on_pos = "" if self.on_pos == order.id else self.on_pos

    def routed(self, request: Request, path: str, query: Mapping[str, list[str]]) -> Answer:
        match request.method, path:
            case "GET", "/merchant_orders/search":
                return self._search(request, query.get("external_reference", [""])[0])
            case "POST", p if p.startswith("/v1/payments/") and p.endswith("/refunds"):
                return self._refund_payment(request, p.split("/")[3])
            case ("POST" | "PUT", p) if p == DYNAMIC:
                return self._put(request, INSTORE_FIELDS, qr=True)
            case "POST", p if p == ATTENDED:
                return self._put(request, ATTENDED_FIELDS, qr=False)
            case "PUT", p if p == ATTENDED_2:
                return self._put(request, INSTORE_FIELDS, qr=False)
            case "GET", p if p == ON_POS:
                return self._get_on_pos()
            case "DELETE", p if p in (DYNAMIC, ON_POS, ATTENDED):
                return self._delete(request)
        return super().routed(request, path, query)

    def _put(self, request: Request, form: dict[str, Any], *, qr: bool) -> Answer:
        wanted = json.loads(request.body, parse_float=Decimal)
        faults = [*faults_of(wanted, form), *_sums(wanted)]
        if form is ATTENDED_FIELDS and not request.header("x-ttl-store-preference").isdigit():
            faults.append("X-Ttl-Store-Preference is missing")
        if faults:
            self.violates(request, "; ".join(faults))
            return older_error(400, "invalid_body")
        reference = wanted["external_reference"]
        return self.twisted(
            "create", reference, request, lambda: self._made(request, wanted, qr=qr)
        )

    def _made(self, request: Request, wanted: dict[str, Any], *, qr: bool) -> Answer:
        reference = wanted["external_reference"]
        total = float(sum(it["unit_price"] * it["quantity"] for it in wanted["items"]))
        tree = {"id": reference, "external_reference": reference, "total_amount": total}
        tree |= {"status": "opened", "order_status": "payment_required", "payments": []}
        tree |= {"paid_amount": 0, "refunded_amount": 0, "scanned": False}
        tree |= {"qr_data": qr_string()} if qr else {}
        self.orders.setdefault(reference, Order(tree, time.monotonic() + 600))
        if request.method == "PUT" or not qr:
            self.on_pos = reference
        if not qr and request.method == "PUT":
            return Answer(204)
        if not qr:
            return Answer(200, {"id": f"1-{secrets.token_hex(8)}", "external_reference": reference})
        shown = self.orders[reference].tree["qr_data"] = tree["qr_data"]
        return Answer(200, {"in_store_order_id": secrets.token_hex(16), "qr_data": shown})

    def _search(self, request: Request, reference: str) -> Answer:
        order = self.orders.get(reference)

        def honest() -> Answer:
            if order is None or not order.tree["scanned"]:
                return Answer(200, {"elements": None, "next_offset": 0, "total": 0})
            return Answer(200, {"elements": [order.tree], "next_offset": 1, "total": 1})

        return self.twisted("look", reference, request, honest) if order else honest()

    def _get_on_pos(self) -> Answer:
        if not self.on_pos:
            return older_error(404, "point_of_sale_in_store_order_not_found")
        return Answer(200, {"external_reference": self.on_pos})

    def _delete(self, request: Request) -> Answer:
        if request.body:
            self.violates(request, "a DELETE with a body")
        reference = self.on_pos

        def honest() -> Answer:
            self.on_pos = ""
            return Answer(204) if reference else older_error(400, "in_store_order_delete_error")

        return self.twisted("cancel", reference, request, honest) if reference else honest()

    def _refund_payment(self, request: Request, payment: str) -> Answer:
        if not request.header("x-idempotency-key"):
            self.violates(request, "a refund without a key")
        order = next((it for it in self.orders.values() if it.tree["payments"]), None)
        if order is None or payment != str(order.tree["payments"][0]["id"]):
            return older_error(404, "payment_not_found")
        order.tree.update(order_status="reverted", refunded_amount=order.tree["paid_amount"])
        return Answer(201, {"id": 1, "payment_id": payment, "status": "approved"})


def _sums(wanted: Any) -> list[str]:
    """Return what the document of the dynamic model does not allow of the totals."""
    items = wanted.get("items", []) if isinstance(wanted, dict) else []
    if "total_amount" not in wanted:
        return []
    total = sum(item.get("total_amount", 0) for item in items)
    return [] if total == wanted["total_amount"] else ["the items do not add up to the total"]
