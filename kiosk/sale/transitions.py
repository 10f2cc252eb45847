"""The ways from one phase to another. The reactions decide which way; here is what it takes."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale.effects import Effect, Remember, Signal
from kiosk.sale.events import Failure, OrderSeen, TimePassed
from kiosk.sale.phases import (
    Asking,
    Closing,
    Creating,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Refunding,
    Waiting,
)
from kiosk.sale.transition import Step, Transition, say, say_out_of_service
from kiosk.sale.words import Fault, Outcome, Sale, Screen

# What a probe finds out; the panel finds out for itself, and says so.
SERVICE_FAULTS = frozenset({Fault.NETWORK, Fault.TOKEN, Fault.SETUP, Fault.JOURNAL})

# The fault behind a failed call, where it is not the network.
FAULT_OF = {
    Failure.TOKEN: Fault.TOKEN,
    Failure.SETUP: Fault.SETUP,
    Failure.JOURNAL: Fault.JOURNAL,
}


def free(turn: Transition) -> Step:
    """Nothing is open and no result is on show: settle, sell, or say why not."""
    counter = turn.counter
    if counter.unsettled:
        first, *rest = counter.unsettled
        return turn.then(lambda turn: resume(turn, first), unsettled=tuple(rest))
    waiting = counter.waiting
    fresh = waiting and turn.now - waiting.since <= turn.policy.amount_kept_for
    if counter.faults:
        return out_of_service(turn)
    if waiting and fresh:
        return open_sale(turn, waiting)
    stale = (Signal(Screen.REJECTED_INPUT),) if waiting else ()
    return turn.to(Idle(), *say(Screen.IDLE), *stale, waiting=None)


def resume(turn: Transition, sale: Sale) -> Step:
    """Settle a sale that an earlier run of the daemon left open."""
    if sale.to_refund:
        return refund(turn, sale, look=True)
    if sale.order_id:
        return close(turn, sale, look=True)
    asking = Asking(sale.reference).sent()
    phase = Creating(sale, turn.now, asking, maybe_sent=True, unwanted="the power was lost")
    return turn.to(phase, *say(Screen.CHECKING), do.CreateOrder(sale.reference))


def open_sale(turn: Transition, wanted: Waiting) -> Step:
    """Write the intent down, then ask for the order."""
    number = turn.counter.sales_made + 1
    reference = f"{turn.policy.prefix}-{number}"
    sale = Sale(reference, wanted.amount, wanted.source, items=wanted.items, ticket=wanted.ticket)
    return turn.to(
        Creating(sale, wanted.since, Asking(sale.reference).sent()),
        Remember(do.SaleOpened(sale)),
        *say(Screen.WORKING, amount=sale.amount, reference=sale.reference),
        do.CreateOrder(sale.reference),
        waiting=None,
        sales_made=number,
    )


def close(
    turn: Transition,
    sale: Sale,
    *,
    look: bool = False,
    gave_up: bool = False,
    asking: Asking | None = None,
) -> Step:
    """Take the QR off the panel and find out how the order ends: by a look first, or a cancel."""
    asking = asking or Asking(sale.reference)
    phase = Closing(sale, turn.now, asking, look, gave_up=gave_up)
    if asking.underway or asking.failures:
        # A look is underway, and its answer comes to us now; or the service wants to be left alone.
        return turn.to(replace(phase, look=True), *checking(sale))
    counter, effects = ask_closing(turn, phase, TimePassed())
    return counter, (*checking(sale), *effects)


def ask_closing(turn: Transition, phase: Closing, _: TimePassed) -> Step:
    """Look, or cancel."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.CancelOrder(order_id)
    return turn.to(replace(phase, asking=phase.asking.sent()), ask)


def checking(sale: Sale) -> tuple[Effect, ...]:
    """Say the honest thing while nobody knows: we are checking, do not pay again."""
    return say(Screen.CHECKING, amount=sale.amount, reference=sale.reference)


