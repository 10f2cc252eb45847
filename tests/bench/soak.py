"""Thousands of sales at full speed: memory, descriptors and threads of the daemon must not grow.

    python -m tests.bench.soak [--sales N]

A payer pays at once, and the cashier cancels too late: then the kiosk looks at the order immediately,
finds it paid and says so. Without a number it sells for a minute and a half.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.compiled import compiled
from tests.bench.daemon import Process, shop
from tests.bench.memory import of_the_unit
from tests.bench.table import Row, print_rows
from tests.e2e.quick_cashier import QuickCashier, add_command_input

WARM = 500  # sales that fill the caches
MINUTE_AND_A_HALF = 90.0
GROWTH = 1.0  # MiB


@dataclass(frozen=True)
class Sizes:
    """What must not grow."""

    rss: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, daemon: Process) -> Sizes:
        """Return the sizes of the daemon now."""
        return cls(daemon.rss(), daemon.descriptors(), daemon.threads())


def sizes(sales: int | None) -> tuple[int, Sizes, Sizes]:
    """Return how many sales there were, and the sizes after the first of them and at the end."""
    ends = time.monotonic() + MINUTE_AND_A_HALF
    with compiled() as python, shop(pay_after=0.001) as counter:
        add_command_input(counter)
        counter.change(f", frames: {counter.folder}/frames", "")
        with counter.at_work(**python.settings), QuickCashier(counter) as cashier:
            cashier.sell(0)  # compiles
        work = counter.at_work(**python.settings, **of_the_unit())
        with work as daemon, QuickCashier(counter) as cashier:
            number, warm = 0, Sizes.of(daemon)
            while number < sales if sales else time.monotonic() < ends:
                cashier.sell(number)
                number += 1
                if number == WARM:
                    warm = Sizes.of(daemon)
            return number, warm, Sizes.of(daemon)


def measure() -> Iterator[Row]:
    """Yield the growth of each size in a minute and a half."""
    return growth(None)


def growth(sales: int | None) -> Iterator[Row]:
    """Yield the growth of each size in so many sales."""
    sold, warm, end = sizes(sales)
    note = f"{sold} sales; {warm.rss:.1f} MiB after {min(sold, WARM)}"
    yield Row("soak: growth of the memory", end.rss - warm.rss, GROWTH, "MiB", note)
    yield Row("soak: growth of the descriptors", end.descriptors - warm.descriptors, 0)
    yield Row("soak: growth of the threads", end.threads - warm.threads, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--sales", type=int)
    if sales := parser.parse_args().sales:
        print_rows(growth(sales))
    else:
        print_rows(measure())
