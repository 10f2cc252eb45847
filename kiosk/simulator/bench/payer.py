"""The payer and his telephone: he scans the newest order, and pays it in the service's book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import NotPayable, OrderBook


class Payer:
    """Someone before the panel. ``clock`` gives Unix seconds."""

    def __init__(self, book: OrderBook, clock: Callable[[], float]) -> None:
        self._book = book
        self._clock = clock

    def pay(self, takes: float) -> None:
        """Scan and pay; he holds the order locked for ``takes`` seconds. Raises NotPayable."""
        now = self._clock()
        orders = self._book.payable(now)
        if not orders:
            raise NotPayable("There is nothing to pay; key a total first.")
        self._book.pay(orders[-1].id, now, takes)

    def sees(self) -> dict[str, Any] | None:
        """Return the newest order as the service knows it; None before there was one."""
        orders = self._book.orders(self._clock())
        return _summary(orders[0]) if orders else None


def _summary(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "reference": order.request.get("external_reference"),
        "amount": order.amount,
        "status": order.status,
        "paying": order.paying is not None,
    }
