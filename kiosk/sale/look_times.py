"""When to look at an order that can be paid: often while payers pay, seldom before and after.

The hazard h(t) is the rate at which the orders that are not paid by then are paid at the age t. Of
all plans with as many looks, the one whose gaps are √(2λ/h(t)) finds a payment soonest on average.
λ follows from the budget: how many looks an order may cost on average. Derivation: with n(t) looks
a second and S(t) of the orders still unpaid, the mean wait is ∫ h·S/(2n) and the mean number of
looks ∫ n·S; Lagrange's method gives n = √(h/2λ).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from kiosk.base.frozen import frozen
from kiosk.sale.payment_times import EDGES, HORIZON, payment_shares

SHORTEST_GAP, LONGEST_GAP = 0.4, 20.0  # seconds between two looks
NEVER_PAID = 0.1  # the share of the orders that is not paid at all
_LAST_LOOK = 0.5  # looks; on average, the payment comes in the middle between two of the plan
_HALVINGS = 40  # of the interval in which the budget's factor is searched


@frozen
class LookTimes:
    """A plan. ``looks`` is how many have been made at each of the ``ages``; straight in between.

    The age is in seconds since the QR is on the panel. After the last age the looks go on as before
    it. A plan by the age needs no memory: a look that is late, lost or made by a person moves none
    of the others.
    """

    ages: tuple[float, ...]
    looks: tuple[float, ...]

    def gap(self, age: float) -> float:
        """Return the seconds until the next look, if one is made at this age."""
        target = _between(self.ages, self.looks, age) + 1.0
        return _between(self.looks, self.ages, target) - age


def _between(known: tuple[float, ...], wanted: tuple[float, ...], value: float) -> float:
    """Return what is wanted at the value, on the straight lines through these points."""
    place = min(max(bisect_right(known, value), 1), len(known) - 1)
    slope = (wanted[place] - wanted[place - 1]) / (known[place] - known[place - 1])
    return wanted[place - 1] + slope * (value - known[place - 1])


def evenly(seconds: float) -> LookTimes:
    """Return the plan with one look in so many seconds, at any age."""
    return LookTimes((0.0, seconds), (0.0, 1.0))


def planned(paid_after: Iterable[float], budget: float, valid_for: float) -> LookTimes:
    """Return the plan for a counter whose payers took these times, in seconds.

    ``budget``: the looks at an order, on average over all. It counts until the horizon of
    ``payment_times``, and may be exceeded where the longest gap needs that. ``valid_for``: an
    order's validity in seconds.
    """
    widths, hazards, unpaid = _hazards(payment_shares(paid_after), min(valid_for, HORIZON))
    roots = [math.sqrt(hazard) for hazard in hazards]
    orders = [width * share for width, share in zip(widths, unpaid, strict=True)]
    rates = _rates(roots, orders, budget - _LAST_LOOK)
    ages, looks = [0.0], [0.0]
    for width, rate in zip(widths, rates, strict=True):
        ages.append(ages[-1] + width)
        looks.append(looks[-1] + width * rate)
    return LookTimes((*ages, ages[-1] + LONGEST_GAP), (*looks, looks[-1] + 1.0))


def _hazards(shares: Iterable[float], until: float) -> tuple[list[float], list[float], list[float]]:
    """Return the width of each bin until then, its hazard, and the share of unpaid orders in it."""
    widths, hazards, unpaid = [], [], []
    left = 1.0
    for (begin, end), share in zip(pairwise(EDGES), shares, strict=True):
        if begin >= until:
            break
        paid = share * (1 - NEVER_PAID)
        middle = left - paid / 2
        widths.append(min(end, until) - begin)
        hazards.append(paid / (end - begin) / middle)
        unpaid.append(middle)
        left -= paid
    return widths, hazards, unpaid


def _rates(roots: list[float], orders: list[float], budget: float) -> list[float]:
    """Return the looks a second in each bin that cost the budget, within the limits of a gap."""
    low, high = 0.0, 1e6
    for _ in range(_HALVINGS):
        factor = (low + high) / 2
        cost = sum(_rate(factor, root) * order for root, order in zip(roots, orders, strict=True))
        low, high = (low, factor) if cost > budget else (factor, high)
    return [_rate(low, root) for root in roots]


def _rate(factor: float, root: float) -> float:
    return min(max(factor * root, 1 / LONGEST_GAP), 1 / SHORTEST_GAP)
