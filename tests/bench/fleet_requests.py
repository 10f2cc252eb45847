"""How often a thousand whole counters ask the service: with hints against polling.

    python -m tests.bench.fleet_requests

Each counter opens one order; the orders and their payers are the same in both runs, and so is the
time that is watched. What is open at its end, such as the orders of payers who never pay, is counted
as far as it got. With hints each counter knows that the latest five payments were hinted at; without,
it is as linked, but nobody sends a hint.
"""

from __future__ import annotations

from collections.abc import Iterator
from shutil import which

import anyio

from kiosk.simulator.service.messages import Operation
from tests.bench.fleet import bench_broker
from tests.bench.paying_crowd import PayingCrowd
from tests.bench.table import Row, print_rows
from tests.bench.whole_counters import COUNTERS, allow_many_files
from tests.support.payers import crowd

MEDIAN = 12  # seconds until half of the payers have paid
EVERY, WATCHED = 0.06, 90.0  # seconds between two amounts, and in all
LOOKS = 3.0  # the goal for each order; with its creation, the goal for the requests follows
WHAT = "requests to the service, with hints against polling"


def measure() -> Iterator[Row]:
    """Yield the rows."""
    if not which("mosquitto"):
        yield Row(WHAT, None, 1, "×", "mosquitto is missing")
        return
    allow_many_files()
    hinted, polled = _asked(hints=True), _asked(hints=False)
    asked, polls = (sum(each.requests.values()) for each in (hinted, polled))
    note = f"{asked / WATCHED:.0f} requests/s with hints, {polls / WATCHED:.0f} without"
    yield Row(WHAT, asked / polls, (1 + LOOKS) * COUNTERS / polls, "×", note)
    looks = [each.requests[Operation.GET] / COUNTERS for each in (hinted, polled)]
    note = f"{looks[1]:.1f} without; {hinted.paid} of {COUNTERS:,} were paid"
    yield Row("looks per order with hints, whole counters", looks[0], LOOKS, "looks", note)


def _asked(*, hints: bool) -> PayingCrowd:
    payers = PayingCrowd(crowd(MEDIAN, COUNTERS, seed=MEDIAN), hints=hints)
    with bench_broker("plain") as broker:
        anyio.run(payers.sells, broker.address, EVERY, WATCHED)
    orders = payers.requests[Operation.CREATE]
    assert orders == COUNTERS, f"{orders} orders"
    return payers


if __name__ == "__main__":
    print_rows(measure())