def settled(turn: Transition, sale: Sale, outcome: Outcome, seen: OrderSeen) -> Step:
    """The service has said how it ended. A new amount need not wait behind anything but money."""
    evidence = describe(seen)
    if turn.counter.waiting and outcome is not Outcome.PAID:
        return turn.then(free, *ended_with(sale, outcome, evidence))
    return finish(turn, sale, outcome, evidence)


def finish(turn: Transition, sale: Sale, outcome: Outcome, evidence: str) -> Step:
    """Write the result down, show it, and tell the register."""
    remember, reply = ended_with(sale, outcome, evidence)
    shown = say(Screen(outcome.value), amount=sale.amount, reference=sale.reference)
    until = turn.now + turn.policy.result_shown_for
    return turn.to(Finished(sale, outcome, until), remember, *shown, reply)


def finish_late(turn: Transition, sale: Sale, seen: OrderSeen) -> Step:
    """Paid after somebody here had given up: do what the technician decided about that."""
    evidence = f"late: {describe(seen)}"
    match turn.policy.late_payment:
        case "accept":
            return finish(turn, sale, Outcome.PAID, evidence)
        case "hold":
            return hold(turn, sale, Outcome.PAID, evidence)
        case "refund":
            decided = Remember(do.RefundDecided(sale.reference, evidence))
            sale = replace(sale, to_refund=True)
            return turn.then(lambda turn: refund(turn, sale), decided)


def hold(turn: Transition, sale: Sale, outcome: Outcome, evidence: str) -> Step:
    """Leave it to people: the panel sends the payer to the cashier, and no register is told."""
    return turn.to(
        Finished(sale, outcome, turn.now + turn.policy.result_shown_for),
        Remember(do.SaleEnded(sale.reference, outcome, evidence)),
        *say(Screen.HELD, amount=sale.amount, reference=sale.reference),
        Remember(do.ResultTold(sale.reference)),
    )


def refund(turn: Transition, sale: Sale, look: bool = False) -> Step:
    """Give the money back."""
    phase = Refunding(sale, Asking(sale.reference), look)
    counter, effects = ask_refunding(turn, phase, TimePassed())
    return counter, (*checking(sale), *effects)


def ask_refunding(turn: Transition, phase: Refunding, _: TimePassed) -> Step:
    """Look, or refund."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.RefundOrder(order_id)
    return turn.to(replace(phase, asking=phase.asking.sent()), ask)


def describe(seen: OrderSeen) -> str:
    """Return what the service said, for the journal."""
    return f"{seen.order_id} {seen.status}/{seen.status_detail} {seen.total}"


def ended_with(sale: Sale, outcome: Outcome, evidence: str) -> tuple[Effect, ...]:
    """Return the effects that every ended sale has."""
    return (
        Remember(do.SaleEnded(sale.reference, outcome, evidence)),
        do.reply_to(sale, outcome),
    )


def abandon(turn: Transition, phase: Creating) -> Step:
    """End a sale that never had an order."""
    return turn.then(free, *ended_with(phase.sale, Outcome.ABANDONED, phase.unwanted))


def out_of_service(turn: Transition, asking: Asking | None = None) -> Step:
    """Say that nothing can be sold here, and why; go on finding out whether it can."""
    if asking is None:
        asking = Asking(turn.policy.prefix)
        if turn.counter.faults & SERVICE_FAULTS:
            asking = asking.failed(turn.now, None)
    refused = (Signal(Screen.REJECTED_INPUT),) if turn.counter.waiting else ()
    return turn.to(OutOfService(asking), *say_why(turn.counter.faults), *refused, waiting=None)


def say_why(faults: frozenset[Fault]) -> tuple[Effect, ...]:
    """Say out of service, with the code of the worst fault."""
    worst = next(fault for fault in Fault if fault in faults)
    return say_out_of_service(worst)


def scan_me(phase: Paying) -> tuple[Effect, ...]:
    """Show the QR, the amount and the time that is left."""
    sale = phase.sale
    return say(
        Screen.SCAN_ME,
        amount=sale.amount,
        reference=sale.reference,
        qr_data=phase.qr_data,
        begun=phase.begun,
        until=phase.until,
    )
