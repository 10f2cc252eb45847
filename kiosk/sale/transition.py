"""One step of the machine in the making: what every move and reaction is written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.sale.effects import Effect, Show, Signal
from kiosk.sale.events import AmountRead
from kiosk.sale.phases import Counter, Phase, Policy, Waiting
from kiosk.sale.words import SOUNDS_LIKE, Fault, Screen

Step = tuple[Counter, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in the making: what the reactions below need to know."""

    policy: Policy
    counter: Counter
    now: float

    def to(self, phase: Phase, *effects: Effect, **changes: Any) -> Step:
        """Go to ``phase`` with these effects; ``changes`` are other fields of the counter."""
        return replace(self.counter, phase=phase, **changes), effects

    def stay(self, *effects: Effect, **changes: Any) -> Step:
        """Stay in this phase."""
        return replace(self.counter, **changes), effects

    def wanted(self, event: AmountRead) -> Waiting:
        """Return the amount as it waits for the counter to be free."""
        return Waiting(event.amount, event.source, self.now, event.items, event.ticket)

    def then(self, step: Callable[[Transition], Step], *before: Effect, **changes: Any) -> Step:
        """Change the counter, then take another step at once; ``before`` comes first."""
        counter, after = step(replace(self, counter=replace(self.counter, **changes)))
        return counter, (*before, *after)


def say(screen: Screen, **facts: Any) -> tuple[Show, Signal]:
    """Say one thing in all channels."""
    return Show(screen, **facts), Signal(SOUNDS_LIKE.get(screen, screen))


def say_out_of_service(fault: Fault) -> tuple[Show, Signal]:
    """Say that nothing can be sold here; the reason code is explained in the manual."""
    return say(Screen.OUT_OF_SERVICE, reason=fault.value)
