"""How soon a hint makes a counter look: a thousand whole counters, a broker and the service.

    python -m tests.bench.fleet_hints

From the moment before a hint is published to the look at the service that it causes: real Mosquitto,
with TLS and without, real links and sale machines, real HTTP. First each counter opens an order. When
all are open and the computer is at rest, half of the payers pay, one after the other. They pay before
the first look that comes without a hint: for 0.4 s after that, no other one is made, and a hint waits.
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

EVERY, PAYERS = 0.03, COUNTERS // 2  # seconds between two amounts, and between two payments
PAID_AFTER = 35.0  # seconds: when the first pays, all orders are open
WATCHED = PAID_AFTER + PAYERS * EVERY + 2  # seconds


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
    paid_after = [PAID_AFTER] * PAYERS + [math.inf] * (COUNTERS - PAYERS)
    payers = PayingCrowd(paid_after, hints=True)
    with bench_broker(kind) as broker:
        anyio.run(payers.sells, broker.address, EVERY, WATCHED)
    return payers


def _row(what: str, payers: PayingCrowd) -> Row:
    p50, p99 = (statistics.quantiles(payers.waits, n=100)[at] * 1000 for at in (49, 98))
    note = f"p50 {p50:.1f} ms; {len(payers.waits)} looks after {payers.paid} hints"
    return Row(what, p99, 50, "ms", note)


if __name__ == "__main__":
    print_rows(measure())
