"""The ways from one phase to another. The reactions decide which way; this is how it is done."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale import effects as do
from kiosk.sale.asking import Asking
from kiosk.sale.effects import Effect, Remember, Show, Signal, say, say_about
from kiosk.sale.events import DROPPED, TOO_OLD, AmountRead, CallFailed, Failure
from kiosk.sale.phases import (
    Closing,
    Creating,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Refunding,
    Starting,
)
from kiosk.sale.policy import Policy
from kiosk.sale.transition import Transition
from kiosk.sale.words import (
    Fault,
    Outcome,
    PayerNotice,
    Sale,
    Screen,
    Unknown,
    UntoldResult,
)

ON_ITS_WAY = 60.0  # seconds; Linux sends the bytes of a closed connection again for about so long
NOTICE_SHOWN_FOR = 4.0  # seconds; long enough to read why a reading was rejected

# What a probe finds out. The panel reports its own faults.
SERVICE_FAULTS = frozenset(Fault) - {Fault.PANEL, Fault.START}

# The fault behind a failed call. The other failures are about one order.
FAULT_OF = {
    Failure.NOT_SENT: Fault.NETWORK,
    Failure.UNKNOWN: Fault.NETWORK,
    Failure.TOKEN: Fault.TOKEN,
    Failure.SETUP: Fault.SETUP,
    Failure.JOURNAL: Fault.JOURNAL,
}


def faults_of(failure: Failure) -> frozenset[Fault]:
    """Return the fault behind a failed call, or none if it is about one order."""
    return frozenset({FAULT_OF[failure]} if failure in FAULT_OF else ())


# --- to the next task -------------------------------------------------------------------------


def begin_next(transition: Transition) -> Transition:
    """Settle the next open sale, sell the waiting amount, or be idle or out of service.

    To be called when no sale is open and no result must stay on the panel.
    """
    counter, waiting = transition.counter, transition.counter.waiting
    if counter.unsettled:
        first, *others = counter.unsettled
        return resume(transition.with_unsettled(tuple(others)), first)
    if waiting and transition.now - waiting.since > transition.policy.amount_kept_for:
        return _too_old(transition, waiting.reading)
    if counter.faults:
        return out_of_service(transition)
    if waiting:
        return open_sale(transition, waiting.reading, waiting.since)
    if counter.untold:
        return _say_again(transition, counter.untold)
    return transition.to(Idle(), *say(Show(Screen.IDLE)))


def _say_again(transition: Transition, result: UntoldResult) -> Transition:
    """Show a result from before the start, because nobody may have seen it."""
    until = transition.now + transition.policy.result_shown_for
    unknown = isinstance(result.outcome, Unknown)
    screen = Screen.HELD if unknown else Screen(result.outcome.value)
    why = set_aside_notice(result.sale) if unknown else ""
    finished = Finished(result.sale, result.outcome, until)
    return transition.with_untold(None).to(finished, *say_about(screen, result.sale, why))


def set_aside_notice(sale: Sale) -> PayerNotice:
    """Return what the payer of a sale that is set aside must know."""
    return PayerNotice.LATE if sale.to_refund else PayerNotice.UNKNOWN


def _too_old(transition: Transition, reading: AmountRead) -> Transition:
    """Say on the panel, in the log and to the register that the amount is not sold.

    It becomes a sale that ends at once, so that the register gets the reply that it waits for.
    """
    faults = transition.counter.faults
    if Fault.JOURNAL in faults:
        return out_of_service(refuse_waiting(transition))
    sale, numbered = _new_sale(transition, reading)
    evidence = f"{DROPPED}: {TOO_OLD}"
    dropped = numbered.doing(
        Remember(do.SaleOpened(sale)),
        Remember(do.SaleEnded(sale.reference, Outcome.ABANDONED, evidence)),
        do.reply_to(sale, Outcome.ABANDONED),
    )
    return out_of_service(dropped) if faults else notice(dropped, TOO_OLD)


def notice(transition: Transition, reason: str, *, over: bool = True) -> Transition:
    """Show for some seconds why an amount or a reading is not sold.

    ``over``: a sale was shown. The tone is played over the lamps' pattern, so the pattern of a
    sale must be ended first.
    """
    before = (Signal(Screen.IDLE),) if over else ()
    shown = say(Show(Screen.REJECTED_INPUT, reason=reason))
    return transition.to(Idle(transition.now + NOTICE_SHOWN_FOR), *before, *shown)


def resume(transition: Transition, sale: Sale) -> Transition:
    """Settle a sale that an earlier run of the daemon left open."""
    if sale.to_refund:
        return refund(transition, sale, look=True)
    if sale.order_id:
        return close(transition, sale, look=True)
    asking = Asking(sale.reference).sent()
    reason = "the kiosk was started again"
    creating = Creating(
        sale,
        transition.now,
        asking,
        give_up_create_at(transition),
        maybe_sent=True,
        close_reason=reason,
    )
    return transition.to(creating, *say(Show(Screen.CHECKING)), do.CreateOrder(sale.reference))


def open_sale(transition: Transition, reading: AmountRead, since: float) -> Transition:
    """Write the intent to the journal, then ask for the order. ``since``: when it was read.

    The request leaves before anything is shown.
    """
    sale, numbered = _new_sale(transition, reading)
    return numbered.to(
        Creating(sale, since, Asking(sale.reference).sent(), give_up_create_at(transition)),
        Remember(do.SaleOpened(sale)),
        do.CreateOrder(sale.reference),
        *say_about(Screen.WORKING, sale),
    )


def _new_sale(transition: Transition, reading: AmountRead) -> tuple[Sale, Transition]:
    """Return the sale of the amount that waited, with the next number."""
    number = transition.counter.sales_made + 1
    sale = Sale(
        f"{transition.policy.prefix}-{number}",
        reading.amount,
        reading.source,
        items=reading.items,
        ticket=reading.ticket,
        amount_id=reading.amount_id,
    )
    return sale, transition.selling(number)


def give_up_create_at(transition: Transition) -> float:
    """Return when a create without a definite answer is given up, if it is sent now.

    Nobody can pay an order whose QR was never shown. A printed code can be paid until the order's
    validity ends.
    """
    policy = transition.policy
    return transition.now + reachable_for(policy) + policy.set_aside_after


def reachable_for(policy: Policy) -> float:
    """Return how long after a create, in seconds, a payer may reach its order without its QR."""
    return policy.expires_after + ON_ITS_WAY if policy.printed_code else 0.0


def out_of_service(transition: Transition, asking: Asking | None = None) -> Transition:
    """Say that the counter can't sell, and why; go on probing.

    ``asking``: a probe has just failed. Without it an amount waits for a probe if that can help.
    """
    faults, waiting = transition.counter.faults, transition.counter.waiting
    first = Asking(transition.policy.prefix)
    if waiting and not asking and faults <= SERVICE_FAULTS:
        return probe_for_waiting(transition, first)
    if asking is None and faults & SERVICE_FAULTS:
        first = first.failed(transition.now, CallFailed(Failure.UNKNOWN, ""))
    phase = OutOfService(asking or first, confirmed=asking is not None)
    said = transition.to(phase, *say_why(faults))
    return refuse_waiting(said)


def probe_for_waiting(transition: Transition, asking: Asking) -> Transition:
    """Let the amount wait until a probe has found out whether it can be sold."""
    waiting = transition.counter.waiting
    working = say(Show(Screen.WORKING, amount=waiting.reading.amount if waiting else None))
    if asking.underway:
        return transition.to(OutOfService(asking), *working)
    return transition.to(OutOfService(asking.sent()), *working, do.Probe())


def refuse_waiting(transition: Transition) -> Transition:
    """Say that the amount that waits is not sold."""
    if transition.counter.waiting is None:
        return transition
    return transition.with_waiting(None).doing(Signal(Screen.REJECTED_INPUT))


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
    valid_until: float | None = None,
) -> Transition:
    """Take the QR off the panel, and find out how the order ends: by a look first, or a cancel."""
    asking = asking or Asking(sale.reference)
    give_up_at = give_up_order_at(transition, valid_until)
    phase = Closing(sale, transition.now, asking, give_up_at, look, gave_up=gave_up)
    shown = transition.doing(*checking(sale))
    if asking.underway or asking.failures:
        # A look is underway, and its answer comes to this phase; or the service needs the pause.
        return shown.to(replace(phase, look=True))
    return ask_in_closing(shown, phase)


def give_up_order_at(transition: Transition, valid_until: float | None = None) -> float:
    """Return when an order without an end is given up. It may have been created just now."""
    if valid_until is None:
        valid_until = transition.now + transition.policy.expires_after
    return valid_until + transition.policy.set_aside_after


def ask_in_closing(transition: Transition, phase: Closing) -> Transition:
    """Look at the order, or cancel it."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.CancelOrder(order_id)
    return transition.to(replace(phase, asking=phase.asking.sent()), ask)


def refund(transition: Transition, sale: Sale, look: bool = False) -> Transition:
    """Give the money back: by a look first, or a refund."""
    give_up_at = transition.now + transition.policy.set_aside_after
    phase = Refunding(replace(sale, to_refund=True), Asking(sale.reference), give_up_at, look)
    return ask_in_refunding(transition.doing(*checking(sale)), phase)


def ask_in_refunding(transition: Transition, phase: Refunding) -> Transition:
    """Look at the order, or refund it."""
    order_id = phase.sale.order_id
    ask = do.FetchOrder(order_id) if phase.look else do.RefundOrder(order_id)
    return transition.to(replace(phase, asking=phase.asking.sent()), ask)


def asked_again(transition: Transition, asking: Asking, event: CallFailed) -> Asking:
    """Return when to ask again after a failure: soon, if an amount waits for the end."""
    failed = asking.failed(transition.now, event)
    return failed.soon(transition.now) if transition.counter.waiting else failed


def ask_soon(transition: Transition) -> Transition:
    """Shorten the pause before the next question, because somebody waits at the counter."""
    match transition.counter.phase:
        case Starting() | Creating() | Closing() | Refunding() as phase:
            return transition.to(replace(phase, asking=phase.asking.soon(transition.now)))
    return transition
