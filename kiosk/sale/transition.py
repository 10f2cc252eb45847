"""A transition: what every reaction takes, and what it returns."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from kiosk.base.frozen import frozen
from kiosk.sale.effects import Effect
from kiosk.sale.events import AmountRead
from kiosk.sale.hints import Hints
from kiosk.sale.look import Look
from kiosk.sale.look_times import LookTimes
from kiosk.sale.phases import Counter, Phase, Waiting
from kiosk.sale.policy import Policy
from kiosk.sale.words import Fault, Sale, UntoldResult

MOST_PROBLEMS = 100  # the newest are kept


@frozen
class Transition:
    """The counter as it is by now, and the effects so far. Immutable: each method returns another.

    The effects are carried out in the order in which they are added. ``now`` is in loop-clock
    seconds.
    """

    policy: Policy
    counter: Counter
    now: float
    effects: tuple[Effect, ...] = ()

    @property
    def looks(self) -> LookTimes:
        """The plan of the looks at an order: fewer while hints come."""
        return self.counter.hints.looks(self.policy.looks)

    def doing(self, *effects: Effect) -> Self:
        """Add effects."""
        return replace(self, effects=(*self.effects, *effects))

    def to(self, phase: Phase, *effects: Effect) -> Self:
        """Go to the phase, and add effects."""
        return self._with(replace(self.counter, phase=phase)).doing(*effects)

    def with_faults(self, faults: frozenset[Fault]) -> Self:
        """Replace what is known to be broken."""
        if faults == self.counter.faults:
            return self
        return self._with(replace(self.counter, faults=faults))

    def with_hints(self, hints: Hints) -> Self:
        """Replace what is known of hints."""
        return self._with(replace(self.counter, hints=hints))

    def with_waiting(self, reading: AmountRead | None) -> Self:
        """Let the amount wait until the counter can sell it; with None, no amount waits."""
        waiting = Waiting(reading, self.now) if reading else None
        return self._with(replace(self.counter, waiting=waiting))

    def with_unsettled(self, sales: tuple[Sale, ...]) -> Self:
        """Replace the sales that must be settled before the counter sells."""
        return self._with(replace(self.counter, unsettled=sales))

    def with_untold(self, result: UntoldResult | None) -> Self:
        """Replace the result from before the start that must be shown again."""
        return self._with(replace(self.counter, untold=result))

    def with_refusal(self, fault: Fault, reason: str) -> Self:
        """Note why the service refused the token, a setting or the latest order."""
        others = self.without_refusal(fault).counter.refusals
        return self._with(replace(self.counter, refusals=(*others, (fault, reason))))

    def without_refusal(self, *faults: Fault) -> Self:
        """Forget why the service refused these."""
        left = tuple(each for each in self.counter.refusals if each[0] not in faults)
        if left == self.counter.refusals:
            return self
        return self._with(replace(self.counter, refusals=left))

    def creating(self, *, works: bool) -> Self:
        """Note whether the latest create was answered."""
        return self._with(replace(self.counter, creates_work=works))

    def with_problem(self, problem: str) -> Self:
        """Add something that people must do something about."""
        return self.with_problems((*self.counter.problems, problem)[-MOST_PROBLEMS:])

    def without_problem(self, reference: str) -> Self:
        """Take away what people had to do about this sale."""
        about = f"sale {reference}: "
        return self.with_problems(
            tuple(each for each in self.counter.problems if not each.startswith(about))
        )

    def with_problems(self, problems: tuple[str, ...]) -> Self:
        """Replace what people must do something about."""
        return self._with(replace(self.counter, problems=problems))

    def with_later(self, looks: tuple[Look, ...]) -> Self:
        """Replace the later looks."""
        return self._with(replace(self.counter, later=looks))

    def looking(self, reference: str) -> Self:
        """A later look at this sale is underway; with an empty reference, none is."""
        return self._with(replace(self.counter, looking=reference))

    def selling(self, number: int) -> Self:
        """Begin the sale with this number: no amount waits, and no earlier result is shown."""
        return self._with(replace(self.counter, waiting=None, untold=None, sales_made=number))

    def _with(self, counter: Counter) -> Self:
        return replace(self, counter=counter)
