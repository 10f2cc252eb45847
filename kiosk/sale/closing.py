"""What happens from the QR's removal until the order, or its refund, has ended."""

from __future__ import annotations

from dataclasses import replace

from kiosk.base.localized_text import english
from kiosk.sale import events as on
from kiosk.sale.endings import describe, end_unshown, finish, hold, set_aside, settled, settled_late
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phase_changes import ask_in_closing, ask_in_refunding, asked_again, faults_of
from kiosk.sale.phases import Closing, Refunding
from kiosk.sale.transition import Transition
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, PayerNotice, Sale

MOST_OTHER_AMOUNTS = 5  # answers in a row; fewer may be a mistake that the service corrects
MISSING_AFTER = 60.0  # seconds past its validity, after which a missing order is given up
FAILURES_OF_NETWORK = 3  # in a row, until the failed calls count as a fault

# Refusals of a refund that another try does not change: too late, not allowed, no such order.
REFUND_REFUSED = (Failure.REFUSED, Failure.SETUP, Failure.MISSING)


def order_seen(transition: Transition, phase: Closing, seen: OrderSeen) -> Transition:
    """Settle the order if it has ended; cancel it if it can still be paid; else look again."""
    sale, standing = phase.sale, judge(phase.sale, seen)
    if standing is Outcome.PAID and phase.gave_up and not phase.timed_out:
        return settled_late(transition, sale, seen)
    if isinstance(standing, Outcome):
        return settled(transition, sale, standing, seen)
    if standing is Standing.CHARGED_BACK:
        evidence = english("charged back: {answer}", answer=describe(sale, seen))
        return hold(transition, sale, Outcome.PAID, evidence, seen.receipt)
    other_amounts = phase.other_amounts + 1 if standing is Standing.OTHER_AMOUNT else 0
    if other_amounts >= MOST_OTHER_AMOUNTS:
        evidence = english("another amount was paid: {answer}", answer=describe(sale, seen))
        why = PayerNotice.OTHER_AMOUNT
        return hold(transition, sale, Outcome.ABANDONED, evidence, seen.receipt, why)
    asking = phase.asking.answered(transition.now)
    phase = replace(phase, said=_answer(sale, standing, seen), timed_out=False)
    cancel = phase.look and standing is Standing.PAYABLE
    if cancel and not phase.conflicts:
        asking = asking.at(transition.now)
    return transition.to(
        replace(phase, asking=asking, look=not cancel, other_amounts=other_amounts)
    )


def _answer(sale: Sale, standing: Standing, seen: OrderSeen) -> str:
    """Return what the service said of an order that has not ended, and why it does not count."""
    told = describe(sale, seen)
    if standing is Standing.UNDECIDED:
        return told
    return f"{told} ({standing.name.lower().replace('_', ' ')})"


def call_failed(transition: Transition, phase: Closing, event: CallFailed) -> Transition:
    """Look next: at once if the cancel was refused, because that does not say how it ended."""
    now = transition.now
    if event.failure is Failure.CONFLICT:
        asking = phase.asking.answered(now).at(now)
        conflicts = phase.conflicts + 1
        return transition.to(replace(phase, asking=asking, look=True, conflicts=conflicts))
    lost = now - phase.begun > transition.policy.expires_after + MISSING_AFTER
    if event.failure is Failure.MISSING and lost:
        return end_unshown(transition, phase.sale, Outcome.ABANDONED, event.reason)
    asking = asked_again(transition, phase.asking, event)
    looking = transition.to(replace(phase, asking=asking, look=True, said=event.reason))
    if asking.failures < FAILURES_OF_NETWORK:
        return looking
    return looking.with_faults(looking.counter.faults | faults_of(event.failure))


def time_passed(transition: Transition, phase: Closing, _: on.TimePassed) -> Transition:
    """Look at the order, or cancel it. Set the sale aside if the service does not say its end."""
    if transition.now < phase.give_up_at:
        return ask_in_closing(transition, phase)
    if not phase.last_look:
        return ask_in_closing(transition, replace(phase, look=True, last_look=True))
    return set_aside(transition, phase.sale, phase.said)


def refund_seen(transition: Transition, phase: Refunding, seen: OrderSeen) -> Transition:
    """End the sale if it is refunded; else take turns between looking and asking for the refund.

    A refund that is under way is not asked for again.
    """
    if judge(phase.sale, seen) is Outcome.REFUNDED:
        evidence = english("late: {answer}", answer=describe(phase.sale, seen))
        return finish(transition, phase.sale, Outcome.REFUNDED, evidence, seen.receipt)
    asking = phase.asking.answered(transition.now)
    told, look = describe(phase.sale, seen), not phase.look or seen.refund_underway
    return transition.to(replace(phase, asking=asking, look=look, said=told))


def refund_failed(transition: Transition, phase: Refunding, event: CallFailed) -> Transition:
    """Look next. A refund that the service refuses is left to people."""
    if event.failure in REFUND_REFUSED and not phase.look:
        evidence = english("late, and not refunded: {reason}", reason=event.reason)
        return hold(transition, phase.sale, Outcome.PAID, evidence, why=PayerNotice.LATE)
    asking = asked_again(transition, phase.asking, event)
    return transition.to(replace(phase, asking=asking, look=True, said=event.reason))


def refund_again(transition: Transition, phase: Refunding, _: on.TimePassed) -> Transition:
    """Look at the order, or ask for the refund. Set the sale aside if neither ends it."""
    if transition.now >= phase.give_up_at:
        return set_aside(transition, replace(phase.sale, to_refund=True), phase.said)
    return ask_in_refunding(transition, phase)
