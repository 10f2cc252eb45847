"""The payment service of the model: orders, idempotency keys and payers. Immutable.

``Orders`` holds the orders of each slot (of each reference), oldest first: a second one is made
when the sale's key is used again after it lapsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from kiosk.base.money import Money
from kiosk.sale.asking import NEVER
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen, ReadyToSell
from kiosk.sale.words import Outcome, Payment
from tests.model.abstract_journal import SLOTS
from tests.support.play import QR, pesos

ASKED, LESS = pesos("12.50"), pesos("3.00")
MOST_ORDERS = 2  # of one sale: the key lapses once

# What the journal may say of an order that has this status.
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    "created": (),
    "processed": (Outcome.PAID,),
    "paid late": (Outcome.PAID,),  # after its end
    "canceled": (Outcome.CANCELED,),
    "expired": (Outcome.EXPIRED,),
    "refunded": (Outcome.REFUNDED,),
    "refunded elsewhere": (Outcome.PAID, Outcome.REFUNDED),
    "less": (Outcome.ABANDONED,),
    "charged back": (Outcome.PAID,),
    "failed": (),
    "unpaid": (),
}
PAID = ("processed", "paid late")
STUCK = ("failed", "unpaid")  # no end, and none will ever come
MONEY_CAME = ("processed", "paid late", "refunded", "refunded elsewhere", "charged back")


class Order(NamedTuple):
    """An order. ``reached``: a payer saw its QR, or it is on the printed code."""

    status: str = "created"
    reached: bool = False
    valid: float = 0.0  # seconds left until it expires
    amount: Money = ASKED

    @property
    def payable(self) -> bool:
        return self.status == "created" and self.reached


class Slot(NamedTuple):
    """What the service knows of one reference. ``lapsed``: its key makes a new order now."""

    orders: tuple[Order, ...] = ()
    lapsed: bool = False


class Call(NamedTuple):
    """A question of the kiosk, as it travels: ``order`` is the number of the order in its slot."""

    ask: str  # create, fetch, cancel, refund, probe
    slot: int = 0
    order: int = 0
    amount: Money = ASKED  # of an order that is created

    @property
    def words(self) -> str:
        return "probe" if self.ask == "probe" else f"{self.ask} of {SLOTS[self.slot]}"


def order_id(slot: int, order: int) -> str:
    """Return the service's id of this order."""
    return f"ORD{slot + 1}{'ab'[order]}"


def where(order_id: str) -> tuple[int, int]:
    """Return the slot and the number of the order with this id."""
    return int(order_id[3]) - 1, "ab".index(order_id[4])


@dataclass(frozen=True)
class Orders:
    """All that the service knows."""

    slots: tuple[Slot, ...]
    validity: float
    printed: bool = False  # a printed code reaches every order
    own_qr: bool = True  # the order has a QR of its own

    def each(self) -> Iterator[tuple[int, int, Order]]:
        for slot, known in enumerate(self.slots):
            for number, order in enumerate(known.orders):
                yield slot, number, order

    def payable(self) -> list[tuple[int, int]]:
        """Return the orders that a payer can pay."""
        return [(slot, number) for slot, number, order in self.each() if order.payable]

    def order(self, slot: int, number: int) -> Order:
        return self.slots[slot].orders[number]

    def changed(self, slot: int, number: int, **what: object) -> Orders:
        """Return the service after this order changed."""
        orders = list(self.slots[slot].orders)
        orders[number] = orders[number]._replace(**what)  # type: ignore[arg-type]
        return self._with(slot, self.slots[slot]._replace(orders=tuple(orders)))

    def lapse(self, slot: int) -> Orders:
        """Return the service after the key of this slot lapsed."""
        return self._with(slot, self.slots[slot]._replace(lapsed=True))

    def forget(self, slot: int) -> Orders:
        """Return the service without what happened to this slot."""
        return self._with(slot, Slot())

    def next_moment(self) -> float:
        """Return the seconds until an order expires."""
        valid = [order.valid for _, _, order in self.each() if order.status == "created"]
        return min(valid, default=NEVER)

    def later(self, seconds: float) -> Orders:
        """Return the service after so many seconds."""
        return replace(
            self,
            slots=tuple(
                slot._replace(orders=tuple(_aged(order, seconds) for order in slot.orders))
                for slot in self.slots
            ),
        )

    def carry_out(self, call: Call) -> tuple[Orders, Event]:
        """Return the service after the call, and its answer."""
        match call:
            case Call("probe"):
                return self, ReadyToSell()
            case Call("create", slot, _, amount):
                return self._create(slot, amount)
            case Call("fetch", slot, number):
                return self, self.seen(slot, number)
            case Call("cancel", slot, number) if self.order(slot, number).status == "created":
                return self._ended(slot, number, "canceled")
            case Call("refund", slot, number) if self.order(slot, number).status in PAID:
                return self._ended(slot, number, "refunded")
        return self, CallFailed(Failure.CONFLICT, "its status does not allow that")

    def seen(self, slot: int, number: int) -> OrderSeen:
        """Return how the service describes this order."""
        order = self.order(slot, number)
        status, total = order.status, order.amount
        about = order_id(slot, number), SLOTS[slot]
        qr = QR if self.own_qr else None
        match status:
            case "paid late":
                return OrderSeen(*about, "processed", total, "", qr)
            case "refunded elsewhere":
                return OrderSeen(*about, "processed", total, "refunded", qr)
            case "less":
                return OrderSeen(*about, "processed", total, "", qr, paid=LESS)
            case "charged back":
                return OrderSeen(*about, "processed", total, "", qr, charged_back=True)
            case "unpaid":
                failed = (Payment("PAY1", "failed", total, None),)
                return OrderSeen(*about, "processed", total, "", qr, failed)
        return OrderSeen(*about, status, total, "", qr)

    def _create(self, slot: int, amount: Money) -> tuple[Orders, Event]:
        known = self.slots[slot]
        if not known.orders or (known.lapsed and len(known.orders) < MOST_ORDERS):
            order = Order("created", self.printed, self.validity, amount)
            made = self._with(slot, Slot((*known.orders, order)))
            return made, made.seen(slot, len(known.orders))
        # The same key brings the first answer again, whatever has become of the order.
        newest = len(known.orders) - 1
        return self, self.changed(slot, newest, status="created").seen(slot, newest)

    def _ended(self, slot: int, number: int, status: str) -> tuple[Orders, Event]:
        ended = self.changed(slot, number, status=status)
        return ended, ended.seen(slot, number)

    def _with(self, slot: int, known: Slot) -> Orders:
        return replace(self, slots=(*self.slots[:slot], known, *self.slots[slot + 1 :]))


def _aged(order: Order, seconds: float) -> Order:
    if order.status != "created":
        return order._replace(valid=0.0)
    valid = order.valid - seconds
    return order._replace(status="created" if valid > 0 else "expired", valid=max(valid, 0.0))
