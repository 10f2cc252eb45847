"""The lanes of the wires: a vertical line for each, between the header and the parts.

A wire goes from its pin to its lane, along that, and to its terminal. No two wires have the same
lane, and pins and terminals are at different heights: so wires cross only at right angles. The
order of the lanes is one with few crossings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_ROUNDS = 20  # until no wire can be placed better; a few are sufficient


class Run(NamedTuple):
    """The heights at which a wire begins, and ends."""

    begin: float
    end: float

    def passes(self, height: float) -> bool:
        """Return whether its vertical line is at this height."""
        return min(self) < height < max(self)


def lanes(runs: Sequence[Run]) -> list[int]:
    """Return the number of each wire's lane, counted from the header."""
    order = sorted(range(len(runs)), key=lambda each: runs[each])
    for _round in range(_ROUNDS):
        before = list(order)
        for wire in before:
            order.remove(wire)
            order.insert(_best_place(wire, order, runs), wire)
        if order == before:
            break
    places = {wire: place for place, wire in enumerate(order)}
    return [places[wire] for wire in range(len(runs))]


def crossings(order: Sequence[int], runs: Sequence[Run]) -> int:
    """Return how often wires cross with their lanes in this order."""
    return sum(
        _crossings(runs[left], runs[right])
        for at, left in enumerate(order)
        for right in order[at + 1 :]
    )


def _best_place(wire: int, others: list[int], runs: Sequence[Run]) -> int:
    """Return where this wire crosses the others least; the leftmost place of several."""
    mine = runs[wire]
    costs = [sum(_crossings(mine, runs[other]) for other in others)]
    for other in others:
        theirs = runs[other]
        costs.append(costs[-1] - _crossings(mine, theirs) + _crossings(theirs, mine))
    return costs.index(min(costs))


def _crossings(left: Run, right: Run) -> int:
    """Return the crossings of two wires, the first of which has the lane nearer the header."""
    return left.passes(right.begin) + right.passes(left.end)


def spread(count: int, first: float, last: float, widest: float) -> tuple[list[float], float]:
    """Return where the lanes are, and the step between them, of at most ``widest``."""
    step = min(widest, (last - first) / max(1, count - 1))
    return [last - step * (count - 1 - number) for number in range(count)], step
