"""What can happen next in a state of the model.

The first happening is the fair one: a question is answered, a broken device works again, the moment
comes that something waits for. A fair world is one in which only that happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from kiosk.sale import events as on
from kiosk.sale.asking import NEVER
from kiosk.sale.events import Event
from kiosk.sale.phases import Counter, Filling, Idle, Paying
from kiosk.sale.words import Fault, Item
from tests.model.abstract_journal import SLOTS
from tests.model.abstract_service import ASKED, STUCK, order_id
from tests.model.canonical import FAR
from tests.model.parts import State, Wire
from tests.model.payers import Payers
from tests.model.performing import DARK
from tests.model.wire_menu import choices
from tests.model.world import NONE_FREE, World, is_stuck

TIME_PASSED = on.TimePassed()
PANEL_FAILED = on.DeviceFailed(Fault.PANEL, "the panel is broken")
PANEL_BACK = on.DeviceRecovered(Fault.PANEL)
MOST_ITEMS = 2  # in a basket
AMOUNT = on.AmountRead(ASKED, "caja")
ITEM = on.ItemScanned(Item("Thing", ASKED, 1, "779"), "gun")
PRESSES: tuple[tuple[str, Event], ...] = (
    ("pay", on.PayPressed("gun")),
    ("remove", on.RemovePressed("gun")),
    ("clear", on.ClearPressed("gun")),
)


NOTHING, GO_ON = -1, -2  # in place of an event: the kiosk hears of nothing; it writes its journal

# What happens, the number of the event that the kiosk hears of, and the state when it hears of it.
Happening = tuple[str, int, State]


class Happenings:
    """The happenings of a world. Each kind depends on some parts of the state, and is remembered."""

    def __init__(self, world: World) -> None:
        self._world, self._may = world, world.variant.may
        self._dark = world.people.number(DARK)
        self._payers = Payers(world)
        # Each of these is found once for its arguments.
        self._calls, self._kiosk = cache(self._find_calls), cache(self._find_kiosk)
        self._time, self._looks = cache(self._find_time), cache(self._find_looks)
        self._deeds, self._off = cache(self._find_deeds), cache(self._find_off)
        self._decisions = cache(self._find_decisions)
        self._over = cache(self._find_over)
        self._hints = cache(self._find_hints)
        self._started = cache(self._find_started)

    def of(self, state: State) -> Iterator[Happening]:
        """Yield what can happen, the fair happening first."""
        if state[5]:
            yield "the journal can be written again", GO_ON, state
        elif state[0]:
            yield from self._at_the_counter(state)
        else:
            yield from self._unpowered(state)
        counter, journal, service, wire, people, blocked = state
        for what, orders in self._payers.of(counter, journal, service):
            yield what, NOTHING, (counter, journal, orders, wire, people, blocked)
        if blocked:
            yield from self._of_time(state)
        if counter and "cut" in self._may:
            yield "the power is cut", NOTHING, self.off(state)

    def _at_the_counter(self, state: State) -> Iterator[Happening]:
        counter, journal, service, wire, people, _ = state
        yield from self._of_calls(state)
        for what, event, seen in self._kiosk(counter, people):
            yield what, event, (counter, journal, service, wire, seen, 0)
        yield from self._of_time(state)
        for what, due in self._looks(counter, service):
            yield what, NOTHING, (due, journal, service, wire, people, 0)
        yield from self._of_decisions(state)
        if "hints" in self._may:
            for what, event in self._hints(counter):
                yield what, event, state
        for what, event in self._deeds(counter, self._world.free(journal) != NONE_FREE):
            yield what, event, state

    def _unpowered(self, state: State) -> Iterator[Happening]:
        yield from self._of_calls(state)
        yield "the power comes back", self._started(state[1]), state
        yield from self._of_time(state)
        yield from self._of_decisions(state)
        journal, service = self._over(state[1], state[2])
        if journal != state[1] and not self._world.wires.values[state[3]].late:
            what = "a quarter of an hour passes, so that no second look is made"
            yield what, NOTHING, (0, journal, service, *state[3:])

    def _of_calls(self, state: State) -> Iterator[Happening]:
        counter, journal, service, wire, people, _ = state
        for what, event, after, orders in self._calls(wire, service):
            yield what, event, (counter, journal, orders, after, people, 0)

    def _of_time(self, state: State) -> Iterator[Happening]:
        counter, journal, service, wire, people, blocked = state
        for what, later, aged, orders in self._time(counter, wire, service):
            yield what, NOTHING, (later, journal, orders, aged, people, blocked)

    def _of_decisions(self, state: State) -> Iterator[Happening]:
        """Yield that a person decides about a sale that is set aside and that has no end."""
        if "people decide" not in self._may:
            return
        counter, journal, service, wire, people, _ = state
        for what, event, decided in self._decisions(journal, service):
            heard = event if counter else NOTHING
            yield what, heard, (counter, decided, service, wire, people, 0)

    def _find_decisions(self, journal: int, service: int) -> list[tuple[str, int, int]]:
        rows, orders = self._world.journals.values[journal], self._world.services.values[service]
        found = []
        for reference, row in rows.by_reference.items():
            known = orders.slots[SLOTS.index(reference)].orders
            is_stuck = all(order.status in (*STUCK, "expired") for order in known)
            if row.set_aside and row.outcome is None and is_stuck:
                event = self._world.events.number(on.Decided(reference))
                decided = self._world.journals.number(rows.decided(reference))
                found.append((f"a person gives {reference} up", event, decided))
        return found

    def off(self, state: State) -> State:
        """Return the state after the power is cut."""
        return 0, state[1], state[2], self._off(state[3]), self._dark, 0

    def _find_off(self, wire: int) -> int:
        late = self._world.wires.values[wire].late
        return self._world.wires.number(Wire(late=late))

    def _find_over(self, journal: int, service: int) -> tuple[int, int]:
        """Return journal and service without the sales that the next start would look at again."""
        rows, orders = self._world.journals.values[journal], self._world.services.values[service]
        for reference, row in rows.by_reference.items():
            if row.may_be_paid_late and row.told:
                rows, orders = rows.without(reference), orders.forget(SLOTS.index(reference))
        return self._world.journals.number(rows), self._world.services.number(orders)

    def _find_started(self, journal: int) -> int:
        return self._world.events.number(self._world.journals.values[journal].started)

    # --- the wire, the kiosk's own devices, and time ---------------------------------------------

    def _find_calls(self, wire: int, service: int) -> list[tuple[str, int, int, int]]:
        world = self._world
        values = world.wires.values[wire], world.services.values[service]
        return [
            (
                *(what, NOTHING if event is None else world.events.number(event)),
                *(world.wires.number(after), world.services.number(orders)),
            )
            for what, after, orders, event in choices(*values, self._may, world.events)
        ]

    def _find_kiosk(self, counter: int, people: int) -> list[tuple[str, int, int]]:
        """Return what the counter hears from its devices, and that its moment has come."""
        world, value = self._world, self._counter(counter)
        found, seen = [], world.people.values[people]
        for result in seen.replies:
            others = tuple(it for it in seen.replies if it != result)
            told = world.events.number(on.ResultDelivered(*result))
            after = world.people.number(seen._replace(replies=others))
            found.append((f"the register knows that {result[0]} is {result[1]}", told, after))
        if Fault.PANEL in value.faults:
            found.append(("the panel works again", world.events.number(PANEL_BACK), people))
        if _wake(value) <= 0:
            what = "the moment comes that the counter waited for"
            found.append((what, world.events.number(TIME_PASSED), people))
        return found

    def _find_time(self, counter: int, wire: int, service: int) -> list[tuple[str, int, int, int]]:
        """Return that time passes until something else is due."""
        world = self._world
        value, calls = world.counters.values[counter], world.wires.values[wire]
        moments = (
            _wake(value) if value else NEVER,
            calls.next_moment(),
            world.services.values[service].next_moment(),
        )
        seconds = min(moments)
        found = []
        if 0 < seconds < NEVER:
            aged = world.wires.number(calls.later(seconds))
            later = (
                world.counter_later(counter, seconds),
                aged,
                world.service_later(service, seconds),
            )
            found = [(f"{seconds:g} s pass", *later)]
        return found

    def _find_looks(self, counter: int, service: int) -> list[tuple[str, int]]:
        """Return that a later look is due. The promises do not depend on when that is."""
        value = self._counter(counter)
        found = []
        for look in sorted(value.later, key=lambda it: is_stuck(self._world, service, it)):
            others = tuple(it for it in value.later if it is not look)
            about = look.sale.reference
            if look.due == FAR and not value.looking:
                due = replace(value, later=(*others, replace(look, due=0.0)))
                found.append((f"the look at {about} is due", self._world.counter(due)))
            if "looks end" in self._may and look.until:
                last = replace(value, later=(*others, replace(look, until=0.0)))
                found.append((f"{about} was looked at for 30 days", self._world.counter(last)))
        return found

    def _find_hints(self, counter: int) -> list[tuple[str, int]]:
        """Return what comes over the broker: a hint at any sale, at any moment; or no hints at all."""
        linked = self._counter(counter).hints.linked
        change = "the broker is away" if linked else "the broker is connected"
        found: list[tuple[str, Event]] = [(change, on.LinkChanged(not linked))]
        for slot, reference in enumerate(SLOTS[: self._world.variant.slots]):
            if linked:
                hint = on.OrderHinted(order_id=order_id(slot, 0))
                found.append((f"a hint at the order of {reference} comes", hint))
        return [(what, self._world.events.number(event)) for what, event in found]

    # --- people ------------------------------------------------------------------------------------

    def _find_deeds(self, counter: int, room: bool) -> list[tuple[str, int]]:
        """Return what the cashier can do, and that the panel fails. Room: for one more sale."""
        value = self._counter(counter)
        found: list[tuple[str, Event]] = []
        if "panel" in self._may and Fault.PANEL not in value.faults:
            found.append(("the panel fails", PANEL_FAILED))
        if "amount" in self._may and room:
            found.append(("the cashier keys an amount", AMOUNT))
        full = isinstance(value.phase, Filling) and value.phase.basket.pieces >= MOST_ITEMS
        if "items" in self._may and room and not value.waiting and not full:
            found.append(("the cashier scans an item", ITEM))
        if isinstance(value.phase, Filling):
            found += [(f"the cashier presses {word}", press) for word, press in PRESSES]
        if "cancel" in self._may and not isinstance(value.phase, Idle):
            found.append(("the cashier presses cancel", on.CancelPressed("button")))
        if "ask" in self._may and isinstance(value.phase, Paying):
            found.append(("the cashier asks for a look", on.LastPressed("button")))
        return [(what, self._world.events.number(event)) for what, event in found]

    def _counter(self, counter: int) -> Counter:
        value = self._world.counters.values[counter]
        assert value
        return value


def _wake(counter: Counter) -> float:
    """Return the seconds until the counter must be woken. Later looks have no moment here."""
    return min(counter.phase_wake, 0.0 if counter.later_wake <= 0 else NEVER)
