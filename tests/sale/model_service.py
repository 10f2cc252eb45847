"""A payment service and a journal in a few lines each: what the real ones would hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen
from kiosk.sale.words import Item, Outcome, Sale, Unknown, UntoldResult
from tests.support.play import QR

VALIDITY = 300.0  # seconds


def total(items: Iterable[Item]) -> Decimal:
    return sum((item.price.amount * item.quantity for item in items), Decimal(0))


@dataclass
class ModelService:
    """The payment service: orders by id, and at most one for each reference."""

    orders: dict[str, OrderSeen] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)

    def carry_out(self, effect: Effect, sales: dict[str, Sale], now: float) -> Event:
        for order_id, order in self.orders.items():
            if order.status == "created" and now >= self.until[order_id]:
                self.orders[order_id] = replace(order, status="expired")
        match effect:
            case do.CreateOrder(reference):
                made = [order for order in self.orders.values() if order.reference == reference]
                if not made:
                    order_id = f"ORD{len(self.orders) + 1}"
                    total = sales[reference].amount
                    self.orders[order_id] = OrderSeen(order_id, reference, "created", total, "", QR)
                    self.until[order_id] = now + VALIDITY
                    made = [self.orders[order_id]]
                return made[0]
            case do.LookLater(reference, order_id, ask):
                questions: dict[str, Effect] = {
                    "create": do.CreateOrder(reference),
                    "fetch": do.FetchOrder(order_id),
                    "cancel": do.CancelOrder(order_id),
                }
                answer = self.carry_out(questions[ask], sales, now)
                assert isinstance(answer, OrderSeen | CallFailed)
                return on.LookedLater(reference, answer)
            case do.FetchOrder(order_id):
                return self.orders[order_id]
            case do.CancelOrder(order_id):
                order = self.orders[order_id]
                if order.status != "created":
                    return CallFailed(Failure.CONFLICT, "not in created")
                self.orders[order_id] = replace(order, status="canceled")
                return self.orders[order_id]
            case _:
                return on.ReadyToSell()

    def payable(self, now: float = 0.0) -> list[OrderSeen]:
        """Return the orders that can be paid; without a time, those that the service calls so."""
        created = [order for order in self.orders.values() if order.status == "created"]
        return [order for order in created if now < self.until[order.order_id]]

    def stuck(self) -> set[str]:
        """Return the references of the orders that have no end, and never will."""
        return {order.reference for order in self.orders.values() if order.status == "failed"}


@dataclass
class ModelJournal:
    """The journal: what survives a power cut."""

    sales: dict[str, Sale] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    set_aside: set[str] = field(default_factory=set)

    def write(self, fact: do.Fact) -> None:
        match fact:
            case do.SaleOpened(sale):
                assert sale.reference not in self.sales
                assert not sale.items or total(sale.items) == sale.amount.amount
                self.sales[sale.reference] = sale
            case do.OrderKnown(reference, order_id):
                self.sales[reference] = replace(self.sales[reference], order_id=order_id)
            case do.SaleEnded(reference, outcome, held=held):
                assert reference not in self.outcomes, "a sale ends once"
                self.outcomes[reference] = outcome
                self.told.discard(reference)
                if held:
                    self.told.add(reference)
            case do.SaleSetAside(reference):
                assert reference not in self.outcomes, "a sale that has ended is not set aside"
                self.set_aside.add(reference)
            case do.ResultTold(reference, outcome):
                if outcome in (None, self.result(reference)):
                    self.told.add(reference)

    def result(self, reference: str) -> Outcome | Unknown | None:
        """Return what the register hears of the sale."""
        aside = Unknown.UNKNOWN if reference in self.set_aside else None
        return self.outcomes.get(reference, aside)

    def started(self) -> on.Started:
        untold = sorted((self.set_aside | set(self.outcomes)) - self.told)
        still_open = {ref: sale for ref, sale in self.sales.items() if ref not in self.outcomes}
        return on.Started(
            tuple(sale for ref, sale in still_open.items() if ref not in self.set_aside),
            tuple(
                UntoldResult(self.sales[ref], result)
                for ref in untold
                if (result := self.result(ref))
            ),
            tuple(sale for ref, sale in still_open.items() if ref in self.set_aside),
        )
