"""How soon a hint makes a counter look: a thousand whole counters, a broker and the service.

    python -m tests.bench.fleet_hints

From the moment before a hint is published to the look at the service that it causes: real Mosquitto,
with TLS and without, real links and sale machines, real HTTP. All of it shares this computer, which
draws the panels of a thousand counters, too.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from shutil import which

import anyio

from tests.bench.fleet import GOALS, bench_broker
from tests.bench.paying_crowd import PayingCrowd
from tests.bench.table import Row, print_rows
from tests.bench.whole_counters import COUNTERS, allow_many_files
from tests.support.payers import crowd

MEDIAN = 12  # seconds until half of the payers have paid
EVERY, WATCHED = 0.03, 60.0  # seconds between two amounts, and in all


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
    payers = PayingCrowd(crowd(MEDIAN, COUNTERS, seed=MEDIAN), hints=True)
    with bench_broker(kind) as broker:
        anyio.run(payers.sells, broker.address, EVERY, WATCHED)
    return payers


def _row(what: str, payers: PayingCrowd) -> Row:
    """Return the row; the hint of a payment in the last moment may still be on its way."""
    p50, p99 = (statistics.quantiles(payers.waits, n=100)[at] * 1000 for at in (49, 98))
    note = f"p50 {p50:.1f} ms; {len(payers.waits)} looks after {payers.paid} hints"
    return Row(what, p99, 50, "ms", note)


if __name__ == "__main__":
    print_rows(measure())
