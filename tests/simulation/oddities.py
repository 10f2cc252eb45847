"""What the service says of some orders, beyond its documents: other amounts, late money, no end."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from random import Random
from typing import Any

import httpx

from kiosk.simulator.service.messages import ApiRequest
from kiosk.simulator.service.order import Order, OrderStatus, Quirk
from kiosk.simulator.service.order_book import OrderBook


class Oddity(Enum):
    """What is odd about an order that was paid."""

    TIP = "a tip was paid too"
    LESS = "less was paid"
    ALL_FAILED = "it is processed, and every payment failed"
    REFUSED_FIRST = "a payment was refused before the good one"
    LATE = "it was paid after its end"


class Oddities:
    """Changes the service's answers about the orders that are odd."""

    def __init__(self, rng: Random, book: OrderBook) -> None:
        self._rng, self._book = rng, book
        self.of: dict[str, Oddity] = {}  # by the order's id
        self.refunded_elsewhere: set[str] = set()

    def pay(self, order: Order, now: float, takes: float) -> str:
        """Pay the order, perhaps in an odd way; return what is odd. Raises NotPayable."""
        usual = (None, None, None, None, None, None)
        odd = self._rng.choice(
            (*usual, Oddity.TIP, Oddity.LESS, Oddity.ALL_FAILED, Oddity.REFUSED_FIRST)
        )
        quirks = frozenset({Quirk.REFUSED_FIRST} if odd is Oddity.REFUSED_FIRST else ())
        self._book.pay(order.id, now, takes, quirks=quirks)
        if odd:
            self.of[order.id] = odd
        return odd.value if odd else ""

    def pay_after_the_end(self, order: Order) -> None:
        """Let the payment of a payer who had opened the pay screen arrive after the end."""
        self.of[order.id] = Oddity.LATE

    def spoil(self, call: ApiRequest, response: httpx.Response) -> httpx.Response:
        """Return the answer as the service gives it about an odd order."""
        odd = self.of.get(call.order_id)
        if odd is None or response.status_code >= 300:
            return response
        tree = json.loads(response.content)
        if (
            "total_amount" not in tree
        ):  # the answer to a refund, which does not tell the whole order
            return response
        change = CHANGES.get(odd)
        if change and tree.get("status") in (OrderStatus.PROCESSED, *_ENDED[odd is Oddity.LATE]):
            change(tree)
        return httpx.Response(response.status_code, json=tree, headers=_without_length(response))


_ENDED = {False: (), True: (OrderStatus.CANCELED, OrderStatus.EXPIRED)}


def _without_length(response: httpx.Response) -> dict[str, str]:
    return {name: text for name, text in response.headers.items() if name != "content-length"}


def _paid(tree: Any, amount: str) -> None:
    tree["total_paid_amount"] = amount
    for payment in tree["transactions"]["payments"]:
        payment["paid_amount"] = amount


def _tip(tree: Any) -> None:
    tree["total_amount"] = f"{float(tree['total_amount']) + 5:.2f}"
    _paid(tree, tree["total_amount"])


def _all_failed(tree: Any) -> None:
    for payment in tree["transactions"]["payments"]:
        payment["status"] = "failed"


def _late(tree: Any) -> None:
    tree["status"], tree["status_detail"] = "processed", "accredited"
    for payment in tree["transactions"]["payments"]:
        payment["status"] = "processed"
    _paid(tree, tree["total_amount"])


CHANGES: dict[Oddity, Callable[[Any], None]] = {
    Oddity.TIP: _tip,
    Oddity.LESS: lambda tree: _paid(tree, "1.00"),
    Oddity.ALL_FAILED: _all_failed,
    Oddity.LATE: _late,
}
