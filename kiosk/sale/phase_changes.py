"""The ways from one phase to another. The reactions decide which way; this is how it is done."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale.asking import Asking
from kiosk.sale.effects import Effect, Remember, Show, Signal, say, say_about
from kiosk.sale.events import AmountRead, Failure, OrderSeen
from kiosk.sale.phases import Closing, Creating, Finished, Idle, OutOfService, Paying, Refunding
from kiosk.sale.transition import Transition
from kiosk.sale.words import Fault, Outcome, Sale, Screen

# What a probe finds out. The panel reports its own faults.
SERVICE_FAULTS = frozenset({Fault.NETWORK, Fault.TOKEN, Fault.SETUP, Fault.JOURNAL})

# The fault behind a failed call; every other failure is one of the network.
FAULT_OF = {
    Failure.TOKEN: Fault.TOKEN,
    Failure.SETUP: Fault.SETUP,
    Failure.JOURNAL: Fault.JOURNAL,
}


# --- to the next task -------------------------------------------------------------------------


def begin_next(transition: Transition) -> Transition:
    """Settle the next open sale, sell the waiting amount, or be idle or out of service.

    To be called when no sale is open and no result must stay on the panel.
    """
    counter, waiting = transition.counter, transition.counter.waiting
    if counter.unsettled:
        first, *others = counter.unsettled
        return resume(transition.with_unsettled(tuple(others)), first)
    if counter.faults:
        return out_of_service(transition)
    if waiting and transition.now - waiting.since <= transition.policy.amount_kept_for:
        return open_sale(transition, waiting.reading, waiting.since)
    too_old = (Signal(Screen.REJECTED_INPUT),) if waiting else ()
    return transition.with_waiting(None).to(Idle(), *say(Show(Screen.IDLE)), *too_old)


def resume(transition: Transition, sale: Sale) -> Transition:
    """Settle a sale that an earlier run of the daemon left open."""
    if sale.to_refund:
        return refund(transition, sale, look=True)
    if sale.order_id:
        return close(transition, sale, look=True)
    asking = Asking(sale.reference).sent()
    reason = "the kiosk was started again"
    creating = Creating(sale, transition.now, asking, maybe_sent=True, close_reason=reason)
    return transition.to(creating, *say(Show(Screen.CHECKING)), do.CreateOrder(sale.reference))


def open_sale(transition: Transition, reading: AmountRead, since: float) -> Transition:
    """Write the intent to the journal, then ask for the order. ``since``: when it was read."""
    number = transition.counter.sales_made + 1
    sale = Sale(
        f"{transition.policy.prefix}-{number}",
        reading.amount,
        reading.source,
        items=reading.items,
        ticket=reading.ticket,
    )
    return (
        transition.with_waiting(None)
        .with_sales_made(number)
        .to(
            Creating(sale, since, Asking(sale.reference).sent()),
            Remember(do.SaleOpened(sale)),
            *say_about(Screen.WORKING, sale),
            do.CreateOrder(sale.reference),
        )
    )


def out_of_service(transition: Transition, asking: Asking | None = None) -> Transition:
    """Say that the counter can't sell, and why. Nothing waits; go on probing."""
    faults, waiting = transition.counter.faults, transition.counter.waiting
    if asking is None:
        asking = Asking(transition.policy.prefix)
        if faults & SERVICE_FAULTS:
            asking = asking.failed(transition.now, None)
    refused = (Signal(Screen.REJECTED_INPUT),) if waiting else ()
    return transition.with_waiting(None).to(OutOfService(asking), *say_why(faults), *refused)


def say_why(faults: frozenset[Fault]) -> tuple[Effect, ...]:
    """Return what says that the counter can't sell, with the code of the first of the faults."""
    return do.say_out_of_service(next(fault for fault in Fault if fault in faults))


# --- to an order that can be paid, and away from it -------------------------------------------


def scan_me(phase: Paying) -> tuple[Effect, ...]:
    """Return what shows the QR, the amount and the time that is left."""
    return say(
        Show(
            Screen.SCAN_ME,
            amount=phase.sale.amount,
            reference=phase.sale.reference,
            qr_data=phase.qr_data,
            begun=phase.begun,
            until=phase.until,
        )
    )


