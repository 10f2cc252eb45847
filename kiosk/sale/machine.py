"""The sale machine: ``step(event, now)`` turns one event into effects and the next state.

Theory of operation
-------------------
One sale at a time walks through the phases of ``phases.py``::

    Idle -> Creating -> Paying -> Closing -> Finished -> Idle

Where a scanner brings items one by one, ``Filling`` comes before: the basket that grows.
``Creating`` ends when the service has told the order, or has definitely refused it. ``Paying``
shows the QR and looks at the order. ``Closing`` is the only way out for an order that nobody
should pay any more: cancel, fetch, repeat, until the service says how it ended; if it was paid
after all, ``Refunding`` gives the money back where the technician wants that. ``OutOfService``
waits, without a sale, until selling is possible. Nothing here reads a clock, draws a number or
touches a device; ``polling.py`` says when to ask, ``verdict.py`` what an answer means.

Two rules keep it honest:

- One question to the service at a time (``Asking``). Each is answered by exactly one event:
  OrderSeen, CallFailed or ReadyToSell. While it is underway nothing else is asked.
- A sale that may have an order leaves only through ``settled``, and only with an outcome that
  ``verdict.judge`` read in the service's answer.

What each phase does about each event is the table at the end of the file; an event that is not
in a phase's row changes nothing there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.sale import closing, creating, filling, paying, refunding, resting, transitions
from kiosk.sale import events as on
from kiosk.sale.declined import declined
from kiosk.sale.effects import Remember, ResultTold
from kiosk.sale.events import Event, OrderSeen
from kiosk.sale.phases import (
    Closing,
    Counter,
    Creating,
    Filling,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Phase,
    Policy,
    Refunding,
    Starting,
)
from kiosk.sale.transition import Step, Transition
from kiosk.sale.transitions import free, say_why
from kiosk.sale.words import Fault


@dataclass(frozen=True, slots=True)
class Machine:
    """The counter's rules, for one policy."""

    policy: Policy

    def step(self, counter: Counter, event: Event, now: float) -> Step:
        """Return the next state and what is to be done, in order. ``now``: loop-clock seconds."""
        if isinstance(event, OrderSeen):
            counter = replace(counter, faults=counter.faults - {Fault.NETWORK, Fault.TOKEN})
        if isinstance(event, on.ItemScanned) and not self.policy.checkout:
            event = filling.at_once(event)
        react = REACTIONS[type(counter.phase)].get(type(event), ignore)
        after, effects = react(Transition(self.policy, counter, now), counter.phase, event)
        return after, (*effects, *declined(counter.waiting, event, now, after.waiting, effects))


def ignore(turn: Transition, _: Phase, __: Event) -> Step:
    """An event that is not in the phase's row changes nothing there."""
    return turn.stay()


def result_told(turn: Transition, _: Phase, event: on.ResultDelivered) -> Step:
    """The register has its answer; it need not be told again after a power cut."""
    return turn.stay(Remember(ResultTold(event.reference)))


def device_failed(turn: Transition, phase: Phase, event: on.DeviceFailed) -> Step:
    """Take note; a counter without a sale stops selling at once."""
    faults = turn.counter.faults | {event.fault}
    if isinstance(phase, Idle):
        return turn.then(free, faults=faults)
    if isinstance(phase, OutOfService) and faults != turn.counter.faults:
        return turn.stay(*say_why(faults), faults=faults)
    return turn.stay(faults=faults)


def device_recovered(turn: Transition, phase: Phase, event: on.DeviceRecovered) -> Step:
    """Sell again, if that was all that was broken."""
    faults = turn.counter.faults - {event.fault}
    if isinstance(phase, OutOfService) and not faults:
        return turn.then(free, faults=faults)
    return turn.stay(faults=faults)


Reaction = Callable[[Transition, Any, Any], Step]

ANYWHERE: dict[type[Any], Reaction] = {
    on.ReadingRejected: resting.refuse_reading,
    on.ItemScanned: resting.refuse_reading,
    on.ResultDelivered: result_told,
    on.DeviceFailed: device_failed,
    on.DeviceRecovered: device_recovered,
}

REACTIONS: dict[type[Any], dict[type[Any], Reaction]] = {
    Starting: ANYWHERE | {
        on.Started: resting.devices_open,
        on.ReadyToSell: resting.ready,
        on.CallFailed: resting.not_ready,
        on.AmountRead: closing.hold_amount,
        on.CancelPressed: closing.forget_amount,
    },
    Idle: ANYWHERE | {
        on.ReadingBegan: resting.warm_up,
        on.AmountRead: resting.amount_read,
        on.ItemScanned: filling.first_item,
        on.ReadingRejected: resting.explain,
        on.TimePassed: resting.result_over,
    },
    Filling: ANYWHERE | {
        on.ReadingBegan: resting.warm_up,
        on.ItemScanned: filling.item_added,
        on.RemovePressed: filling.item_removed,
        on.ClearPressed: filling.emptied,
        on.CancelPressed: filling.emptied,
        on.PayPressed: filling.complete,
        on.TimePassed: filling.time_passed_filling,
        on.AmountRead: filling.amount_while_filling,
    },
    Creating: ANYWHERE | {
        on.OrderSeen: creating.order_told,
        on.CallFailed: creating.create_failed,
        on.TimePassed: creating.create_again,
        on.AmountRead: creating.amount_while_creating,
        on.CancelPressed: creating.cancel_creating,
        on.DeviceFailed: creating.device_failed_creating,
    },
    Paying: ANYWHERE | {
        on.OrderSeen: paying.order_looked_at,
        on.CallFailed: paying.look_failed,
        on.TimePassed: paying.time_passed_paying,
        on.AmountRead: paying.amount_while_paying,
        on.CancelPressed: paying.cancel_paying,
        on.DeviceFailed: paying.device_failed_paying,
    },
    Closing: ANYWHERE | {
        on.OrderSeen: closing.closing_seen,
        on.CallFailed: closing.closing_failed,
        on.TimePassed: transitions.ask_closing,
        on.AmountRead: closing.hold_amount,
        on.CancelPressed: closing.forget_amount,
    },
    Refunding: ANYWHERE | {
        on.OrderSeen: refunding.refund_seen,
        on.CallFailed: refunding.refund_failed,
        on.TimePassed: transitions.ask_refunding,
        on.AmountRead: closing.hold_amount,
        on.CancelPressed: closing.forget_amount,
    },
    Finished: ANYWHERE | {
        on.ReadingBegan: resting.warm_up,
        on.AmountRead: resting.amount_read,
        on.ItemScanned: filling.first_item,
        on.ReadingRejected: resting.explain,
        on.TimePassed: resting.result_over,
        on.CancelPressed: resting.dismiss,
    },
    OutOfService: ANYWHERE | {
        on.ReadyToSell: resting.ready,
        on.CallFailed: resting.not_ready,
        on.TimePassed: resting.probe,
        on.AmountRead: resting.reading_while_out,
        on.ItemScanned: resting.reading_while_out,
    },
}  # fmt: skip
