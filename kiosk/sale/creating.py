"""What happens from the intent in the journal until the service describes the order."""

from __future__ import annotations

from dataclasses import replace

from kiosk.base.localized_text import english
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale import watching
from kiosk.sale.anywhere import refuse_reading
from kiosk.sale.effects import Remember
from kiosk.sale.endings import end_unshown, finish, set_aside, set_aside_again, settled
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phase_changes import (
    FAULT_OF,
    ask_soon,
    asked_again,
    begin_next,
    checking,
    close,
    faults_of,
    give_up_create_at,
    reachable_for,
    say_why,
    scan_me,
)
from kiosk.sale.phases import Creating, Paying
from kiosk.sale.transition import Transition
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Fault, OrderProblem, Outcome

# Why the latest order could not be shown.
REFUSALS = {
    Fault.NO_QR: english("its order has no QR that can be drawn; check orders.mode"),
    Fault.NOT_PAYABLE: english("its order could not be paid; see the log"),
    Fault.CURRENCY: english("its order is in another currency; check kiosk.currency"),
}


def order_seen(transition: Transition, phase: Creating, seen: OrderSeen) -> Transition:
    """Remember the order's id. Then show the order, or close it if it came too late."""
    if seen.reference != phase.sale.reference or not seen.order_id:
        # Not the order that we asked for, or an answer that makes no sense.
        reason = f"the answer is about another order: {seen.order_id!r}"
        return call_failed(transition, phase, CallFailed(Failure.UNKNOWN, reason))
    sale = replace(phase.sale, order_id=seen.order_id)
    known = transition.creating(works=True).doing(
        Remember(do.OrderKnown(sale.reference, sale.order_id))
    )
    standing = judge(sale, seen)
    if isinstance(standing, Outcome):
        return settled(known, sale, standing, seen)
    problem = _problem(transition, phase, seen)
    if problem:
        reason = english("sale {reference}: {why}", reference=sale.reference, why=REFUSALS[problem])
        known = known.with_refusal(problem, reason).with_faults(known.counter.faults | {problem})
        return close(known, sale, gave_up=True)
    if phase.close_reason or standing is not Standing.PAYABLE or _too_old(transition, phase):
        return close(known, sale, gave_up=True)
    now = transition.now
    until = now + transition.policy.expires_after
    asking = phase.asking.answered(now)
    paying = Paying(sale, seen.qr_data or "", now, until, asking, seen_at=now)
    watched = watching.answered(paying, transition.looks, now)
    return known.without_refusal(*Fault).to(watched, *scan_me(paying))


def _problem(transition: Transition, phase: Creating, seen: OrderSeen) -> Fault | None:
    """Return why the new order can't be shown, unless it is closed anyway or is being paid."""
    policy, problem = transition.policy, seen.problem
    if phase.close_reason or (problem is OrderProblem.NOT_PAYABLE and policy.printed_code):
        return None
    if problem:
        return Fault(problem.value)
    return Fault.NO_QR if policy.needs_qr and not seen.qr_data else None


def _too_old(transition: Transition, phase: Creating) -> bool:
    """Return whether the amount waited so long that another payer may be at the counter."""
    return transition.now - phase.begun > transition.policy.amount_kept_for


def call_failed(transition: Transition, phase: Creating, event: CallFailed) -> Transition:
    """Ask again; a definite refusal ends the sale."""
    if event.failure is Failure.LAPSED:
        return _left_to_people(transition, replace(phase, said=event.reason))
    if event.failure in (Failure.NOT_SENT, Failure.JOURNAL, Failure.UNKNOWN):
        maybe_sent = phase.maybe_sent or event.failure is Failure.UNKNOWN
        return _ask_again(transition, replace(phase, maybe_sent=maybe_sent), event)
    if phase.maybe_sent and event.failure in (Failure.CONFLICT, Failure.TOKEN):
        # This refuses the key or the token. The earlier request may still have created the order.
        return _ask_again(transition, phase, event)
    return _refused(transition, phase, event)