def checking(sale: Sale) -> tuple[Effect, ...]:
    """Return what says: we are checking your payment, do not pay again."""
    return say_about(Screen.CHECKING, sale)


def close(
    transition: Transition,
    sale: Sale,
    *,
    look: bool = False,
    gave_up: bool = False,
    asking: Asking | None = None,
) -> Transition:
    """Take the QR off the panel, and find out how the order ends: by a look first, or a cancel."""
    asking = asking or Asking(sale.reference)
    phase = Closing(sale, transition.now, asking, look, gave_up=gave_up)
    shown = transition.doing(*checking(sale))
    if asking.underway or asking.failures:
        # A look is underway, and its answer comes to this phase; or the service needs the pause.
        return shown.to(replace(phase, look=True))
    return ask_in_closing(shown, phase)


def ask_in_closing(transition: Transition, phase: Closing) -> Transition:
    """Look at the order, or cancel it."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.CancelOrder(order_id)
    return transition.to(replace(phase, asking=phase.asking.sent()), ask)


def refund(transition: Transition, sale: Sale, look: bool = False) -> Transition:
    """Give the money back: by a look first, or a refund."""
    phase = Refunding(sale, Asking(sale.reference), look)
    return ask_in_refunding(transition.doing(*checking(sale)), phase)


def ask_in_refunding(transition: Transition, phase: Refunding) -> Transition:
    """Look at the order, or refund it."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.RefundOrder(order_id)
    return transition.to(replace(phase, asking=phase.asking.sent()), ask)


# --- to the end of the sale -------------------------------------------------------------------


def settled(transition: Transition, sale: Sale, outcome: Outcome, seen: OrderSeen) -> Transition:
    """End the sale as the service says. A waiting amount waits only behind a payment's result."""
    if transition.counter.waiting and outcome is not Outcome.PAID:
        return end_unshown(transition, sale, outcome, describe(seen))
    return finish(transition, sale, outcome, describe(seen))


def settled_late(transition: Transition, sale: Sale, seen: OrderSeen) -> Transition:
    """Do with a late payment what the technician decided."""
    evidence = f"late: {describe(seen)}"
    match transition.policy.late_payment:
        case "accept":
            return finish(transition, sale, Outcome.PAID, evidence)
        case "hold":
            return hold(transition, sale, Outcome.PAID, evidence)
        case "refund":
            decided = Remember(do.RefundDecided(sale.reference, evidence))
            return refund(transition.doing(decided), sale)


def finish(transition: Transition, sale: Sale, outcome: Outcome, evidence: str) -> Transition:
    """Write the result to the journal, show it, and tell the register."""
    return transition.to(
        Finished(sale, outcome, transition.now + transition.policy.result_shown_for),
        Remember(do.SaleEnded(sale.reference, outcome, evidence)),
        *say_about(Screen(outcome.value), sale),
        do.reply_to(sale, outcome),
    )


def hold(transition: Transition, sale: Sale, outcome: Outcome, evidence: str) -> Transition:
    """Leave the sale to people: the panel sends the payer to the cashier, no register is told."""
    return transition.to(
        Finished(sale, outcome, transition.now + transition.policy.result_shown_for),
        Remember(do.SaleEnded(sale.reference, outcome, evidence)),
        *say_about(Screen.HELD, sale),
        Remember(do.ResultTold(sale.reference)),
    )


def end_unshown(transition: Transition, sale: Sale, outcome: Outcome, evidence: str) -> Transition:
    """Write the result to the journal and tell the register; show what comes next instead."""
    ended = Remember(do.SaleEnded(sale.reference, outcome, evidence))
    return begin_next(transition.doing(ended, do.reply_to(sale, outcome)))


def describe(seen: OrderSeen) -> str:
    """Return what the service said, for the journal."""
    return f"{seen.order_id} {seen.status}/{seen.status_detail} {seen.total}"
