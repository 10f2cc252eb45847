"""Points of sale: those of the options, for every account, and those created by an account."""

from __future__ import annotations

from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.order import Order, OrderStatus


class PointsOfSale:
    """The owner of each point of sale, and the order behind its printed code."""

    def __init__(self, shared: frozenset[str]) -> None:
        self._shared = shared
        self._owners: dict[str, str] = {}
        self._printed: dict[str, Order] = {}

    def add(self, account: Account, pos: str) -> None:
        """Give the account a new point of sale."""
        self._owners[pos] = account.user_id

    def has(self, account: Account, pos: str) -> bool:
        """Whether this account has this point of sale."""
        if pos in self._owners:
            return self._owners[pos] == account.user_id
        return pos in self._shared

    def assign(self, order: Order) -> None:
        """Put the order behind the printed code, unless it has only a QR of its own."""
        if order.mode != "dynamic":
            self._printed[order.pos] = order

    def latest_order(self, pos: str) -> Order | None:
        """Return the last order that was put behind the printed code, whatever its status."""
        return self._printed.get(pos)

    def unpaid_order(self, pos: str) -> Order | None:
        """Return the order behind the printed code, if its status is created."""
        order = self._printed.get(pos)
        return order if order and order.status is OrderStatus.CREATED else None

    def leads_to(self, order: Order) -> bool:
        """Whether a payer can reach the order. A printed code leads to its latest order only."""
        return order.mode != "static" or self._printed[order.pos] is order
