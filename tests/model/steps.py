"""The steps of the model: what becomes of a happening, with power cuts and journal faults in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, Remember
from kiosk.sale.words import Fault
from tests.model.abstract_service import MONEY_CAME, where
from tests.model.happenings import GO_ON, NOTHING, Happenings
from tests.model.parts import State, Variant
from tests.model.promises import Promises
from tests.model.world import World

JOURNAL_FAILED = on.DeviceFailed(Fault.JOURNAL, "the disk is full")
# A power cut after one of these leaves the world as it was before the effect.
ALL = 999  # effects
UNSEEN = (do.Signal, do.Decline, do.WarmConnection)


class Step(NamedTuple):
    """A step: what happened, what the counter did about it, and the state after it.

    The counter carried out the effects from ``first`` to before ``stop``. ``ending``: what
    interrupted it. ``broken``: the promise that the step broke.
    """

    what: str
    effects: int
    first: int
    stop: int
    ending: str
    state: State
    broken: str


class Stop(NamedTuple):
    """A place among effects where something can interrupt them; ``fact``: before it is written."""

    at: int
    fact: bool
    intent: bool


class Model:
    """The steps from a state to the next ones."""

    def __init__(self, variant: Variant) -> None:
        self.world = World(variant)
        self.happenings = Happenings(self.world)
        self.promises = Promises(self.world)
        self._cuts, self._journal_fails = "cut" in variant.may, "journal" in variant.may
        self._journal_failed = self.world.events.number(JOURNAL_FAILED)
        self._stops, self._reached = cache(self._find_stops), cache(self._find_reached)
        self._paid, self._hinted = cache(self._find_paid), cache(self.promises.after_hint)

    def steps(self, state: State) -> Iterator[Step]:
        """Yield the steps from this state; the first is that of a fair world."""
        for what, event, before in self.happenings.of(state):
            if event == NOTHING:
                yield Step(what, 0, 0, 0, "", *self.promises.forgotten(before))
            elif event == GO_ON:
                effects, first = self.world.blocked.values[before[5]]
                yield from self._effects(what, (*before[:5], 0), effects, first)
            else:
                counter, effects = self.world.step(before[0], event, self.world.free(before[1]))
                if broken := self._hinted(event, before[0], counter, effects):
                    yield Step(what, effects, 0, ALL, "", (counter, *before[1:]), broken)
                yield from self._effects(what, (counter, *before[1:]), effects, 0)

    def _effects(self, what: str, state: State, effects: int, first: int) -> Iterator[Step]:
        """Yield the step with all effects, and those in which something interrupts them."""
        yield Step(what, effects, first, ALL, "", *self._done(state, effects, first, ALL))
        if not (self._cuts or self._journal_fails):
            return
        for at, fact, intent in self._stops(effects):
            if self._cuts and at > first:
                after, broken = self._done(state, effects, first, at)
                off = self.happenings.off(after)
                yield Step(what, effects, first, at, "the power is cut", off, broken)
            if self._journal_fails and fact and (at > first or at == first == 0):
                failed = self._unwritten(state, effects, first, at, intent)
                yield Step(what, effects, first, at, "the journal can't be written", *failed)

    def _unwritten(
        self, state: State, effects: int, first: int, at: int, intent: bool
    ) -> tuple[State, str]:
        """Return the state in which this effect can't be written to the journal."""
        after, broken = self._done(state, effects, first, at)
        if not intent:
            return (*after[:5], self.world.blocked.number((effects, at))), broken
        counter, others = self.world.step(after[0], self._journal_failed, self.world.free(after[1]))
        after, worse = self._done((counter, *after[1:]), others, 0, ALL)
        return after, broken or worse

    def _find_stops(self, effects: int) -> list[Stop]:
        return list(_stops(self.world.effects.values[effects]))

    def _done(self, state: State, effects: int, first: int, stop: int) -> tuple[State, str]:
        """Return the state after these effects, and the promise that they break."""
        counter, journal, service, wire, people, blocked = state
        done = self.world.perform((effects, first, stop), journal, wire, people)
        journal, wire, people, reached, paid, broken = done
        if reached:
            service = self._reached(service, reached)
        if paid and not broken:
            broken = self._paid(service, paid)
        after = (counter, journal, service, wire, people, blocked)
        return (after, broken) if broken else self.promises.forgotten(after)

    def _find_reached(self, service: int, reached: tuple[tuple[int, int], ...]) -> int:
        """Return the service after payers saw these orders."""
        orders = self.world.services.values[service]
        for slot, number in reached:
            orders = orders.changed(slot, number, reached=True)
        return self.world.services.number(orders)

    def _find_paid(self, service: int, paid: tuple[str, ...]) -> str:
        """Return what is wrong with saying that these orders are paid."""
        orders = self.world.services.values[service]
        true = all(orders.order(*where(it)).status in MONEY_CAME for it in paid)
        return "" if true else "paid is said only when it is true"


def _stops(effects: tuple[Effect, ...]) -> Iterator[Stop]:
    """Yield the places where the power may be cut or the journal may fail."""
    for at, effect in enumerate(effects):
        fact = effect.fact if isinstance(effect, Remember) else None
        if fact or (at and not isinstance(effects[at - 1], UNSEEN)):
            yield Stop(at, fact is not None, isinstance(fact, do.SaleOpened))
