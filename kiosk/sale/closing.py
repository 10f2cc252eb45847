"""What happens between taking the QR off and knowing how the order ended."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import events as on
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phases import Closing, Refunding, Starting
from kiosk.sale.transition import Step, Transition
from kiosk.sale.transitions import FAULT_OF, describe, ended_with, finish_late, free, hold, settled
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Fault, Outcome

ODD_FOR_GOOD = 5  # answers in a row; fewer may be somebody's mistake that mends itself
FORGOTTEN_AFTER = 60.0  # seconds past its validity that an order may be unknown to the service


def closing_seen(turn: Transition, phase: Closing, seen: OrderSeen) -> Step:
    """Settle it if it has ended; cancel it (again) if it may still be paid; else keep looking."""
    standing = judge(phase.sale, seen)
    if standing is Outcome.PAID and phase.gave_up:
        return finish_late(turn, phase.sale, seen)
    if isinstance(standing, Outcome):
        return settled(turn, phase.sale, standing, seen)
    odd = phase.odd + 1 if standing is Standing.ODD else 0
    if odd >= ODD_FOR_GOOD:
        return hold(turn, phase.sale, Outcome.ABANDONED, f"another amount: {describe(seen)}")
    asking = phase.asking.answered(turn.now)
    cancel = phase.look and standing is Standing.PAYABLE
    if cancel and not phase.conflicts:
        asking = asking.at(turn.now)
    return turn.to(replace(phase, asking=asking, look=not cancel, odd=odd))


def closing_failed(turn: Transition, phase: Closing, event: CallFailed) -> Step:
    """Look next; at once where a cancel came too late, for that says nothing about how it ended."""
    if event.failure is Failure.CONFLICT:
        asking = phase.asking.answered(turn.now).at(turn.now)
        conflicts = phase.conflicts + 1
        return turn.to(replace(phase, asking=asking, look=True, conflicts=conflicts))
    forgotten = turn.now - phase.begun > turn.policy.expires_after + FORGOTTEN_AFTER
    if event.failure is Failure.MISSING and forgotten:
        return turn.then(free, *ended_with(phase.sale, Outcome.ABANDONED, event.reason))
    asking = phase.asking.failed(turn.now, event.retry_after)
    fault = FAULT_OF.get(event.failure, Fault.NETWORK)
    faults = turn.counter.faults | ({fault} if asking.failures >= 3 else set())
    return turn.to(replace(phase, asking=asking, look=True), faults=faults)


def hold_amount(turn: Transition, _: Starting | Closing | Refunding, event: on.AmountRead) -> Step:
    """Keep the newest amount for when the counter is free, if that is soon enough."""
    return turn.stay(waiting=turn.wanted(event))


def forget_amount(
    turn: Transition, _: Starting | Closing | Refunding, __: on.CancelPressed
) -> Step:
    """The order is being closed anyhow; the amount that waits behind it goes too."""
    return turn.stay(waiting=None)
