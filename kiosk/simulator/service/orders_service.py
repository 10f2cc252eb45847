"""The Orders API without HTTP: takes a call at a given time and returns its complete answer."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.simulator.service.accounts import Account, account_of
from kiosk.simulator.service.bodies import order_body, refund_body
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.idempotency_keys import IdempotencyKeys
from kiosk.simulator.service.ids import ORDER_ID
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.request_rules import read_create, read_refund


class OrdersService:
    """Create, get, cancel and refund orders in an order book."""

    routes: Mapping[str, Operation] = {
        "POST /v1/orders": Operation.CREATE,
        "GET /v1/orders/{order_id}": Operation.GET,
        "POST /v1/orders/{order_id}/cancel": Operation.CANCEL,
        "POST /v1/orders/{order_id}/refund": Operation.REFUND,
    }

    def __init__(self, order_book: OrderBook) -> None:
        self._order_book = order_book
        self._keys = IdempotencyKeys()

    def order_id_of(self, call: ApiRequest) -> str:
        """Return the id of the order of a call, or an empty text."""
        return call.path.get("order_id", "")

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return what the API answers. ``now`` is in Unix seconds."""
        try:
            return self._answer(call, now)
        except Problem as problem:
            return ApiAnswer(problem.status, problem.body())

    def _answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        account = account_of(bearer(call.authorization), self._order_book.options.country)
        if call.operation is not Operation.CREATE and not ORDER_ID.fullmatch(call.order_id):
            raise Problem.of("invalid_path_param", call.order_id)
        if call.operation is Operation.GET:
            return ApiAnswer.json(
                200, order_body(self._order_book.fetch(account, call.order_id, now), now)
            )
        return self._keys.once(call, now, lambda: self._change(call, account, now))

    def _change(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        if call.operation is Operation.CREATE:
            order = self._order_book.create(account, read_create(call.body, account), now)
            return ApiAnswer.json(201, order_body(order, now))
        if call.operation is Operation.CANCEL:
            order = self._order_book.cancel(account, call.order_id, now)
            return ApiAnswer.json(200, order_body(order, now))
        order = self._order_book.refund(account, call.order_id, read_refund(call.body), now)
        return ApiAnswer.json(201, refund_body(order, now))


def bearer(authorization: str) -> str:
    """Return the access token of an Authorization header, or an empty text."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
