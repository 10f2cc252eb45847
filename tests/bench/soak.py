"""Thousands of sales at full speed: memory, descriptors and threads of the daemon must not grow.

    python -m tests.bench.soak [--sales N]

A payer pays at once, and the cashier cancels too late: then the kiosk looks at the order immediately,
finds it paid and says so. Without a number it sells for a minute and a half.
"""

from __future__ import annotations

import argparse
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from tests.bench.compiled import compiled
from tests.bench.daemon import Process, Shop, shop
from tests.bench.memory import of_the_unit
from tests.bench.table import Row, print_rows

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


class Cashier:
    """Sells through the input `command`: an amount, and a cancel that comes too late."""

    def __init__(self, counter: Shop) -> None:
        self._counter = counter
        self._program = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        """Connect to the running daemon."""
        self._program.connect(str(self._counter.folder / "command.sock"))
        self._answers = self._program.makefile(encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._answers.close()
        self._program.close()

    def sell(self, number: int) -> None:
        """Sell, and wait for the result."""
        self._program.sendall(b"sale %d\n" % (20 + number % 900))
        assert self._answers.readline() == "heard\n"
        self._counter.becomes("paying")
        self._program.sendall(b"cancel\n")
        said = [self._answers.readline() for _ in range(2)]
        assert any(line.startswith("paid ") for line in said), (number, said)


def sizes(sales: int | None) -> tuple[int, Sizes, Sizes]:
    """Return how many sales there were, and the sizes after the first of them and at the end."""
    ends = time.monotonic() + MINUTE_AND_A_HALF
    with compiled() as python, shop(pay_after=0.001) as counter:
        counter.change(
            "\nsale:", f"\n  - {{driver: command, path: {counter.folder}/command.sock}}\nsale:"
        )
        counter.change(f", frames: {counter.folder}/frames", "")
        with counter.at_work(**python.settings), Cashier(counter) as cashier:
            cashier.sell(0)  # compiles
        work = counter.at_work(**python.settings, **of_the_unit())
        with work as daemon, Cashier(counter) as cashier:
            number, warm = 0, Sizes.of(daemon)
            while number < sales if sales else time.monotonic() < ends:
                cashier.sell(number)
                number += 1
                if number == WARM:
                    warm = Sizes.of(daemon)
            return number, warm, Sizes.of(daemon)


def measure(sales: int | None = None) -> Iterator[Row]:
    """Yield the growth of each size."""
    sold, warm, end = sizes(sales)
    note = f"{sold} sales; {warm.rss:.1f} MiB after {min(sold, WARM)}"
    yield Row("soak: growth of the memory", end.rss - warm.rss, GROWTH, "MiB", note)
    yield Row("soak: growth of the descriptors", end.descriptors - warm.descriptors, 0)
    yield Row("soak: growth of the threads", end.threads - warm.threads, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--sales", type=int)
    print_rows(measure(parser.parse_args().sales))
