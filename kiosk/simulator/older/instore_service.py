"""The older APIs, which assign an order to a point of sale: the dynamic and the attended model.

Their special features: no idempotency keys, no order ids in requests, 204 without a body, the
validity as an absolute date (dynamic) or as a header in seconds (attended), and no cancel for an
order that is not assigned to a point of sale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from kiosk.simulator.older.older_errors import OlderProblem
from kiosk.simulator.older.older_rules import Body, check_full, check_simple, read_body, ttl
from kiosk.simulator.service.accounts import Account, account_of
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.orders_service import bearer

_COLLECTOR = "seller/collectors/{user_id}"
_QRS = f"/instore/orders/qr/{_COLLECTOR}/pos/{{pos}}/qrs"
_HELD = f"/instore/qr/{_COLLECTOR}/pos/{{pos}}/orders"
_STORE = f"/instore/qr/{_COLLECTOR}/stores/{{store}}/pos/{{pos}}/orders"
_FIRST = "/mpmobile/instore/qr/{user_id}/{pos}"
_MODES = {f"POST {_QRS}": "dynamic", f"PUT {_QRS}": "hybrid"}


class InstoreService:
    """Create, get and delete the order of a point of sale in an order book."""

    routes: Mapping[str, Operation] = {
        f"POST {_QRS}": Operation.CREATE,
        f"PUT {_QRS}": Operation.CREATE,
        f"DELETE {_QRS}": Operation.CANCEL,
        f"PUT {_STORE}": Operation.CREATE,
        f"GET {_HELD}": Operation.GET,
        f"DELETE {_HELD}": Operation.CANCEL,
        f"POST {_FIRST}": Operation.CREATE,
        f"DELETE {_FIRST}": Operation.CANCEL,
    }

    def __init__(self, order_book: OrderBook) -> None:
        self._order_book = order_book
        self._latest: dict[str, str] = {}  # the id of the latest order of each point of sale
        self._used: set[str] = set()  # points of sale that have had an order

    def order_id_of(self, call: ApiRequest) -> str:
        """Return the id of the latest order of the call's point of sale, or an empty text."""
        return self._latest.get(call.path["pos"], "")

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return what the API answers. ``now`` is in Unix seconds."""
        try:
            account = older_account(call, self._order_book.options.country)
            self._check_path(call, account)
            return self._answer(call, account, now)
        except OlderProblem as problem:
            return ApiAnswer(problem.status, problem.body())

    def _answer(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        match call.operation:
            case Operation.GET:
                return _json(200, older_order_body(self._printed_order(call, now)))
            case Operation.CANCEL:
                self._delete(call, now)
                return ApiAnswer(204, b"")
            case _:
                return self._create(call, account, now)

    def _check_path(self, call: ApiRequest, account: Account) -> None:
        user_id, pos = call.path["user_id"], call.path["pos"]
        check_user(user_id, self._order_book.options.user_id)
        if not re.fullmatch("[A-Za-z0-9]{1,40}", pos):
            raise OlderProblem("invalid_externalPosId")
        if not re.fullmatch("[A-Za-z0-9_-]{1,60}", call.path.get("store", "x")):
            raise OlderProblem("invalid_externalStoreId")
        if pos in self._order_book.options.deleted_points_of_sale:
            raise OlderProblem("pos_deleted_error")
        if not self._order_book.points_of_sale.has(account, pos):
            creates = call.operation is Operation.CREATE
            raise OlderProblem(
                "pos_obtainment_error" if creates else "pos_obtainment_by_external_id_error"
            )

    def _create(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        body = read_body(call.body)
        if call.route == f"POST {_FIRST}":
            total, valid_for = check_simple(body), ttl(call.headers)
        else:
            valid_for = check_full(body, now, title_required=call.route == f"POST {_QRS}")
            total = body["total_amount"]
        self._check_cash(body)
        mode = _MODES.get(call.route, "static")
        request = _as_orders_api_request(body, total, call.path["pos"], mode, valid_for)
        order = self._order_book.create_older(account, request, body, valid_for, now)
        self._latest[order.pos] = order.id
        if mode != "dynamic":
            self._used.add(order.pos)
        if call.route == f"PUT {_STORE}":
            return ApiAnswer(204, b"")
        if call.route == f"POST {_FIRST}":
            return _json(200, _preference(order, account, total))
        return _json(200, {"in_store_order_id": order.id, "qr_data": order.qr_data})

    def _check_cash(self, body: Body) -> None:
        if body.get("cash_out") and not self._order_book.options.cash_out:
            raise OlderProblem("invalid_amount", "cash_out: the seller may not hand out cash")

    def _printed_order(self, call: ApiRequest, now: float) -> Order:
        pos = call.path["pos"]
        order = self._order_book.printed_order(pos, now)
        if order is None or order.older is None:
            unknown = "point_of_sale_in_store_order_not_found"
            raise OlderProblem("in_store_order_not_found" if pos in self._used else unknown)
        return order

    def _delete(self, call: ApiRequest, now: float) -> None:
        order = self._order_book.printed_order(call.path["pos"], now)
        if order is None or order.older is None:
            raise OlderProblem("in_store_order_delete_error")
        try:
            self._order_book.cancel(order.account, order.id, now)
        except Problem as problem:
            raise OlderProblem("in_store_order_locked") from problem


def older_account(call: ApiRequest, country: str) -> Account:
    """Return the account behind the token of a call, or raise OlderProblem."""
    try:
        return account_of(bearer(call.authorization), country)
    except Problem as problem:
        raise OlderProblem("invalid_access_token") from problem


def check_user(user_id: str, ours: str) -> None:
    """Raise OlderProblem if the path has no user number, or not ``ours`` (if that is set)."""
    if not re.fullmatch("[0-9]+", user_id):
        raise OlderProblem("invalid_collectorId")
    if ours and user_id != ours:
        raise OlderProblem("forbidden")


def older_order_body(order: Order) -> Body:
    """Return the order as the older APIs show it: its fields, without an id."""
    assert order.older is not None
    return dict(order.older)


def _as_orders_api_request(
    body: Body, total: Decimal, pos: str, mode: str, valid_for: float
) -> Body:
    """Return the create request of the Orders API for the same order, for the order book."""
    amount = f"{total:f}" if total == round(total) else f"{total:.2f}"
    return {
        "type": "qr",
        "external_reference": body["external_reference"],
        "description": body.get("description", body.get("title", "")),
        "total_amount": amount,
        "expiration_time": f"PT{int(valid_for)}S",
        "config": {"qr": {"external_pos_id": pos, "mode": mode}},
        "transactions": {"payments": [{"amount": amount}]},
    }


def _preference(order: Order, account: Account, total: Decimal) -> Body:
    assert order.older is not None
    return {
        "id": f"{account.user_id}-{order.id}",
        "collector_id": int(account.user_id),
        "operation_type": "regular_payment",
        "external_reference": order.older["external_reference"],
        "notification_url": order.older.get("notification_url"),
        "items": order.older["items"],
        "total_amount": total,
        "amount": total,
    }


def _json(status: int, content: Body) -> ApiAnswer:
    return ApiAnswer(status, json.dumps(content, default=float).encode())
