"""What happens while the order may be paid."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phases import Paying
from kiosk.sale.resting import refuse_reading
from kiosk.sale.transition import Step, Transition
from kiosk.sale.transitions import checking, close, scan_me, settled
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome

BLIND_AFTER = 10.0  # seconds without seeing the order; then nothing payable stays on show


def order_looked_at(turn: Transition, phase: Paying, seen: OrderSeen) -> Step:
    """Paid, ended otherwise, or go on waiting."""
    standing = judge(phase.sale, seen)
    if isinstance(standing, Outcome):
        return settled(turn, phase.sale, standing, seen)
    if standing in (Standing.FOREIGN, Standing.ODD):
        return look_failed(turn, phase, CallFailed(Failure.UNKNOWN, "the answer is not our order"))
    asking = phase.asking.answered(turn.now)
    back = scan_me(phase) if phase.blind else ()
    return turn.to(replace(phase, asking=asking, seen_at=turn.now, blind=False), *back)


def look_failed(turn: Transition, phase: Paying, event: CallFailed) -> Step:
    """Ask again later. Nothing payable stays on show while we can't see the payment."""
    asking = phase.asking.failed(turn.now, event.retry_after)
    blind = turn.now - phase.seen_at >= BLIND_AFTER or event.failure is Failure.TOKEN
    said = checking(phase.sale) if blind and not phase.blind else ()
    return turn.to(replace(phase, asking=asking, blind=blind), *said)


def time_passed_paying(turn: Transition, phase: Paying, _: on.TimePassed) -> Step:
    """Look at the order; or the QR's time is up, which proves nothing about the payment."""
    if turn.now >= phase.until:
        return close(turn, phase.sale, look=True, gave_up=True, asking=phase.asking)
    return turn.to(replace(phase, asking=phase.asking.sent()), do.FetchOrder(phase.sale.order_id))


def cancel_paying(turn: Transition, phase: Paying, _: on.CancelPressed) -> Step:
    """The cashier changed their mind."""
    return give_up(turn, phase)


def amount_while_paying(turn: Transition, phase: Paying, event: on.AmountRead) -> Step:
    """A new total: settle the order on show first, so that never two are payable."""
    if not turn.policy.replaces:
        return refuse_reading(turn, phase, event)
    waiting = turn.wanted(event)
    return turn.then(lambda turn: give_up(turn, phase), waiting=waiting)


def give_up(turn: Transition, phase: Paying) -> Step:
    """Close an order that nobody here wants paid any more."""
    return close(turn, phase.sale, gave_up=True, asking=phase.asking)


def device_failed_paying(turn: Transition, phase: Paying, event: on.DeviceFailed) -> Step:
    """Nobody can see the QR, so nobody shall be able to pay it."""
    faults = turn.counter.faults | {event.fault}
    return turn.then(lambda turn: close(turn, phase.sale, asking=phase.asking), faults=faults)
