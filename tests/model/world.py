"""The world of the model: it remembers each step of the real machine, which makes it cheap.

Each part of a state is kept once, and has a number. ``Machine.step`` is called once for each pair of
a counter and an event; after that its result is looked up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

from kiosk.sale.effects import Effect
from kiosk.sale.events import Event
from kiosk.sale.look import Look
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from tests.model.abstract_journal import SLOTS, Rows
from tests.model.abstract_service import STUCK, Orders, Slot
from tests.model.canonical import canonical, earlier
from tests.model.parts import Parts, People, State, Variant, Wire
from tests.model.performing import DARK, perform

NONE_FREE = 99  # the number of a reference that must never be used


class Done(NamedTuple):
    """The numbers of journal, wire and people after effects; the rest as in ``Performed``."""

    journal: int
    wire: int
    people: int
    reached: tuple[tuple[int, int], ...]
    paid: tuple[str, ...]
    broken: str


class World:
    """The parts that have occurred, and what becomes of them."""

    def __init__(self, variant: Variant) -> None:
        self.variant, self.policy = variant, variant.policy
        self.machine = Machine(variant.policy)
        self.counters = Parts[Counter | None]()
        self.journals = Parts[Rows]()
        self.services = Parts[Orders]()
        self.wires = Parts[Wire]()
        self.people = Parts[People]()
        self.blocked = Parts[tuple[int, int]]()  # effects, and the first that waits
        self.effects = Parts[tuple[Effect, ...]]()
        self.events = Parts[Event]()
        # Each of these is found once for its arguments.
        self.step, self.perform = cache(self._step), cache(self._perform)
        self.free = cache(self._free)
        self.counter_later = cache(self._counter_later)
        self.service_later = cache(self._service_later)
        slots = (Slot(),) * variant.slots
        nothing = Orders(slots, self.policy.expires_after, variant.printed, variant.own_qr)
        self.written: set[tuple[str, str]] = set()  # facts, each with the row before it
        self.effects.number(())
        self.blocked.number((0, 0))
        self.first: State = (
            self.counters.number(None),
            self.journals.number(Rows()),
            self.services.number(nothing),
            self.wires.number(Wire()),
            self.people.number(DARK),
            0,
        )

    def _step(self, counter: int, event: int, free: int) -> tuple[int, int]:
        """Return the numbers of the counter and of the effects after a step of the machine.

        ``free`` is the number of a reference that no sale has.
        """
        before = replace(self.counters.values[counter] or Counter(), sales_made=free)
        after, effects = self.machine.step(before, self.events.values[event], 0.0)
        return self.counter(after), self.effects.number(effects)

    def _perform(self, effects: tuple[int, int, int], journal: int, wire: int, people: int) -> Done:
        """Return what effects do. They are a number of effects, from the first to before the last."""
        number, first, stop = effects
        done = perform(
            self.effects.values[number][first:stop],
            self.journals.values[journal],
            self.wires.values[wire],
            self.people.values[people],
        )
        self.written.update(done.written)
        return Done(
            self.journals.number(done.rows),
            self.wires.number(done.wire),
            self.people.number(done.people),
            done.reached,
            done.paid,
            done.broken,
        )

    def _free(self, journal: int) -> int:
        """Return the number of a reference that no sale has."""
        return self.journals.values[journal].free(self.variant.slots, NONE_FREE)

    def counter(self, counter: Counter) -> int:
        """Return the number of the counter that stands for this one."""
        return self.counters.number(canonical(counter, self.policy))

    def _counter_later(self, counter: int, seconds: float) -> int:
        """Return the counter after so many seconds."""
        value = self.counters.values[counter]
        return self.counter(earlier(value, seconds)) if value else counter

    def _service_later(self, service: int, seconds: float) -> int:
        """Return the service after so many seconds."""
        return self.services.number(self.services.values[service].later(seconds))


def is_stuck(world: World, service: int, look: Look) -> bool:
    """Whether a fair world alone does not bring the end of this order."""
    orders = world.services.values[service]
    known = orders.slots[SLOTS.index(look.sale.reference)]
    # A printed code would show its order: the kiosk waits until it knows that creates work.
    is_unknown = orders.printed and not look.sale.order_id
    return is_unknown or any(order.status in STUCK for order in known.orders)
