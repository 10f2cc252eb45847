"""Later looks: at sales that are set aside, at orders that ended without a payment, and at refunds.

A payer who had opened the pay screen may pay after the end, and a service may tell the end of an
order very late. The later looks run beside the current sale: at most one question is underway, and
the panel changes only if money is found while the counter is idle.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.base.localized_text import english
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.asking import Asking
from kiosk.sale.closing import REFUND_REFUSED
from kiosk.sale.effects import Remember
from kiosk.sale.endings import describe, finish, hold
from kiosk.sale.events import CallFailed, Failure, OrderSeen
from kiosk.sale.look import (
    AFTER_ANSWER,
    SET_ASIDE_FOR,
    SHORTEST,
    Look,
    look_at_refund,
    look_at_set_aside,
    second_look,
    what_to_do_held,
)
from kiosk.sale.phase_changes import checking, reachable_for
from kiosk.sale.phases import Creating, Idle
from kiosk.sale.transition import Transition
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, PayerNotice, Sale

# Refusals of a create that say that this key has no order and will never have one.
CREATE_REFUSED = (Failure.REFUSED, Failure.SETUP)

_HELD_AS = {
    Standing.OTHER_AMOUNT: (Outcome.ABANDONED, PayerNotice.OTHER_AMOUNT),
    Standing.CHARGED_BACK: (Outcome.PAID, ""),
}


def look_again(transition: Transition, sales: tuple[Sale, ...]) -> Transition:
    """Look now at the sales that were set aside before the start, one after another."""
    looks = (look_at_set_aside(sale, transition.now, pause=0.0) for sale in sales)
    return transition.with_later((*transition.counter.later, *looks))


def look_twice(transition: Transition, ended: tuple[tuple[Sale, Outcome], ...]) -> Transition:
    """Look again at orders that ended without a payment shortly before the start."""
    looks = (second_look(sale, outcome, transition.now) for sale, outcome in ended)
    return transition.with_later((*transition.counter.later, *looks))


def decided(transition: Transition, reference: str) -> Transition:
    """Look no more at a sale that a person has decided."""
    others = (look for look in transition.counter.later if look.sale.reference != reference)
    return transition.with_later(tuple(others)).without_problem(reference)


def refund_asked(transition: Transition, sale: Sale, underway: bool) -> Transition:
    """Look until the refund is finished, or no more if the person knows how it went."""
    if underway:
        return follow_refunds(transition, (sale,))
    handled = transition.without_problem(sale.reference)
    ended = (sale.reference, Outcome.PAID)
    looks = (look for look in handled.counter.later if (look.sale.reference, look.ended) != ended)
    return handled.with_later(tuple(looks))


def follow_refunds(
    transition: Transition, sales: tuple[Sale, ...], pause: float = SHORTEST
) -> Transition:
    """Look at these sales until the service has finished their refunds."""
    known = {look.sale.reference for look in transition.counter.later}
    looks = (
        look_at_refund(sale, transition.now, pause) for sale in sales if sale.reference not in known
    )
    return transition.with_later((*transition.counter.later, *looks))


def look_at_late_money(transition: Transition, sale: Sale, ended: Outcome) -> Transition:
    """Look at once at a sale that ended without a payment, because the day's report found one."""
    looks = {look.sale.reference: look for look in transition.counter.later}
    look = looks.get(sale.reference) or second_look(sale, ended, transition.now)
    return _plan(transition, look, look.asking("fetch", transition.now))


def ask(transition: Transition) -> Transition:
    """Ask the question that is due."""
    counter = transition.counter
    look = next(look for look in counter.later if look.due == counter.later_wake)
    if look.ask == "create" and transition.policy.printed_code:
        return _ask_at_the_counter(transition, look)
    question = do.LookLater(look.sale.reference, look.sale.order_id, look.ask)
    return transition.looking(look.sale.reference).doing(question)


