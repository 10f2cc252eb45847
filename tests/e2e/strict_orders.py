"""The Orders API of the strict service, from its create-order document and the migration guide."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from tests.e2e.strict_documents import ORDER_FIELDS, faults_of, qr_string, seconds_of
from tests.e2e.strict_http import Answer, Request
from tests.e2e.strict_service import Order, StrictService, error

NO_ORDER = {"errors": [{"code": "order_not_found", "message": "The order was not found."}]}


class StrictOrdersService(StrictService):
    """The service that has orders with ids, keys and a status."""

    def pay(self, order: Order, paid: str | None = None, **fields: Any) -> None:
        """Pay the order in the payer's app, as a look shows it."""
        with self.lock:
            order.become("processed", "accredited")
            amount = paid or order.tree["total_amount"]
            order.tree["total_paid_amount"] = amount
            order.tree["transactions"]["payments"][0].update(
                paid_amount=amount,
                reference_id=f"{160_458_130_000 + len(self.requests)}",
                payment_method={"type": "account_money", "id": "account_money", "installments": 1},
            )
            order.tree.update(fields)

    def routed(self, request: Request, path: str, query: Mapping[str, list[str]]) -> Answer:
        match [request.method, *path.strip("/").split("/")]:
            case ["POST", "v1", "orders"]:
                return self._create(request)
            case ["GET", "v1", "orders", order_id]:
                return self._about(request, order_id, "look")
            case ["POST", "v1", "orders", order_id, ("cancel" | "refund") as kind]:
                return self._about(request, order_id, kind)
        return super().routed(request, path, query)

    def _create(self, request: Request) -> Answer:
        try:
            tree = json.loads(request.body)
        except ValueError:
            self.violates(request, "the body is not JSON")
            return error(400, "json_syntax_error")
        if not self.has_key(request):
            return error(400, "empty_required_header")
        if request.header("content-type").split(";")[0] != "application/json":
            self.violates(request, "the content type is not application/json")
        faults = list(faults_of(tree, ORDER_FIELDS))
        if faults:
            self.violates(request, "; ".join(faults))
            return error(400, "property_value", faults[0])
        reference = tree["external_reference"]
        return self.twisted("create", reference, request, lambda: self._created(request, tree))

    def _created(self, request: Request, wanted: dict[str, Any]) -> Answer:
        earlier = self.earlier(request)
        if earlier:
            return earlier
        reference = wanted["external_reference"]
        if any(it.tree["external_reference"] == reference for it in self.orders.values()):
            self.violates(request, f"{reference} has an order already, under another key")
        order = Order(new_order(wanted), time.monotonic() + seconds_of(wanted["expiration_time"]))
        self.orders[order.id] = order
        return self.remember(request, Answer(201, json.loads(json.dumps(order.tree))))

    def _about(self, request: Request, order_id: str, kind: str) -> Answer:
        if request.method == "GET" and request.body:
            self.violates(request, "a GET with a body")
        if kind != "look" and not self.has_key(request):
            return error(400, "empty_required_header")
        order = self.orders.get(order_id)
        if not order_id.startswith("ORD") or len(order_id) != 29:
            self.violates(request, "the id of an order has ORD and 26 characters")
            return error(400, "invalid_path_param")
        if order is None:
            return Answer(404, NO_ORDER)
        if order.status == "created" and time.monotonic() >= order.expires_at:
            order.become("expired")
        honest = {"look": self._look, "cancel": self._cancel, "refund": self._refund}[kind]
        reference = order.tree["external_reference"]
        return self.twisted(kind, reference, request, lambda: honest(request, order))

    def _look(self, _: Request, order: Order) -> Answer:
        return Answer(200, json.loads(json.dumps(order.tree)))

    def _cancel(self, request: Request, order: Order) -> Answer:
        if earlier := self.earlier(request):
            return earlier
        if order.status != "created":
            return error(409, "order_already_canceled", "Only a created order can be canceled.")
        order.become("canceled")
        return self.remember(request, self._look(request, order))

    def _refund(self, request: Request, order: Order) -> Answer:
        """Refund the order, all that is left or a part of a payment (documents: 201)."""
        if earlier := self.earlier(request):
            return earlier
        if order.status != "processed":
            return error(409, "cannot_refund_order")
        payments = order.tree["transactions"]["payments"]
        good = next((it for it in payments if it["status"] == "processed"), payments[0])
        amount = good.get("paid_amount", good["amount"])
        if request.body:
            (wanted,) = json.loads(request.body)["transactions"]
            if wanted["id"] != good["id"]:
                self.violates(request, "the payment was not approved")
                return error(404, "transaction_not_found")
            amount = wanted["amount"]
        refund = {"id": f"REF{secrets.token_hex(13).upper()}", "transaction_id": good["id"]}
        refund |= {"amount": amount, "status": "processing"}
        order.tree["transactions"].setdefault("refunds", []).append(refund)
        return self.remember(request, Answer(201, json.loads(json.dumps(order.tree))))


def new_order(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the order that a create makes, in the form of the create-order document."""
    tree = {
        **wanted,
        "id": f"ORD{secrets.token_hex(13).upper()}",
        "user_id": "5238400195",
        "processing_mode": "automatic",
        "country_code": "ARG",
        "status": "created",
        "status_detail": "created",
        "currency": "ARS",
        "created_date": "2026-11-26T14:26:42.109Z",
        "last_updated_date": "2026-11-26T14:26:42.109Z",
        "transactions": json.loads(json.dumps(wanted["transactions"])),
    }
    for payment in tree["transactions"]["payments"]:
        payment |= {"id": f"PAY{secrets.token_hex(13).upper()}", "status": "created"}
        payment["status_detail"] = "ready_to_process"
    if wanted["config"]["qr"]["mode"] != "static":
        tree["type_response"] = {"qr_data": qr_string()}
    return tree
