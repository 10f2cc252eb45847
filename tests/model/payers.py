"""What payers, the bank, and time at the service do with the orders of the model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.model.abstract_journal import SLOTS
from tests.model.abstract_service import Order, Orders, Slot
from tests.model.world import World


class Payers:
    """What changes the service of a world without a call of the kiosk."""

    def __init__(self, world: World) -> None:
        self._world, self._may = world, world.variant.may
        self._is_late = bool(self._may & {"late payment", "lapse"})
        # Each of these is found once for its arguments.
        self._payers, self._late = cache(self._find_payers), cache(self._find_late)

    def of(self, counter: int, journal: int, service: int) -> list[tuple[str, int]]:
        """Return what can happen, and the number of the service after it."""
        if not self._is_late:
            return self._payers(service)
        return self._payers(service) + self._late(counter, journal, service)

    def _find_payers(self, service: int) -> list[tuple[str, int]]:
        """Return what payers, the bank and the service itself can do with the orders."""
        orders = self._world.services.values[service]
        found = [
            (f"{what} {_named(slot, number)}", orders.changed(slot, number, status=status))
            for slot, number, order in orders.each()
            for what, status in _changes(order, self._may)
        ]
        return [(what, self._world.services.number(after)) for what, after in found]

    def _find_late(self, counter: int, journal: int, service: int) -> list[tuple[str, int]]:
        """Return the payments after the end of an order, and the keys that can lapse."""
        orders = self._world.services.values[service]
        found: list[tuple[str, Orders]] = []
        for slot, number, order in orders.each():
            if self._may_pay_late(order) and self._is_looked_at(counter, journal, slot):
                what = f"a payer finishes late, and pays {_named(slot, number)}"
                found.append((what, orders.changed(slot, number, status="paid late")))
        for slot, known in enumerate(orders.slots):
            if self._may_lapse(counter, journal, known, slot):
                found.append((f"the key of {SLOTS[slot]} lapses", orders.lapse(slot)))
        return [(what, self._world.services.number(after)) for what, after in found]

    def _may_pay_late(self, order: Order) -> bool:
        ended = order.status in ("expired", "canceled")
        return "late payment" in self._may and order.reached and ended

    def _is_looked_at(self, counter: int, journal: int, slot: int) -> bool:
        """Whether the kiosk still looks at the order: later, only the day's report finds a payment."""
        reference = SLOTS[slot]
        row = self._world.journals.values[journal].by_reference.get(reference)
        if row is None or row.outcome is None:
            return row is not None
        if not counter:
            return row.may_be_paid_late
        value = self._world.counters.values[counter]
        looks = {look.sale.reference for look in value.later} if value else set()
        return reference in looks and value is not None and value.looking != reference

    def _may_lapse(self, counter: int, journal: int, known: Slot, slot: int) -> bool:
        """Whether a day may have passed: the order has ended, and the counter is off or sells on."""
        row = self._world.journals.values[journal].by_reference.get(SLOTS[slot])
        if "lapse" not in self._may or known.lapsed or not row or row.order_id or row.outcome:
            return False
        if not known.orders or known.orders[-1].status == "created":
            return False
        value = self._world.counters.values[counter]
        return not value or not value.sale or value.sale.reference != SLOTS[slot]


def _named(slot: int, number: int) -> str:
    return f"order {number + 1} of {SLOTS[slot]}" if number else f"the order of {SLOTS[slot]}"


def _changes(order: Order, may: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield what payer, bank and service can do with this order."""
    if order.payable:
        yield "a payer pays", "processed"
        if "less" in may:
            yield "a payer pays less than", "less"
        if "unpaid" in may:
            yield "every payment fails of", "unpaid"
    if order.status == "created" and "stuck" in may:
        yield "the service never ends", "failed"
    if order.status == "processed" and "elsewhere" in may:
        yield "the shop refunds elsewhere", "refunded elsewhere"
    if order.status == "processed" and "charged back" in may:
        yield "the bank takes back", "charged back"
