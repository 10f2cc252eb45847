"""What happens while the order can be paid."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale import watching
from kiosk.sale.anywhere import refuse_reading
from kiosk.sale.endings import settled
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.hints import is_about
from kiosk.sale.phase_changes import checking, close, give_up_order_at, scan_me
from kiosk.sale.phases import Closing, Paying
from kiosk.sale.transition import Transition
from kiosk.sale.verdict import DOUBTFUL, Standing, judge
from kiosk.sale.words import Outcome


def order_seen(transition: Transition, phase: Paying, seen: OrderSeen) -> Transition:
    """End the sale if the order has ended; else go on looking, and show the QR again if blind."""
    standing = judge(phase.sale, seen)
    if isinstance(standing, Outcome):
        if standing is not Outcome.PAID:
            return settled(transition, phase.sale, standing, seen)
        hints, now = transition.counter.hints, transition.now
        hinted = transition.with_hints(hints.after_payment(phase.sale, phase.hinted_at, now))
        after = watching.paid_after(phase, now)
        return settled(hinted, phase.sale, standing, seen, paid_after=after)
    if standing in DOUBTFUL:
        return _look_closer(transition, phase, standing)
    if standing is Standing.FOREIGN:
        reason = "the answer is not about our order"
        return call_failed(transition, phase, CallFailed(Failure.UNKNOWN, reason))
    shown = scan_me(phase) if phase.blind else ()
    watched = watching.answered(phase, transition.looks, transition.now)
    return transition.to(watched, *shown)


def _look_closer(transition: Transition, phase: Paying, standing: Standing) -> Transition:
    """Take the QR off the panel, because the order is processed, and look at the order again."""
    asking = phase.asking.answered(transition.now)
    give_up_at = give_up_order_at(transition, phase.until)
    said = f"the order is processed, but {standing.value}"
    closing = Closing(phase.sale, transition.now, asking, give_up_at, look=True, said=said)
    if standing is Standing.OTHER_AMOUNT:
        closing = replace(closing, other_amounts=1)
    return transition.to(closing, *checking(phase.sale))


def call_failed(transition: Transition, phase: Paying, event: CallFailed) -> Transition:
    """Look again. With a refused token nobody will see the payment."""
    watched = watching.failed(phase, transition.looks, transition.now, event)
    phase = replace(watched, said=event.reason)
    if event.failure is Failure.TOKEN:
        return _blind(transition, phase)
    return _blind_in_time(transition, phase)


def _blind_in_time(transition: Transition, phase: Paying) -> Transition:
    """Take the QR off the panel if the service described the order too long ago."""
    if transition.now < phase.blind_at:
        return transition.to(phase)
    return _blind(transition, phase)


def _blind(transition: Transition, phase: Paying) -> Transition:
    """Take the QR off the panel while nobody can see the payment."""
    shown = () if phase.blind else checking(phase.sale)
    return transition.to(replace(phase, blind=True), *shown)


def time_passed(transition: Transition, phase: Paying, _: on.TimePassed) -> Transition:
    """Look at the order; or close it if its time is up, which says nothing about the payment."""
    if transition.now >= phase.until:
        return _close(transition, phase, look=True, gave_up=True, timed_out=True)
    if transition.now < phase.asking.due:
        return _blind_in_time(transition, phase)
    looking = watching.sent(phase, transition.now)
    return _blind_in_time(transition, looking).doing(do.FetchOrder(phase.sale.order_id))


def qr_shown(transition: Transition, phase: Paying, event: on.QrShown) -> Transition:
    """Plan the looks from now: nobody could pay before. A printed code could be paid at once."""
    if event.reference != phase.sale.reference or transition.policy.printed_code:
        return transition
    return transition.to(watching.shown(phase, transition.looks, transition.now))


def order_hinted(transition: Transition, phase: Paying, event: on.OrderHinted) -> Transition:
    """Look at the order now, unless the service needs a pause."""
    if not is_about(event, phase.sale):
        return transition
    return transition.to(watching.hinted(phase, transition.now))


def link_changed(transition: Transition, phase: Paying, _: on.LinkChanged) -> Transition:
    """Look more often from now on if hints can't come any more."""
    return transition.to(watching.replanned(phase, transition.looks, transition.now))


def last_pressed(transition: Transition, phase: Paying, _: on.LastPressed) -> Transition:
    """Look at the order now, because a person asks; soon, if the service needs a pause."""
    urged = watching.urged(phase, transition.now)
    if not urged.asking.failures:
        return transition.to(urged)
    return transition.to(replace(urged, asking=urged.asking.soon(transition.now)))


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
    return _close(failed, phase)


def _give_up(transition: Transition, phase: Paying) -> Transition:
    """Close an order that the shop does not want paid any more."""
    asking = phase.asking.soon(transition.now)
    return _close(transition, replace(phase, asking=asking), gave_up=True)


def _close(
    transition: Transition,
    phase: Paying,
    *,
    look: bool = False,
    gave_up: bool = False,
    timed_out: bool = False,
) -> Transition:
    closed = close(
        transition,
        phase.sale,
        look=look,
        gave_up=gave_up,
        asking=phase.asking,
        valid_until=phase.until,
    )
    closing = closed.counter.phase
    assert isinstance(closing, Closing)
    return closed.to(replace(closing, timed_out=timed_out, said=phase.said))
