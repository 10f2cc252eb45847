"""The ways to the end of a sale, and to the sale that is set aside without an end."""

from __future__ import annotations

from kiosk.base.localized_text import english
from kiosk.sale import effects as do
from kiosk.sale.effects import Receipt, Remember, say_about
from kiosk.sale.events import NO_ANSWER, PAID_TWICE, OrderSeen
from kiosk.sale.look import Look, look_at_set_aside, second_look, what_to_do_held
from kiosk.sale.phase_changes import begin_next, notice, refund, set_aside_notice
from kiosk.sale.phases import Finished
from kiosk.sale.transition import Transition
from kiosk.sale.words import Outcome, PayerNotice, Sale, Screen, Unknown

NO_RECEIPT = Receipt()


def settled(
    transition: Transition,
    sale: Sale,
    outcome: Outcome,
    seen: OrderSeen,
    *,
    paid_after: float | None = None,
) -> Transition:
    """End the sale as the service says. A waiting amount waits only behind a payment's result."""
    evidence = describe(sale, seen)
    if outcome in (Outcome.CANCELED, Outcome.EXPIRED):
        again = second_look(sale, outcome, transition.now)
        transition = transition.with_later((*transition.counter.later, again))
    if transition.counter.waiting and outcome is not Outcome.PAID:
        return end_unshown(transition, sale, outcome, evidence, seen.receipt)
    return finish(transition, sale, outcome, evidence, seen.receipt, paid_after=paid_after)


def settled_late(transition: Transition, sale: Sale, seen: OrderSeen) -> Transition:
    """Do with a late payment what the technician decided."""
    evidence = english("late: {answer}", answer=describe(sale, seen))
    match transition.policy.late_payment:
        case "accept":
            return finish(transition, sale, Outcome.PAID, evidence, seen.receipt)
        case "hold":
            late = PayerNotice.LATE
            return hold(transition, sale, Outcome.PAID, evidence, seen.receipt, late)
        case "refund":
            decided = Remember(do.RefundDecided(sale.reference, evidence, seen.receipt))
            return refund(transition.doing(decided), sale)


def finish(
    transition: Transition,
    sale: Sale,
    outcome: Outcome,
    evidence: str,
    receipt: Receipt = NO_RECEIPT,
    *,
    late: bool = False,
    paid_after: float | None = None,
) -> Transition:
    """Write the result to the journal, show it, and tell the register.

    ``late``: see ``Reply``. ``paid_after``: see ``SaleEnded``.
    """
    ended = do.SaleEnded(sale.reference, outcome, evidence, receipt, paid_after=paid_after)
    return transition.to(
        Finished(sale, outcome, transition.now + transition.policy.result_shown_for),
        Remember(ended),
        *say_about(Screen(outcome.value), sale, _paid_twice(evidence)),
        do.reply_to(sale, outcome, receipt.paid, late=late),
    )


def _paid_twice(evidence: str) -> str:
    return PayerNotice.TWICE if evidence.endswith(PAID_TWICE) else ""


def hold(
    transition: Transition,
    sale: Sale,
    outcome: Outcome,
    evidence: str,
    receipt: Receipt = NO_RECEIPT,
    why: str = "",
) -> Transition:
    """Leave the sale to people: the panel sends the payer to the cashier, no register is told.

    ``why`` is a PayerNotice, or empty.
    """
    return transition.with_problem(what_to_do_held(sale, evidence)).to(
        Finished(sale, outcome, transition.now + transition.policy.result_shown_for),
        Remember(do.SaleEnded(sale.reference, outcome, evidence, receipt, held=True)),
        *say_about(Screen.HELD, sale, why),
    )


def end_unshown(
    transition: Transition,
    sale: Sale,
    outcome: Outcome,
    evidence: str,
    receipt: Receipt = NO_RECEIPT,
) -> Transition:
    """Write the result to the journal and tell the register; show what comes next instead."""
    ended = Remember(do.SaleEnded(sale.reference, outcome, evidence, receipt))
    return begin_next(transition.doing(ended, do.reply_to(sale, outcome, receipt.paid)))


def set_aside(transition: Transition, sale: Sale, said: str) -> Transition:
    """Leave a sale without an end: it is looked at again later, and the counter sells on.

    The register hears of it once, also if the sale is set aside again after a later look.
    """
    late = "finish the refund in time" if sale.to_refund else "say in time how it ended"
    reason = f"the service did not {late}; its latest answer: {said or 'none'}"
    look = look_at_set_aside(sale, transition.now)
    told = () if sale.set_aside else (do.reply_to(sale, Unknown.UNKNOWN),)
    left = transition.with_later((*transition.counter.later, look)).doing(
        Remember(do.SaleSetAside(sale.reference, reason)), *told
    )
    if transition.counter.waiting:
        return begin_next(left)
    if not sale.order_id and not transition.policy.printed_code:
        return begin_next(left) if left.counter.faults else notice(left, NO_ANSWER)
    until = transition.now + transition.policy.result_shown_for
    shown = say_about(Screen.HELD, sale, set_aside_notice(sale))
    return left.to(Finished(sale, Unknown.UNKNOWN, until), *shown)


def set_aside_again(transition: Transition, look: Look) -> Transition:
    """Leave a sale that was set aside before, and look again after a longer pause."""
    again = look.after_pause(transition.now)
    looks = (again,) if again else ()
    return begin_next(transition.with_later((*transition.counter.later, *looks)))


def describe(sale: Sale, seen: OrderSeen) -> str:
    """Return what the service said, for the journal, and whether more or less was paid."""
    said = f"{seen.order_id} {seen.status}/{seen.status_detail} {seen.total}"
    paid = seen.paid_amount
    if paid is None or paid == sale.amount:
        return said
    said = english("{said}, paid {paid} of {amount}", said=said, paid=paid, amount=sale.amount)
    several = sum(payment.succeeded for payment in seen.payments) > 1
    return f"{said}, {PAID_TWICE}" if several and paid.amount > sale.amount.amount else said
