"""The rows of the machine's table: what a phase does about each event.

mypy checks each row: the reaction must take the phase and the event that it is written beside. So a
row that is wired to the wrong function is an error of mypy, at the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Generic, Protocol, Self, TypeVar

from kiosk.base.frozen import frozen
from kiosk.sale.events import Event
from kiosk.sale.phases import Phase
from kiosk.sale.transition import Transition

P = TypeVar("P", bound=Phase)
E = TypeVar("E", bound=Event)

Reaction = Callable[[Transition, P, E], Transition]


@frozen
class Reactions(Generic[P]):
    """What one phase does about each event. An event without a row changes nothing."""

    phase: type[P]
    rows: Mapping[type[object], Callable[[Transition, Event], Transition]] = field(
        default_factory=dict
    )

    def when(self, event: type[E], reaction: Reaction[P, E]) -> Self:
        """Add a row; it replaces an earlier row for the same event."""
        phase = self.phase

        def row(transition: Transition, happened: Event) -> Transition:
            current = transition.counter.phase
            assert isinstance(current, phase)
            assert isinstance(happened, event)
            return reaction(transition, current, happened)

        return replace(self, rows={**self.rows, event: row})

    def react(self, transition: Transition, event: Event) -> Transition:
        """Return the transition after the event."""
        row = self.rows.get(type(event))
        return row(transition, event) if row else transition


class AnyReactions(Protocol):
    """The reactions of any phase, as the machine uses them."""

    @property
    def phase(self) -> type[object]:
        """The phase."""
        ...

    def react(self, transition: Transition, event: Event) -> Transition:
        """Return the transition after the event."""
        ...


def table(*phases: AnyReactions) -> dict[type[object], AnyReactions]:
    """Return the reactions by their phase."""
    return {each.phase: each for each in phases}
