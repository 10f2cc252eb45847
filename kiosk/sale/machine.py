"""The sale machine: ``step(counter, event, now)`` turns an event into the next state and effects.

Theory of operation
-------------------
One sale at a time goes through the phases of ``phases.py``::

    Idle -> Creating -> Paying -> Closing -> Finished -> Idle

Where a scanner brings items one by one, ``Filling`` comes before ``Creating``. ``Creating`` ends
when the service describes the order, or definitely refuses it. ``Paying`` shows the QR and looks
at the order. ``Closing`` is the only way out for an order that nobody should pay any more: cancel
and look, until the service says how the order ended. If it was paid too late, ``Refunding`` gives
the money back where the technician decided so. ``OutOfService`` waits, without a sale, until the
counter can sell. Nothing here reads a clock, draws a random number or touches a device.

Two rules keep the money safe:

- There is one question to the service at a time (``Asking``). Exactly one event answers it:
  OrderSeen, CallFailed or ReadyToSell. While it is underway nothing else is asked.
- A sale that may have an order ends only on the service's word: an outcome that ``verdict.judge``
  read in an answer, a definite refusal, or an order that the service does not know. If its
  answers contradict the sale, it is left to people. If the service does not say in time how
  it ended, it is set aside: it stays without an outcome, and ``later.py`` looks at its order again.

The table at the end of the file says what each phase does about each event; an event without a row
changes nothing. The reactions are in the file that is named after the phase, those of the phases
without a sale in ``resting.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kiosk.base.frozen import frozen
from kiosk.sale import anywhere, closing, creating, filling, later, paying, resting
from kiosk.sale import events as on
from kiosk.sale.effects import Decline, Effect, Remember, SaleOpened
from kiosk.sale.events import Event
from kiosk.sale.look_times import planned
from kiosk.sale.phases import (
    Closing,
    Counter,
    Creating,
    Filling,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Refunding,
    Starting,
    Waiting,
)
from kiosk.sale.policy import Policy
from kiosk.sale.reactions import P, Reactions, table
from kiosk.sale.transition import Transition
from kiosk.sale.words import Fault

Step = tuple[Counter, tuple[Effect, ...]]


@frozen
class Machine:
    """The rules of one counter."""

    policy: Policy

    def step(self, counter: Counter, event: Event, now: float) -> Step:
        """Return the next state, and the effects in order. ``now`` is in loop-clock seconds."""
        if isinstance(event, on.ItemScanned) and not self.policy.checkout:
            event = filling.sold_at_once(event)
        before = _heard(Transition(self.policy, counter, now), event)
        after = _react(before, event)
        return after.counter, (*after.effects, *_declined(before, event, after))

    def learned(self, paid_after: Iterable[float]) -> Machine:
        """Return the machine that plans its looks by these times from the QR to the payment."""
        policy = self.policy
        looks = planned(paid_after, policy.looks_per_sale, policy.expires_after)
        return Machine(replace(policy, looks=looks))


def _heard(before: Transition, event: Event) -> Transition:
    """Note what the service says about the token, a setting and the network, and what hints say."""
    match event:
        case on.LinkChanged(connected):
            return before.with_hints(before.counter.hints.when(linked=connected))
        case on.OrderHinted():
            return before.with_hints(before.counter.hints.heard(event, before.now))
        case on.OrderSeen() | on.ReadyToSell():
            heard = before.without_refusal(Fault.TOKEN)
            over = {Fault.NETWORK, Fault.TOKEN} if isinstance(event, on.OrderSeen) else set()
            return heard.with_faults(heard.counter.faults - over)
        case on.CallFailed(on.Failure.TOKEN, reason):
            return before.with_refusal(Fault.TOKEN, reason)
        case on.CallFailed(on.Failure.SETUP, reason):
            return before.with_refusal(Fault.SETUP, reason)
    return before


def _react(before: Transition, event: Event) -> Transition:
    """Let the phase react, or the later looks, which run beside any phase."""
    match event:
        case on.LookedLater():
            return later.answered(before, event)
        case on.Decided(reference):
            return later.decided(before, reference)
        case on.RefundAsked(sale, underway):
            return later.refund_asked(before, sale, underway)
        case on.PaidLate(sale, ended):
            return later.look_at_late_money(before, sale, ended)
    due = before.counter.phase_wake <= before.now
    if isinstance(event, on.TimePassed) and not due:
        after = before
    else:
        after = REACTIONS[type(before.counter.phase)].react(before, event)
    return later.ask(after) if after.counter.later_wake <= before.now else after


def _declined(before: Transition, event: Event, after: Transition) -> Iterator[Decline]:
    """Yield a Decline for each amount with a ticket that waited or came, and will not be sold.

    Each amount with a ticket ends in one ``Reply`` (there was a sale, and it has ended) or one
    ``Decline`` (there was no sale). Only sales that are left to people end in neither.
    """
    amounts = [before.counter.waiting] if before.counter.waiting else []
    if isinstance(event, on.AmountRead):
        amounts.append(Waiting(event, before.now))
    sold = {
        (effect.fact.sale.source, effect.fact.sale.ticket)
        for effect in after.effects
        if isinstance(effect, Remember) and isinstance(effect.fact, SaleOpened)
    }
    for amount in amounts:
        source, ticket = amount.reading.source, amount.reading.ticket
        if ticket and amount != after.counter.waiting and (source, ticket) not in sold:
            yield Decline(source, ticket)


def during(phase: type[P]) -> Reactions[P]:
    """Begin a phase's rows with those of every phase. The phase's own rows replace them."""
    return (
        Reactions(phase)
        .when(on.ReadingRejected, anywhere.refuse_reading)
        .when(on.ItemScanned, anywhere.refuse_reading)
        .when(on.ResultDelivered, anywhere.result_delivered)
        .when(on.DeviceFailed, anywhere.device_failed)
        .when(on.DeviceRecovered, anywhere.device_recovered)
    )


REACTIONS = table(
    during(Starting)
        .when(on.Started, resting.started)
        .when(on.ReadyToSell, resting.ready_to_sell)
        .when(on.CallFailed, resting.probe_failed)
        .when(on.AmountRead, anywhere.keep_amount)
        .when(on.CancelPressed, anywhere.drop_amount),

    during(Idle)
        .when(on.ReadingBegan, anywhere.warm_up)
        .when(on.AmountRead, resting.amount_read)
        .when(on.ItemScanned, filling.first_item)
        .when(on.ReadingRejected, resting.reading_rejected)
        .when(on.TimePassed, resting.shown_long_enough),

    during(Filling)
        .when(on.ReadingBegan, anywhere.warm_up)
        .when(on.ItemScanned, filling.item_scanned)
        .when(on.RemovePressed, filling.remove_pressed)
        .when(on.ClearPressed, filling.clear_pressed)
        .when(on.CancelPressed, filling.clear_pressed)
        .when(on.PayPressed, filling.pay_pressed)
        .when(on.TimePassed, filling.time_passed)
        .when(on.AmountRead, filling.amount_read),

    during(Creating)
        .when(on.OrderSeen, creating.order_seen)
        .when(on.CallFailed, creating.call_failed)
        .when(on.TimePassed, creating.time_passed)
        .when(on.AmountRead, creating.amount_read)
        .when(on.CancelPressed, creating.cancel_pressed)
        .when(on.DeviceFailed, creating.device_failed),

    during(Paying)
        .when(on.OrderSeen, paying.order_seen)
        .when(on.CallFailed, paying.call_failed)
        .when(on.TimePassed, paying.time_passed)
        .when(on.QrShown, paying.qr_shown)
        .when(on.OrderHinted, paying.order_hinted)
        .when(on.LinkChanged, paying.link_changed)
        .when(on.LastPressed, paying.last_pressed)
        .when(on.AmountRead, paying.amount_read)
        .when(on.CancelPressed, paying.cancel_pressed)
        .when(on.DeviceFailed, paying.device_failed),

    during(Closing)
        .when(on.OrderSeen, closing.order_seen)
        .when(on.CallFailed, closing.call_failed)
        .when(on.TimePassed, closing.time_passed)
        .when(on.AmountRead, anywhere.keep_amount)
        .when(on.CancelPressed, anywhere.drop_amount),

    during(Refunding)
        .when(on.OrderSeen, closing.refund_seen)
        .when(on.CallFailed, closing.refund_failed)
        .when(on.TimePassed, closing.refund_again)
        .when(on.AmountRead, anywhere.keep_amount)
        .when(on.CancelPressed, anywhere.drop_amount),

    during(Finished)
        .when(on.ReadingBegan, anywhere.warm_up)
        .when(on.AmountRead, resting.amount_read)
        .when(on.ItemScanned, filling.first_item)
        .when(on.ReadingRejected, resting.reading_rejected)
        .when(on.TimePassed, resting.shown_long_enough)
        .when(on.CancelPressed, resting.cancel_pressed),

    during(OutOfService)
        .when(on.ReadyToSell, resting.ready_to_sell)
        .when(on.CallFailed, resting.probe_failed)
        .when(on.TimePassed, resting.probe)
        .when(on.AmountRead, resting.amount_out_of_service)
        .when(on.CancelPressed, anywhere.drop_amount)
        .when(on.ItemScanned, resting.reading_out_of_service),
)  # fmt: skip
