"""How many looks an order costs, and how long a payment waits for the one that sees it.

    python -m tests.bench.looks

The real sale machine on virtual time, with 2,000 seeded payers in each crowd. Of them one in ten
never pays; an order is valid for 5 min. A crowd's own optimum is the best plan with as many looks,
found by dynamic programming (``tests/support/payers.py``). The trip of a look is not counted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from kiosk.sale.machine import Machine
from tests.bench.table import Row, print_rows
from tests.support import payers

PAYERS, LEARNED = 2000, 100
USUAL, SLOW = (12, 25, 40), 60  # medians in seconds
HINT_DELAY, LOST = 1.0, 0.01  # seconds; the share of the hints
SHOPS = 3  # that learn, for each crowd


def measure() -> Iterator[Row]:
    """Yield the rows of a fresh kiosk, then of one that has learned."""
    fresh = Machine(payers.policy()).learned(())
    crowds = {median: payers.crowd(median, PAYERS, seed=median) for median in (*USUAL, SLOW)}
    seen = {median: payers.watch(fresh, times) for median, times in crowds.items()}
    usual = [each for median in USUAL for each in seen[median]]
    found = payers.waits(usual)
    note = "; ".join(
        f"{median} s: {payers.mean_looks(one):.1f} looks, {payers.mean_wait(one):.2f} s"
        for median, one in seen.items()
    )
    about = "payers with medians of 12, 25 and 40 s"
    yield Row(f"looks per order, {about}", payers.mean_looks(usual), 22, "looks", note)
    yield Row(f"a payment waits on average, {about}", sum(found) / len(found), 1.15, "s")
    yield Row(f"95 % wait at most, {about}", found[int(0.95 * len(found))], 2.6, "s")
    for median, times in crowds.items():
        best = payers.best_effort(median, payers.mean_looks(seen[median]), times)
        ratio = payers.effort(seen[median]) / best
        yield Row(f"wait against the optimum of this crowd, {median} s", ratio, 1.5, "×")
    for median in crowds:
        yield _learned_row(fresh, median)
    yield from _hinted_rows(fresh, crowds)


def _hinted_rows(fresh: Machine, crowds: dict[int, list[float]]) -> Iterator[Row]:
    """Yield the rows of kiosks whose payments are hinted at, with one hint in a hundred lost."""
    chance = random.Random(PAYERS)
    fates = [chance.random() < LOST for _ in range(PAYERS)]
    seen = {
        median: payers.watch_hinted(fresh, times, fates.__getitem__, HINT_DELAY)
        for median, times in crowds.items()
    }
    usual = [each for median in USUAL for each in seen[median]]
    note = "; ".join(f"{median} s: {payers.mean_looks(one):.1f}" for median, one in seen.items())
    about = f"with hints after {HINT_DELAY:.0f} s, {LOST:.0%} lost"
    yield Row(f"looks per order, {about}", payers.mean_looks(usual), 3.0, "looks", note)
    yield Row(f"a payment waits on average, {about}", payers.mean_wait(usual), 1.6, "s")
    longest = max(payers.waits(one)[-1] for one in seen.values())
    yield Row(f"the longest wait, {about}", longest, 60.0, "s")


def _learned_row(fresh: Machine, median: int) -> Row:
    """Return the row of kiosks that have learned from their own first paid orders."""
    efforts, looks, everybody = [], [], []
    for shop in range(SHOPS):
        first = payers.watch(fresh, payers.crowd(median, 2 * LEARNED, seed=1000 + shop))
        known = (each.paid_after for each in first if each.paid_after is not None)
        times = payers.crowd(median, PAYERS, seed=shop)
        seen = payers.watch(fresh.learned(list(islice(known, LEARNED))), times)
        everybody += times
        efforts.append(payers.effort(seen))
        looks.append(payers.mean_looks(seen))
    best = payers.best_effort(median, sum(looks) / SHOPS, everybody)
    ratios = [each / best for each in efforts]
    note = f"shops: {', '.join(f'{ratio:.3f}' for ratio in ratios)}; {sum(looks) / SHOPS:.1f} looks"
    what = f"the same after {LEARNED} paid orders, {median} s"
    return Row(what, sum(ratios) / SHOPS, 1.08, "×", note)


if __name__ == "__main__":
    print_rows(measure())
