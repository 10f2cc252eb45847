"""The kiosk's own share of a payer's wait: amount to POST, and answer to picture.

    python -m tests.bench.own_share

The rest of the wait is the network's and the service's.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from itertools import count

from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import TappedCounter, at_real_time, pause, tapped_counter, wait_for

SALES = 60
FIRST = 10  # these are not counted: a daemon that sells all day is warm
REST = 0.2  # seconds between two sales


def _sell(counter: TappedCounter, number: int) -> tuple[float, float]:
    """Return the milliseconds from amount to POST, and from answer to picture."""
    pause(REST)
    calls, frames = counter.service.calls, counter.frames()
    while not calls.empty():
        calls.get()
    sent = counter.key_total(f"{100 + number},50")
    create = calls.get()
    assert create.name == "POST /v1/orders", create
    for picture in count(frames + 1):
        drawn = wait_for(partial(counter.has_frame, picture))
        if counter.shows_qr(picture):
            break
    counter.cancel()
    assert counter.hears_result() == b"FAIL\r\n"
    return (create.complete - sent) * 1000, (drawn - create.answered) * 1000


def measure() -> Iterator[Row]:
    """Yield both shares, as medians."""
    with tapped_counter() as counter:
        shares = [_sell(counter, number) for number in range(SALES)][FIRST:]
    note = "" if at_real_time() else "not at real-time priority: other processes are in it"
    posted, drawn = (statistics.median(column) for column in zip(*shares, strict=True))
    yield Row("own share: amount → POST at the server", posted, 4.0, "ms", note)
    yield Row("own share: answer → QR on the panel", drawn, 12.0, "ms", note)


if __name__ == "__main__":
    print_rows(measure())
