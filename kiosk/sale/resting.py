"""What happens while no sale is open: starting, idle, result on the panel, out of service."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.anywhere import refuse_reading
from kiosk.sale.effects import Show, Signal, say
from kiosk.sale.later import follow_refunds, look_again, look_twice
from kiosk.sale.look import what_to_do_held
from kiosk.sale.phase_changes import (
    FAULT_OF,
    SERVICE_FAULTS,
    begin_next,
    notice,
    out_of_service,
    probe_for_waiting,
)
from kiosk.sale.phases import Finished, Idle, OutOfService, Starting
from kiosk.sale.transition import Transition
from kiosk.sale.words import Fault, Outcome, Screen


def started(transition: Transition, phase: Starting, event: on.Started) -> Transition:
    """Tell the results that were not told, settle the open sales, or probe.

    The panel shows the newest of these results again when nothing else comes first.
    """
    replied = transition.doing(
        *(do.reply_to(it.sale, it.outcome, it.paid, late=it.late) for it in event.untold)
    )
    shown_again = [it for it in event.untold if it.outcome is not Outcome.ABANDONED]  # no screen
    if shown_again and not event.unsettled:
        replied = replied.with_untold(shown_again[-1])
    held = (what_to_do_held(sale, evidence) for sale, evidence in event.held)
    replied = replied.with_problems((*event.problems, *held))
    replied = look_again(replied, event.set_aside)
    replied = follow_refunds(replied, event.refunds, pause=0.0)
    replied = look_twice(replied, event.ended_lately)
    if event.unsettled:
        return begin_next(replied.with_unsettled(event.unsettled))
    probing = Starting(phase.asking.sent())
    return replied.to(probing, *say(Show(Screen.WORKING)), do.Probe())


def ready_to_sell(
    transition: Transition, _: Starting | OutOfService, __: on.ReadyToSell
) -> Transition:
    """Sell, unless the panel is still broken: a probe can't see that."""
    return begin_next(transition.with_faults(transition.counter.faults - SERVICE_FAULTS))


def probe_failed(
    transition: Transition, phase: Starting | OutOfService, event: on.CallFailed
) -> Transition:
    """Probe again later; say why if the reason is another one now."""
    before = transition.counter.faults
    faults = before - SERVICE_FAULTS | {FAULT_OF.get(event.failure, Fault.NETWORK)}
    asking = phase.asking.failed(transition.now, event)
    if faults == before and not transition.counter.waiting:
        return transition.to(OutOfService(asking, confirmed=True))
    return out_of_service(transition.with_faults(faults), asking)


def amount_read(transition: Transition, _: Idle | Finished, event: on.AmountRead) -> Transition:
    """Sell the amount, unless something else must be done first."""
    return begin_next(transition.with_waiting(event))


def reading_rejected(
    transition: Transition, phase: Idle | Finished, event: on.ReadingRejected
) -> Transition:
    """Show why the reading is not a valid amount, unless something more important comes next."""
    if transition.counter.pending:
        return refuse_reading(transition, phase, event)
    return notice(transition, event.reason, over=isinstance(phase, Finished))


def shown_long_enough(transition: Transition, _: Idle | Finished, __: on.TimePassed) -> Transition:
    """Take the result, or the notice, off the panel."""
    return begin_next(transition)


def cancel_pressed(transition: Transition, _: Finished, __: on.CancelPressed) -> Transition:
    """Take the result off the panel, and drop the amount that waits."""
    return begin_next(transition.with_waiting(None))


def probe(transition: Transition, phase: OutOfService, _: on.TimePassed) -> Transition:
    """Find out whether the counter can sell again."""
    return transition.to(replace(phase, asking=phase.asking.sent()), do.Probe())


def amount_out_of_service(
    transition: Transition, phase: OutOfService, event: on.AmountRead
) -> Transition:
    """Sell the amount if a probe finds that the service is ready; refuse it if one said no."""
    if phase.confirmed or transition.counter.faults - SERVICE_FAULTS:
        return reading_out_of_service(transition, phase, event)
    return probe_for_waiting(transition.with_waiting(event), phase.asking)


def reading_out_of_service(
    transition: Transition, phase: OutOfService, _: on.Reading
) -> Transition:
    """Refuse the reading, but probe now, because somebody is at the counter."""
    asking = phase.asking.at(transition.now)
    return transition.to(replace(phase, asking=asking), Signal(Screen.REJECTED_INPUT))
