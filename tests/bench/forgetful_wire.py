"""500 sales over a wire that forgets connections at random: one order for each.

    python -m tests.bench.forgetful_wire [--sales N]

A real daemon and a router on loopback, which drops all packets of some connections without a signal.
Each answer that is lost costs a second or more, so this takes five minutes and more.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.table import Row, print_rows
from tests.e2e.forgetful_wire import sell

SALES = 500


def measure() -> Iterator[Row]:
    """Yield the row of 500 sales."""
    return wrong_sales(SALES)


def wrong_sales(sales: int) -> Iterator[Row]:
    """Yield how many sales are not paid, or have another number of orders than one."""
    with TemporaryDirectory() as folder:
        sold = sell(Path(folder), sales)
    note = f"{len(sold.sales)} sales, {len(sold.orders)} orders, forgotten {sold.forgotten} times"
    yield Row("a wire that forgets: sales without one paid order", sold.wrong, 0, note=note)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.forgetful_wire")
    parser.add_argument("--sales", type=int)
    if sales := parser.parse_args().sales:
        print_rows(wrong_sales(sales))
    else:
        print_rows(measure())
