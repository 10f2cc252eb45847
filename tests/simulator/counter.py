"""A counter that calls the fake API without HTTP, for the tests in this folder."""

from __future__ import annotations

import copy
import itertools
import json
from random import Random
from typing import Any

from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.orders_service import OrdersService

TOKEN = "APP_USR-1"
NOON = 1_790_000_000.0  # Unix seconds
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

ORDER: dict[str, Any] = {
    "type": "qr",
    "total_amount": "50.00",
    "description": "Coffee",
    "external_reference": "counter-1_0001",
    "expiration_time": "PT5M",
    "config": {"qr": {"external_pos_id": "COUNTER1", "mode": "dynamic"}},
    "transactions": {"payments": [{"amount": "50.00"}]},
}
ITEM = {"title": "Coffee", "unit_price": "25.00", "quantity": 2, "unit_measure": "unit"}
DISCOUNTS = {"payment_methods": [{"type": "account_money", "new_total_amount": "45.00"}]}
GONE = object()


def order(**changes: Any) -> dict[str, Any]:
    """The usual order, changed: ``order(config__qr__mode="static", description=GONE)``."""
    body = copy.deepcopy(ORDER)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = body
        for parent in parents:
            place = place[parent]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return body


def order_of(amount: str, **changes: Any) -> dict[str, Any]:
    """The usual order for another amount."""
    payments = [{"amount": amount}]
    return order(total_amount=amount, transactions__payments=payments, **changes)


class Counter:
    """A service with its clock, and a caller. A call without a key gets a new one."""

    def __init__(self, setup: ServiceOptions | None = None, seed: int = 1) -> None:
        self.now = NOON
        self.book = OrderBook(Random(seed), setup or ServiceOptions())
        self._service = OrdersService(self.book)
        self._keys = (f"key-{number}" for number in itertools.count())

    def call(
        self,
        operation: Operation,
        order_id: str = "",
        body: Any = b"",
        *,
        key: str | None = None,
        token: str = TOKEN,
    ) -> ApiAnswer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        key = next(self._keys) if key is None else key
        call = ApiRequest(operation, f"Bearer {token}" if token else "", key, order_id, raw)
        return self._service.answer(call, self.now)

    def create(self, body: Any = ORDER, **how: Any) -> ApiAnswer:
        return self.call(Operation.CREATE, body=body, **how)

    def get(self, order_id: str, **how: Any) -> ApiAnswer:
        return self.call(Operation.GET, order_id, **how)

    def cancel(self, order_id: str, **how: Any) -> ApiAnswer:
        return self.call(Operation.CANCEL, order_id, **how)

    def refund(self, order_id: str, body: Any = b"", **how: Any) -> ApiAnswer:
        return self.call(Operation.REFUND, order_id, body, **how)

    def created(self, body: Any = ORDER, **how: Any) -> str:
        answer = self.create(body, **how)
        assert answer.status == 201, answer.body
        return str(read(answer)["id"])

    def paid(self, body: Any = ORDER, **how: Any) -> str:
        order_id = self.created(body, **how)
        self.pay(order_id)
        return order_id

    def pay(self, order_id: str, **how: Any) -> Order:
        return self.book.pay(order_id, self.now, **how)

    def seen(self, order_id: str) -> dict[str, Any]:
        """The order as GET shows it now."""
        body: dict[str, Any] = read(self.get(order_id))
        return body

    def state(self, order_id: str) -> tuple[str, str, str, str]:
        """Status and detail of the order, then of its payment."""
        body = self.seen(order_id)
        payment = body["transactions"]["payments"][0]
        return body["status"], body["status_detail"], payment["status"], payment["status_detail"]


def read(answer: ApiAnswer) -> Any:
    return json.loads(answer.body)


def codes(answer: ApiAnswer) -> list[str]:
    return [error["code"] for error in read(answer)["errors"]]
