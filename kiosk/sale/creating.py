"""What happens between the intent in the journal and the order that the service tells."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Remember
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phases import Creating, Paying
from kiosk.sale.resting import refuse_reading
from kiosk.sale.transition import Step, Transition
from kiosk.sale.transitions import (
    FAULT_OF,
    abandon,
    checking,
    close,
    ended_with,
    finish,
    free,
    say_why,
    scan_me,
    settled,
)
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Fault, Outcome


def order_told(turn: Transition, phase: Creating, seen: OrderSeen) -> Step:
    """Remember the order's id; then show it, or close it if it came too late."""
    if seen.reference != phase.sale.reference or not seen.order_id:
        # Not the order that we asked for, or an answer that nobody can make sense of.
        stranger = CallFailed(Failure.UNKNOWN, f"the answer speaks of order {seen.order_id!r}")
        return create_failed(turn, phase, stranger)
    sale = replace(phase.sale, order_id=seen.order_id)
    known = (Remember(do.OrderKnown(sale.reference, sale.order_id)),)
    standing = judge(sale, seen)
    if isinstance(standing, Outcome):
        return turn.then(lambda turn: settled(turn, sale, standing, seen), *known)
    if turn.policy.needs_qr and not seen.qr_data:
        faults = turn.counter.faults | {Fault.SETUP}
        return turn.then(lambda turn: close(turn, sale), *known, faults=faults)
    if phase.unwanted or standing is not Standing.PAYABLE or _too_old(turn, phase):
        return turn.then(lambda turn: close(turn, sale, gave_up=True), *known)
    asking = phase.asking.answered(turn.now)
    until = turn.now + turn.policy.expires_after
    paying = Paying(sale, seen.qr_data or "", turn.now, until, asking, seen_at=turn.now)
    return turn.to(paying, *known, *scan_me(paying))


def _too_old(turn: Transition, phase: Creating) -> bool:
    """Whether the amount has waited so long that the payer may be another one by now."""
    return turn.now - phase.begun > turn.policy.amount_kept_for


def create_failed(turn: Transition, phase: Creating, event: CallFailed) -> Step:
    """A definite no ends the sale, unless an earlier request may have made the order."""
    if event.failure in (Failure.NOT_SENT, Failure.JOURNAL, Failure.UNKNOWN):
        maybe_sent = phase.maybe_sent or event.failure is Failure.UNKNOWN
        return _try_again(turn, replace(phase, maybe_sent=maybe_sent), event)
    about_the_key = event.failure in (Failure.CONFLICT, Failure.TOKEN)
    if phase.maybe_sent and about_the_key:
        # The service would not say what it did with the earlier request: still nobody knows.
        return _try_again(turn, phase, event)
    return create_refused(turn, phase, event)


def _try_again(turn: Transition, phase: Creating, event: CallFailed) -> Step:
    """Ask again with the same key and bytes; give up only where surely nothing was sent."""
    phase = replace(phase, asking=phase.asking.failed(turn.now, event.retry_after))
    if not phase.unwanted and _too_old(turn, phase):
        phase = replace(phase, unwanted="no answer came in time")
    if not phase.unwanted:
        return turn.to(phase)
    faults = turn.counter.faults | {FAULT_OF.get(event.failure, Fault.NETWORK)}
    if not phase.maybe_sent:
        return turn.then(lambda turn: abandon(turn, phase), faults=faults)
    said = () if faults == turn.counter.faults else say_why(faults)
    return turn.to(phase, *said, faults=faults)


def create_refused(turn: Transition, phase: Creating, event: CallFailed) -> Step:
    """The service said no: there is no order, and there will be none under this key."""
    fault = FAULT_OF.get(event.failure)
    if fault:
        ended = ended_with(phase.sale, Outcome.REFUSED, event.reason)
        return turn.then(free, *ended, faults=turn.counter.faults | {fault})
    if phase.unwanted:
        return abandon(turn, phase)
    return finish(turn, phase.sale, Outcome.REFUSED, event.reason)


def unwanted(turn: Transition, phase: Creating, why: str) -> Step:
    """Nobody wants this order any more; close it once it is known, or now if none can exist."""
    if phase.unwanted:
        return turn.stay()
    phase = replace(phase, unwanted=why)
    if phase.asking.underway or phase.maybe_sent:
        return turn.to(phase, *checking(phase.sale))
    return abandon(turn, phase)


def create_again(turn: Transition, phase: Creating, _: on.TimePassed) -> Step:
    """Ask again: same key, same bytes; the journal holds both."""
    phase = replace(phase, asking=phase.asking.sent())
    return turn.to(phase, do.CreateOrder(phase.sale.reference))


def cancel_creating(turn: Transition, phase: Creating, _: on.CancelPressed) -> Step:
    """The cashier changed their mind."""
    return turn.then(lambda turn: unwanted(turn, phase, "canceled"), waiting=None)


def amount_while_creating(turn: Transition, phase: Creating, event: on.AmountRead) -> Step:
    """A new total replaces the one that has no QR yet."""
    if not turn.policy.replaces and not phase.unwanted:
        return refuse_reading(turn, phase, event)
    waiting = turn.wanted(event)
    return turn.then(lambda turn: unwanted(turn, phase, "replaced"), waiting=waiting)


def device_failed_creating(turn: Transition, phase: Creating, event: on.DeviceFailed) -> Step:
    """Nobody could see the QR."""
    faults = turn.counter.faults | {event.fault}
    if event.fault is Fault.JOURNAL:
        # The intent could not be written, so nothing was sent.
        told = (do.Decline(phase.sale.source, phase.sale.ticket),) if phase.sale.ticket else ()
        return turn.then(free, *told, faults=faults)
    return turn.then(lambda turn: unwanted(turn, phase, event.reason), faults=faults)