def _ask_at_the_counter(transition: Transition, look: Look) -> Transition:
    """Ask for an order that the printed code would show: only while no other order is there.

    If the answer is lost, the counter waits for the order's validity. So it asks only while other
    creates are answered.
    """
    now, reference = transition.now, look.sale.reference
    if not _may_use_panel(transition) or not transition.counter.creates_work:
        return _plan(transition, look, look.asking("create", now + SHORTEST))
    creating = Creating(
        look.sale,
        now,
        Asking(reference).sent(),
        give_up_at=now + reachable_for(transition.policy),
        maybe_sent=True,
        close_reason="it was set aside",
        earlier=look,
    )
    question = do.CreateOrder(reference)
    return _plan(transition, look, None).to(creating, *checking(look.sale), question)


def answered(transition: Transition, event: on.LookedLater) -> Transition:
    """Do what the answer asks for, and plan the next look."""
    transition = transition.looking("")
    looks = {look.sale.reference: look for look in transition.counter.later}
    look = looks.get(event.reference)
    if look is None:
        return transition
    if isinstance(event.answer, CallFailed):
        return _failed(transition, look, event.answer)
    return _seen(transition, replace(look, missing=False), event.answer)


def _failed(transition: Transition, look: Look, event: CallFailed) -> Transition:
    refused = look.ask == "create" and event.failure in CREATE_REFUSED
    missing = look.ask == "fetch" and event.failure is Failure.MISSING
    if missing and not look.missing:  # a part of the service may not know it yet
        again = look.after_pause(transition.now)
        return _plan(transition, look, replace(again, missing=True) if again else None)
    if missing and look.ended is not None:
        return _plan(transition, look, None)
    if look.ended is None and (refused or missing):
        return _end(transition, look, Outcome.ABANDONED, event.reason, do.Receipt())
    if look.ask == "refund" and event.failure in REFUND_REFUSED:
        evidence = english("late, and not refunded: {reason}", reason=event.reason)
        return _held(transition, look, Outcome.PAID, evidence, do.Receipt(), PayerNotice.LATE)
    if look.sale.to_refund and look.ended is not Outcome.PAID:
        return _refund_unfinished(transition, look, event.reason)
    if event.failure is Failure.CONFLICT and look.ask != "create":
        return _plan(transition, look, look.asking("fetch", transition.now + AFTER_ANSWER))
    return _plan(transition, look, look.after_pause(transition.now))


def _seen(transition: Transition, look: Look, seen: OrderSeen) -> Transition:
    if not look.sale.order_id:
        if seen.reference != look.sale.reference or not seen.order_id:
            return _plan(transition, look, look.after_pause(transition.now))
        transition = transition.doing(Remember(do.OrderKnown(seen.reference, seen.order_id)))
        known = replace(look, sale=replace(look.sale, order_id=seen.order_id))
        transition, look = _plan(transition, look, known), known
    standing = judge(look.sale, seen)
    evidence = english("late: {answer}", answer=describe(look.sale, seen))
    if look.ended is Outcome.PAID:
        return _refund_seen(transition, look, standing, seen)
    match standing:
        case Outcome.PAID if look.sale.to_refund:
            return _refund_or_look(transition, look, seen)
        case Outcome.PAID:
            return _found_paid(transition, look, evidence, seen)
        case Outcome() if standing == look.ended:
            return _plan(transition, look, look.after_answer(transition.now))
        case Outcome() if look.ended is None or standing is Outcome.REFUNDED:
            return _end(transition, look, standing, evidence, seen.receipt)
        case Standing.OTHER_AMOUNT | Standing.CHARGED_BACK:
            outcome, why = _HELD_AS[standing]
            return _held(transition, look, outcome, evidence, seen.receipt, why)
        case Standing.PAYABLE if look.ask != "cancel":
            return _plan(transition, look, look.asking("cancel", transition.now))
    return _plan(transition, look, look.after_answer(transition.now))


def _refund_seen(
    transition: Transition, look: Look, standing: Outcome | Standing, seen: OrderSeen
) -> Transition:
    """Write what was refunded, once the refund is not under way any more."""
    if seen.refund_underway or standing is Standing.FOREIGN:
        return _plan(transition, look, look.after_pause(transition.now))
    evidence = f"the refund is not under way any more: {describe(look.sale, seen)}"
    refunded = do.RefundSeen(look.sale.reference, seen.receipt, evidence)
    done = _plan(transition, look, None).without_problem(look.sale.reference)
    return done.doing(Remember(refunded))


