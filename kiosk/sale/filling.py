"""What happens while items are scanned into a basket, and when one item is a sale of its own."""

from __future__ import annotations

import math

from kiosk.base.localized_text import english
from kiosk.sale import events as on
from kiosk.sale.anywhere import refuse_reading
from kiosk.sale.basket import Basket, begin
from kiosk.sale.effects import Show, say
from kiosk.sale.phase_changes import begin_next
from kiosk.sale.phases import Filling, Finished, Idle
from kiosk.sale.transition import Transition
from kiosk.sale.words import Screen


def sold_at_once(event: on.ItemScanned) -> on.AmountRead | on.ReadingRejected:
    """Return the item as a sale of its own, where there are no baskets."""
    basket = begin(event.item, event.source)
    if basket is None:
        return on.ReadingRejected(english("the amount is too large for one sale"), event.source)
    return on.AmountRead(basket.total, event.source, basket.items)


def first_item(transition: Transition, phase: Idle | Finished, event: on.ItemScanned) -> Transition:
    """Begin a basket, unless something else must be done first."""
    basket = begin(event.item, event.source)
    if basket is None or transition.counter.pending:
        return refuse_reading(transition, phase, event)
    return _filled(transition, basket)


def item_scanned(transition: Transition, phase: Filling, event: on.ItemScanned) -> Transition:
    """Add the item, and show the new total."""
    more = phase.basket.with_item(event.item)
    return _filled(transition, more) if more else refuse_reading(transition, phase, event)


def remove_pressed(transition: Transition, phase: Filling, _: on.RemovePressed) -> Transition:
    """Take the latest scan back."""
    fewer = phase.basket.without_latest()
    return _filled(transition, fewer) if fewer else begin_next(transition)


def clear_pressed(
    transition: Transition, _: Filling, __: on.ClearPressed | on.CancelPressed
) -> Transition:
    """Throw the basket away."""
    return begin_next(transition)


def pay_pressed(
    transition: Transition, phase: Filling, _: on.PayPressed | on.TimePassed
) -> Transition:
    """Sell what is in the basket."""
    basket = phase.basket
    total = on.AmountRead(basket.total, basket.source, basket.items)
    return begin_next(transition.with_waiting(total))


def time_passed(transition: Transition, phase: Filling, event: on.TimePassed) -> Transition:
    """No item came for some time: sell the basket, or throw it away if only pay sells it."""
    if transition.policy.checkout < math.inf:
        return pay_pressed(transition, phase, event)
    return begin_next(transition)


def amount_read(transition: Transition, phase: Filling, event: on.AmountRead) -> Transition:
    """Sell the register's total instead of the basket, or refuse it as busy."""
    if transition.policy.on_new_amount == "busy":
        return refuse_reading(transition, phase, event)
    return begin_next(transition.with_waiting(event))


def _filled(transition: Transition, basket: Basket) -> Transition:
    """Show the total so far."""
    policy = transition.policy
    pause = policy.checkout if policy.checkout < math.inf else policy.basket_kept_for
    shown = Show(Screen.BASKET, amount=basket.total, item=basket.scans[-1], pieces=basket.pieces)
    return transition.to(Filling(basket, transition.now + pause), *say(shown))
