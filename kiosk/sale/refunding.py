"""What happens while the money of a late payment goes back."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phases import Refunding
from kiosk.sale.transition import Step, Transition
from kiosk.sale.transitions import describe, finish, hold
from kiosk.sale.verdict import judge
from kiosk.sale.words import Outcome

# A no that no patience will change: too late, not allowed, no such order.
HOPELESS = (Failure.REFUSED, Failure.SETUP, Failure.MISSING)


def refund_seen(turn: Transition, phase: Refunding, seen: OrderSeen) -> Step:
    """Refunded, or still on its way; a refund that was never asked for is asked for again."""
    if judge(phase.sale, seen) is Outcome.REFUNDED:
        return finish(turn, phase.sale, Outcome.REFUNDED, f"late: {describe(seen)}")
    asking = phase.asking.answered(turn.now)
    return turn.to(replace(phase, asking=asking, look=not phase.look))


def refund_failed(turn: Transition, phase: Refunding, event: CallFailed) -> Step:
    """Look next; what the service will not do, people must."""
    if event.failure in HOPELESS and not phase.look:
        return hold(turn, phase.sale, Outcome.PAID, f"late, and not refunded: {event.reason}")
    asking = phase.asking.failed(turn.now, event.retry_after)
    return turn.to(replace(phase, asking=asking, look=True))