def _refund_or_look(transition: Transition, look: Look, seen: OrderSeen) -> Transition:
    """Take turns between asking for the refund and looking. Only look while it is under way."""
    if look.ask == "refund" or seen.refund_underway:
        return _refund_unfinished(transition, look, describe(look.sale, seen))
    return _plan(transition, look, look.asking("refund", transition.now))


def _refund_unfinished(transition: Transition, look: Look, said: str) -> Transition:
    """Look again after a pause. Until then the sale is set aside, so that people know of it."""
    again = look.after_pause(transition.now)
    if look.ended is None or again is None:
        return _plan(transition, look, again)
    reason = f"its refund is not finished; the latest answer: {said}"
    aside = do.SaleSetAside(look.sale.reference, reason)
    return _plan(transition.doing(Remember(aside)), look, replace(again, ended=None))


def _found_paid(transition: Transition, look: Look, evidence: str, seen: OrderSeen) -> Transition:
    """Do with the late payment what the technician decided."""
    sale, receipt = look.sale, seen.receipt
    transition = _without_untold(transition, sale)
    match transition.policy.late_payment:
        case "hold":
            return _held(transition, look, Outcome.PAID, evidence, receipt, PayerNotice.LATE)
        case "refund":
            decided = Remember(do.RefundDecided(sale.reference, evidence, receipt))
            until = transition.now + SET_ASIDE_FOR
            later = replace(look, sale=replace(sale, to_refund=True), until=until)
            later = later.asking("refund", transition.now)
            return _plan(transition.doing(decided), look, later)
    if _may_use_panel(transition):
        done = _plan(transition, look, None)
        return finish(done, sale, Outcome.PAID, evidence, receipt, late=True)
    return _end(transition, look, Outcome.PAID, evidence, receipt)


def _held(
    transition: Transition,
    look: Look,
    outcome: Outcome,
    evidence: str,
    receipt: do.Receipt,
    why: str = "",
) -> Transition:
    """Leave the sale to people, and say so on the panel if no other sale needs it."""
    transition = _without_untold(transition, look.sale)
    if _may_use_panel(transition):
        return hold(_plan(transition, look, None), look.sale, outcome, evidence, receipt, why)
    left = _plan(transition, look, None).with_problem(what_to_do_held(look.sale, evidence))
    ended = do.SaleEnded(look.sale.reference, outcome, evidence, receipt, held=True)
    return left.doing(Remember(ended))


def _end(
    transition: Transition, look: Look, outcome: Outcome, evidence: str, receipt: do.Receipt
) -> Transition:
    """Write how the sale ended, and tell the register, which had another answer before."""
    ended = Remember(do.SaleEnded(look.sale.reference, outcome, evidence, receipt))
    told = do.reply_to(look.sale, outcome, receipt.paid, late=True)
    again = outcome in (Outcome.CANCELED, Outcome.EXPIRED) and look.ended is None
    following = second_look(look.sale, outcome, transition.now) if again else None
    return _plan(_without_untold(transition, look.sale), look, following).doing(ended, told)


def _without_untold(transition: Transition, sale: Sale) -> Transition:
    """Do not show the sale's result from before the start again: now it has another one."""
    untold = transition.counter.untold
    is_old = untold is not None and untold.sale.reference == sale.reference
    return transition.with_untold(None) if is_old else transition


def _may_use_panel(transition: Transition) -> bool:
    return isinstance(transition.counter.phase, Idle) and not transition.counter.pending


def _plan(transition: Transition, look: Look, next_look: Look | None) -> Transition:
    """Replace the look by the next one, or take it off the list."""
    reference = look.sale.reference
    others = [each for each in transition.counter.later if each.sale.reference != reference]
    return transition.with_later((*others, *([next_look] if next_look else [])))
