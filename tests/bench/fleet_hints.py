"""How soon a hint makes a counter look: a thousand whole counters, a broker and the service.

    python -m tests.bench.fleet_hints

From the moment before a hint is published to the look at the service that it causes: real Mosquitto,
with TLS and without, real links and sale machines, real HTTP. First each counter opens an order. When
all are open and the computer is at rest, half of the payers pay, one after the other.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from shutil import which

import anyio

from tests.bench.fleet import GOALS, bench_broker
from tests.bench.paying_crowd import PayingCrowd
from tests.bench.table import Row, print_rows
from tests.bench.whole_counters import COUNTERS, allow_many_files

EVERY, OPEN = 0.03, 35.0  # seconds between two amounts; all are open after so many
PAYERS, PAYS_EVERY = COUNTERS // 2, 0.05  # seconds between two payers
WATCHED = OPEN + PAYERS * PAYS_EVERY + 2  # seconds


def measure() -> Iterator[Row]:
    """Yield a row without TLS, and one with it."""
    allow_many_files()
    for kind in GOALS:
        what = f"99 % of hints cause a look within, {kind}"
        if which("mosquitto"):
            yield _row(what, _crowd(kind))
        else:
            yield Row(what, None, 50, "ms", "mosquitto is missing")


def _crowd(kind: str) -> PayingCrowd:
    payers = PayingCrowd([_paid_after(number) for number in range(COUNTERS)], hints=True)
    with bench_broker(kind) as broker:
        anyio.run(payers.sells, broker.address, EVERY, WATCHED)
    return payers


def _paid_after(number: int) -> float:
    """Return the seconds from the order of this counter to its payment."""
    return OPEN + number * (PAYS_EVERY - EVERY) if number < PAYERS else math.inf


def _row(what: str, payers: PayingCrowd) -> Row:
    p50, p99 = (statistics.quantiles(payers.waits, n=100)[at] * 1000 for at in (49, 98))
    note = f"p50 {p50:.1f} ms; {len(payers.waits)} looks after {payers.paid} hints"
    return Row(what, p99, 50, "ms", note)


if __name__ == "__main__":
    print_rows(measure())
