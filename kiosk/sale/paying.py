"""What happens while the order can be paid."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.anywhere import refuse_reading
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.phase_changes import checking, close, scan_me, settled
from kiosk.sale.phases import Paying
from kiosk.sale.transition import Transition
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome

BLIND_AFTER = 10.0  # seconds without seeing the order; then nothing payable stays on the panel


def order_seen(transition: Transition, phase: Paying, seen: OrderSeen) -> Transition:
    """End the sale if the order has ended; else go on looking, and show the QR again if blind."""
    standing = judge(phase.sale, seen)
    if isinstance(standing, Outcome):
        return settled(transition, phase.sale, standing, seen)
    if standing in (Standing.FOREIGN, Standing.OTHER_AMOUNT):
        reason = "the answer is not about our order"
        return call_failed(transition, phase, CallFailed(Failure.UNKNOWN, reason))
    asking = phase.asking.answered(transition.now)
    shown = scan_me(phase) if phase.blind else ()
    return transition.to(replace(phase, asking=asking, seen_at=transition.now, blind=False), *shown)


def call_failed(transition: Transition, phase: Paying, event: CallFailed) -> Transition:
    """Look again later. Take the QR off the panel while nobody can see the payment."""
    asking = phase.asking.failed(transition.now, event.retry_after)
    unseen_for = transition.now - phase.seen_at
    blind = unseen_for >= BLIND_AFTER or event.failure is Failure.TOKEN
    shown = checking(phase.sale) if blind and not phase.blind else ()
    return transition.to(replace(phase, asking=asking, blind=blind), *shown)


def time_passed(transition: Transition, phase: Paying, _: on.TimePassed) -> Transition:
    """Look at the order; or close it if its time is up, which says nothing about the payment."""
    if transition.now >= phase.until:
        return close(transition, phase.sale, look=True, gave_up=True, asking=phase.asking)
    looking = replace(phase, asking=phase.asking.sent())
    return transition.to(looking, do.FetchOrder(phase.sale.order_id))


def cancel_pressed(transition: Transition, phase: Paying, _: on.CancelPressed) -> Transition:
    """Close the order."""
    return _give_up(transition, phase)


def amount_read(transition: Transition, phase: Paying, event: on.AmountRead) -> Transition:
    """Settle the order before the new total is sold, so that never two orders are payable."""
    if transition.policy.on_new_amount == "busy":
        return refuse_reading(transition, phase, event)
    return _give_up(transition.with_waiting(event), phase)


def device_failed(transition: Transition, phase: Paying, event: on.DeviceFailed) -> Transition:
    """Close the order, because nobody can see its QR. A payment is not a late one."""
    failed = transition.with_faults(transition.counter.faults | {event.fault})
    return close(failed, phase.sale, asking=phase.asking)


def _give_up(transition: Transition, phase: Paying) -> Transition:
    """Close an order that the shop does not want paid any more."""
    return close(transition, phase.sale, gave_up=True, asking=phase.asking)