def _ask_again(transition: Transition, phase: Creating, event: CallFailed) -> Transition:
    """Ask again with the same key and bytes; give up only if certainly nothing was sent."""
    asking = asked_again(transition, phase.asking, event)
    phase = replace(phase, asking=asking, said=event.reason)
    if not phase.close_reason and _too_old(transition, phase):
        phase = replace(phase, close_reason="the service did not answer in time")
    if not phase.close_reason:
        return transition.to(phase)
    before = transition.counter.faults
    failed = transition.with_faults(before | faults_of(event.failure))
    if not phase.maybe_sent:
        return _abandon(failed, phase)
    faults = failed.counter.faults
    return failed.to(phase, *(say_why(faults) if faults - before else ()))


def _refused(transition: Transition, phase: Creating, event: CallFailed) -> Transition:
    """End the sale: the service said no, so this key will never have an order."""
    fault = FAULT_OF.get(event.failure)
    if fault:
        failed = transition.with_faults(transition.counter.faults | {fault})
        return end_unshown(failed, phase.sale, Outcome.REFUSED, event.reason)
    if phase.close_reason:
        return _abandon(transition, phase)
    return finish(transition, phase.sale, Outcome.REFUSED, event.reason)


def _abandon(transition: Transition, phase: Creating) -> Transition:
    """End a sale that never had an order."""
    return end_unshown(transition, phase.sale, Outcome.ABANDONED, phase.close_reason)


def _close_when_known(transition: Transition, phase: Creating, reason: str) -> Transition:
    """Close the order when it is known, or end the sale now if no order can exist."""
    if phase.close_reason:
        return ask_soon(transition)
    asking = phase.asking.soon(transition.now)
    phase = replace(phase, close_reason=reason, asking=asking)
    if phase.asking.underway or phase.maybe_sent:
        return transition.to(phase, *checking(phase.sale))
    return _abandon(transition, phase)


def time_passed(transition: Transition, phase: Creating, _: on.TimePassed) -> Transition:
    """Ask again: the journal holds the same key and the same bytes.

    Set the sale aside if the service gives no definite answer. A request may make the order, which
    a printed code shows for all its validity: so the last request is sent that long before.
    """
    if phase.maybe_sent and transition.now >= phase.give_up_at:
        return _left_to_people(transition.creating(works=False), phase)
    if not phase.maybe_sent:
        phase = replace(phase, give_up_at=give_up_create_at(transition))
    last_send = phase.give_up_at - reachable_for(transition.policy)
    if phase.maybe_sent and transition.policy.printed_code and transition.now > last_send:
        return transition.to(replace(phase, asking=phase.asking.at(phase.give_up_at)))
    phase = replace(phase, asking=phase.asking.sent())
    return transition.to(phase, do.CreateOrder(phase.sale.reference))


def _left_to_people(transition: Transition, phase: Creating) -> Transition:
    """Set the sale aside, or set it aside again. A lapsed key does not say if creates work."""
    if phase.earlier:
        return set_aside_again(transition, phase.earlier)
    return set_aside(transition, phase.sale, phase.said)


def cancel_pressed(transition: Transition, phase: Creating, _: on.CancelPressed) -> Transition:
    """Close the order, and drop the amount that waits."""
    return _close_when_known(transition.with_waiting(None), phase, "canceled")


def amount_read(transition: Transition, phase: Creating, event: on.AmountRead) -> Transition:
    """Sell the new total instead of the one that has no QR yet, or refuse it as busy."""
    if transition.policy.on_new_amount == "busy" and not phase.close_reason:
        return refuse_reading(transition, phase, event)
    return _close_when_known(transition.with_waiting(event), phase, "replaced")


def device_failed(transition: Transition, phase: Creating, event: on.DeviceFailed) -> Transition:
    """Close the order, because nobody could see its QR. Without a journal nothing was sent."""
    failed = transition.with_faults(transition.counter.faults | {event.fault})
    if event.fault is not Fault.JOURNAL:
        return _close_when_known(failed, phase, event.reason)
    sale = phase.sale
    declined = (do.Decline(sale.source, sale.ticket),) if sale.ticket else ()
    return begin_next(failed.doing(*declined))
