"""Points of sale: those that are there from the start, for any account, and those created here."""

from __future__ import annotations

from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.order import Order, OrderStatus


class PointsOfSale:
    """Whose they are, and what the printed code of each leads to."""

    def __init__(self, anybodys: frozenset[str]) -> None:
        self._anybodys = anybodys
        self._owners: dict[str, str] = {}
        self._printed: dict[str, Order] = {}

    def open(self, account: Account, pos: str) -> None:
        """Let the account have a new point of sale."""
        self._owners[pos] = account.user_id

    def known_to(self, account: Account, pos: str) -> bool:
        """Whether this account has this point of sale."""
        if pos in self._owners:
            return self._owners[pos] == account.user_id
        return pos in self._anybodys

    def lead_to(self, order: Order) -> None:
        """Let the printed code lead to the order, unless it has only a code of its own."""
        if order.mode != "dynamic":
            self._printed[order.pos] = order

    def latest(self, pos: str) -> Order | None:
        """Return the order that the printed code was last given, whatever became of it."""
        return self._printed.get(pos)

    def held(self, pos: str) -> Order | None:
        """Return the order that the printed code leads to, if nobody has paid it yet."""
        order = self._printed.get(pos)
        return order if order and order.status is OrderStatus.CREATED else None

    def shows(self, order: Order) -> bool:
        """A static order is seen through the printed code only, which shows the latest one."""
        return order.mode != "static" or self._printed[order.pos] is order
