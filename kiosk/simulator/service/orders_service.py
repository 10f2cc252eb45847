"""The Orders API without the wire: one call in, its whole answer out, at a given moment."""

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
    """Create, get, cancel and refund, over a book."""

    routes: Mapping[str, Operation] = {
        "POST /v1/orders": Operation.CREATE,
        "GET /v1/orders/{order_id}": Operation.GET,
        "POST /v1/orders/{order_id}/cancel": Operation.CANCEL,
        "POST /v1/orders/{order_id}/refund": Operation.REFUND,
    }

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._keys = IdempotencyKeys()

    def about(self, call: ApiRequest) -> str:
        """Return the id of the order that a call is about."""
        return call.path.get("order_id", "")

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return what the API would; ``now`` is in Unix seconds."""
        try:
            return self._answer(call, now)
        except Problem as problem:
            return ApiAnswer(problem.status, problem.body())

    def _answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        account = account_of(bearer(call.authorization), self._book.setup.country)
        if call.operation is not Operation.CREATE and not ORDER_ID.fullmatch(call.order_id):
            raise Problem.of("invalid_path_param", call.order_id)
        if call.operation is Operation.GET:
            return ApiAnswer.json(
                200, order_body(self._book.fetch(account, call.order_id, now), now)
            )
        return self._keys.once(call, now, lambda: self._change(call, account, now))

    def _change(self, call: ApiRequest, account: Account, now: float) -> ApiAnswer:
        if call.operation is Operation.CREATE:
            order = self._book.create(account, read_create(call.body, account), now)
            return ApiAnswer.json(201, order_body(order, now))
        if call.operation is Operation.CANCEL:
            order = self._book.cancel(account, call.order_id, now)
            return ApiAnswer.json(200, order_body(order, now))
        order = self._book.refund(account, call.order_id, read_refund(call.body), now)
        return ApiAnswer.json(201, refund_body(order, now))


def bearer(authorization: str) -> str:
    """Return the access token of an Authorization header, or nothing."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
