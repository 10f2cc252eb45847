"""The payer and their phone: scans the newest order and pays it in the service's order book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import NotPayable, OrderBook


class Payer:
    """A person in front of the panel. ``clock`` returns Unix seconds."""

    def __init__(self, order_book: OrderBook, clock: Callable[[], float]) -> None:
        self._order_book = order_book
        self._clock = clock

    def pay(self, takes: float) -> None:
        """Scan and pay. The order is locked for ``takes`` seconds first. Raises NotPayable."""
        now = self._clock()
        orders = self._order_book.payable(now)
        if not orders:
            raise NotPayable("There is nothing to pay. Key a total first.")
        self._order_book.pay(orders[-1].id, now, takes)

    def newest_order(self) -> dict[str, Any] | None:
        """Return the newest order as the service knows it, or None if there is no order yet."""
        orders = self._order_book.orders(self._clock())
        return _summary(orders[0]) if orders else None


def _summary(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "reference": order.request.get("external_reference"),
        "amount": order.amount,
        "status": order.status,
        "paying": order.paying is not None,
    }
