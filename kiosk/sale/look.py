"""A later look at an order whose sale is not at the counter any more. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from kiosk.base.frozen import frozen
from kiosk.base.localized_text import english
from kiosk.sale.asking import NEVER
from kiosk.sale.words import Ask, Outcome, Sale

SHORTEST, LONGEST = 60.0, 3600.0  # seconds between two looks at a sale that is set aside
SET_ASIDE_FOR = 30 * 86_400.0  # seconds; then only a start of the kiosk looks again
SECOND, THIRD = 60.0, 600.0  # seconds after an end without a payment
ANSWERED_WITHIN = 86_400.0  # seconds; how long those two looks are tried without an answer
AFTER_ANSWER = 2.0  # seconds until the look that follows a cancel or a refund


@frozen
class Look:
    """What is asked about the order next, and when: ``due`` is in loop-clock seconds.

    ``until`` is when no further look is made. ``ended`` is how the sale ended here; it is None
    while the sale is set aside, and paid while its refund is under way. ``looks`` counts the pauses
    so far.
    """

    sale: Sale
    ask: Ask
    due: float
    until: float
    ended: Outcome | None = None
    looks: int = 0
    missing: bool = False  # the latest answer was that there is no such order
    third: float = 0.0  # when the last look is due after an end without a payment

    def asking(self, ask: Ask, due: float) -> Self:
        """Return the look with another question next."""
        return replace(self, ask=ask, due=due)

    def after_pause(self, now: float) -> Self | None:
        """Return the next look, after a longer pause; None if this was the last one.

        A sale that is set aside stays on the list, so that the status names it.
        """
        pause = min(SHORTEST * 2.0**self.looks, LONGEST)
        ask: Ask = "fetch" if self.sale.order_id else "create"
        later = replace(self, ask=ask, due=now + pause, looks=self.looks + 1)
        if later.due <= self.until:
            return later
        return replace(later, due=NEVER) if self.ended is None else None

    def after_answer(self, now: float) -> Self | None:
        """Return the next look after an answer that says nothing new."""
        if self.ended is None or self.sale.to_refund:
            return self.after_pause(now)
        return self.asking("fetch", self.third) if self.due < self.third else None


def look_at_set_aside(sale: Sale, now: float, pause: float = SHORTEST) -> Look:
    """Return the first later look at a sale that is set aside."""
    ask: Ask = "fetch" if sale.order_id else "create"
    sale = replace(sale, set_aside=True)
    return Look(sale, ask, now + pause, now + SET_ASIDE_FOR, looks=1 if pause else 0)


def second_look(sale: Sale, ended: Outcome, now: float) -> Look:
    """Return the first later look at a sale that ended without a payment."""
    return Look(sale, "fetch", now + SECOND, now + ANSWERED_WITHIN, ended, third=now + THIRD)


def look_at_refund(sale: Sale, now: float, pause: float = SHORTEST) -> Look:
    """Return the first later look at a paid sale whose refund is under way."""
    looks = 1 if pause else 0
    return Look(sale, "fetch", now + pause, now + SET_ASIDE_FOR, Outcome.PAID, looks)


def what_to_do(sale: Sale) -> str:
    """Return a sentence about a sale that is set aside."""
    order = english("the service did not tell its order")
    if sale.order_id:
        order = english("order {order_id}", order_id=sale.order_id)
    why = english("did not say how it ended")
    if sale.to_refund:
        why = english("did not finish its refund")
    return english(
        "sale {reference} of {amount} ({order}) is set aside, because the service {why}; wait, or "
        "find out and run: kiosk orders settle {reference} --as OUTCOME --note TEXT",
        reference=sale.reference,
        amount=sale.amount,
        order=order,
        why=why,
    )


def what_to_do_held(sale: Sale, evidence: str) -> str:
    """Return a sentence about a sale that is held for people."""
    return english(
        "sale {reference}: {amount} is held for people ({evidence}); look at it with kiosk orders "
        "show {reference}, then refund it or collect the rest",
        reference=sale.reference,
        amount=sale.amount,
        evidence=evidence,
    )
