"""What happens while a basket is being filled, and when an item is a sale of its own."""

from __future__ import annotations

import math

from kiosk.sale import events as on
from kiosk.sale.basket import Basket, begin
from kiosk.sale.phases import Filling, Finished, Idle
from kiosk.sale.resting import amount_read, refuse_reading
from kiosk.sale.transition import Step, Transition, say
from kiosk.sale.transitions import free
from kiosk.sale.words import Screen


def at_once(event: on.ItemScanned) -> on.AmountRead | on.ReadingRejected:
    """Return the item as a sale of its own, where no baskets are filled."""
    basket = begin(event.item, event.source, 0.0)
    if basket is None:
        return on.ReadingRejected("that is more than one sale can be", event.source)
    return on.AmountRead(basket.total, event.source, basket.items)


def first_item(turn: Transition, phase: Idle | Finished, event: on.ItemScanned) -> Step:
    """Begin a basket, unless an earlier sale or a broken part must be seen to first."""
    counter = turn.counter
    basket = begin(event.item, event.source, turn.now)
    if basket is None or counter.faults or counter.waiting or counter.unsettled:
        return refuse_reading(turn, phase, event)
    return filled(turn, basket)


def item_added(turn: Transition, phase: Filling, event: on.ItemScanned) -> Step:
    """Add it, and show what everything costs now."""
    more = phase.basket.with_item(event.item, turn.now)
    return filled(turn, more) if more else refuse_reading(turn, phase, event)


def item_removed(turn: Transition, phase: Filling, _: on.RemovePressed) -> Step:
    """Take the latest item back."""
    fewer = phase.basket.without_latest(turn.now)
    return filled(turn, fewer) if fewer else free(turn)


def emptied(turn: Transition, _: Filling, __: on.ClearPressed | on.CancelPressed) -> Step:
    """Nothing of it is wanted."""
    return free(turn)


def complete(turn: Transition, phase: Filling, _: on.PayPressed | on.TimePassed) -> Step:
    """Sell what is in the basket."""
    basket = phase.basket
    total = on.AmountRead(basket.total, basket.source, basket.items)
    return turn.then(free, waiting=turn.wanted(total))


def time_passed_filling(turn: Transition, phase: Filling, event: on.TimePassed) -> Step:
    """The last item was some time ago: it is to be paid, or nobody will come back to it."""
    by_itself = turn.policy.checkout < math.inf
    return complete(turn, phase, event) if by_itself else free(turn)


def amount_while_filling(turn: Transition, phase: Filling, event: on.AmountRead) -> Step:
    """A register's total counts for more than the items before it, or is refused as busy."""
    if not turn.policy.replaces:
        return refuse_reading(turn, phase, event)
    return amount_read(turn, Idle(), event)


def filled(turn: Transition, basket: Basket) -> Step:
    """Show the running total."""
    policy = turn.policy
    lasts = policy.checkout if policy.checkout < math.inf else policy.basket_kept_for
    shown = say(Screen.BASKET, amount=basket.total, item=basket.scans[-1], pieces=basket.pieces)
    return turn.to(Filling(basket, turn.now + lasts), *shown)
