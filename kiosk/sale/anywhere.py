"""Reactions that several phases share."""

from __future__ import annotations

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Remember, Signal
from kiosk.sale.phase_changes import ask_soon, begin_next, refuse_waiting, say_why
from kiosk.sale.phases import Closing, Idle, OutOfService, Phase, Refunding, Starting
from kiosk.sale.transition import Transition
from kiosk.sale.words import Screen


def refuse_reading(transition: Transition, _: Phase, __: on.Reading) -> Transition:
    """Keep what is on the panel; the tone says that the reading is not used."""
    return transition.doing(Signal(Screen.REJECTED_INPUT))


def result_delivered(transition: Transition, _: Phase, event: on.ResultDelivered) -> Transition:
    """Write down that the register knows the result, so that a restart does not tell it again."""
    return transition.doing(Remember(do.ResultTold(event.reference, event.outcome)))


def device_failed(transition: Transition, phase: Phase, event: on.DeviceFailed) -> Transition:
    """Note the fault. A counter without a sale goes out of service at once."""
    before = transition.counter.faults
    failed = transition.with_faults(before | {event.fault})
    if isinstance(phase, Idle):
        return begin_next(failed)
    if isinstance(phase, OutOfService) and event.fault not in before:
        return refuse_waiting(failed).doing(*say_why(failed.counter.faults))
    return failed


def device_recovered(transition: Transition, phase: Phase, event: on.DeviceRecovered) -> Transition:
    """Forget the fault, and sell again if it was the only one and no probe is underway.

    The answer to a probe that is underway must not arrive in the middle of a sale. So the counter
    waits for that answer, which decides what comes next.
    """
    before = transition.counter.faults
    recovered = transition.with_faults(before - {event.fault})
    if not isinstance(phase, OutOfService) or event.fault not in before:
        return recovered
    if left := recovered.counter.faults:
        return recovered.doing(*(say_why(left) if say_why(left) != say_why(before) else ()))
    return recovered if phase.asking.underway else begin_next(recovered)


def warm_up(transition: Transition, _: Phase, __: on.ReadingBegan) -> Transition:
    """Open the connection while the rest of the reading comes in."""
    return transition.doing(do.WarmConnection())


def keep_amount(
    transition: Transition, _: Starting | Closing | Refunding, event: on.AmountRead
) -> Transition:
    """Let the newest amount wait until the counter can sell it, and ask the service soon."""
    return ask_soon(transition.with_waiting(event))


def drop_amount(
    transition: Transition, _: Starting | Closing | Refunding | OutOfService, __: on.CancelPressed
) -> Transition:
    """Drop the amount that waits. What it waits for goes on in any case."""
    return ask_soon(transition.with_waiting(None))
