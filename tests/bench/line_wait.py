"""How long the connection makes a payer wait, over a wire with a fixed delay.

    python -m tests.bench.line_wait

The service's own time, which the wire shows too, is left out where round trips are counted. Needs root.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import zxingcpp
from PIL import Image, ImageOps

from tests.bench.daemon import Process, Shop, shop
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import pause
from tests.bench.wire import NoWire, Packet, Wire, laid

GOALS = {0.040: 1.12, 0.150: 1.04}  # round trips from the amount to its qr_data, by the round trip
SALES = 12
FORGOTTEN_SALES = 5
LOOKED_AT = (7.0, 12.3, 18.8)  # seconds after its creation at which an order is paid
REST = 0.5


@contextmanager
def at_work(counter: Shop) -> Iterator[Process]:
    """Run the daemon before the other processes of this computer, with a key that cancels."""
    cashier = counter.folder / "cashier"
    counter.change("\nsale:\n", f"\n  - driver: fake\n    path: {cashier}\nsale:\n")
    with counter.at_work() as daemon:
        for task in Path("/proc", str(daemon.pid), "task").iterdir():
            with suppress(OSError):
                os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(10))
        yield daemon


def cancel(counter: Shop) -> None:
    """Press the cashier's cancel, and wait until the register has heard that the sale failed."""
    (counter.folder / "cashier").write_text("cancel\n")
    assert counter.register.hears().startswith(b"FAIL canceled ")
    pause(REST)


def answered(packets: list[Packet], begun: float) -> tuple[float, float]:
    """Return when the first answer after this came to the wire, and how long after its request."""
    talk = [each for each in packets if each.at > begun and each.data and each.passed]
    for before, after in pairwise(talk):
        if before.to_server and not after.to_server:
            return after.at, after.at - before.at
    raise AssertionError("nothing was answered")


def waits(counter: Shop, wire: Wire, round_trip: float) -> Iterator[float]:
    """Yield the round trips of some sales, from the amount to its qr_data."""
    for sale in range(SALES):
        wire.packets()
        begun = counter.rings_up(20 + sale)
        counter.becomes("paying")
        at, between = answered(wire.packets(), begun)
        service = between - round_trip / 2
        yield (at + round_trip / 2 - begun - service) / round_trip
        cancel(counter)


def qr_drawn_after(counter: Shop, begun: float) -> float:
    """Return the seconds from this time.time() to the first picture with a QR."""
    for path in sorted((counter.folder / "frames").glob("*.png")):
        drawn = path.stat().st_mtime
        with Image.open(path) as image:
            padded = ImageOps.expand(image.convert("L"), 20, 255)
        if drawn > begun and zxingcpp.read_barcodes(padded, try_invert=False):
            return drawn - begun
    raise AssertionError("no picture has a QR")


def forgotten_waits(counter: Shop, wire: Wire) -> Iterator[float]:
    """Yield the seconds from the amount to its QR, when the network has forgotten the connection."""
    for sale in range(FORGOTTEN_SALES):
        orders = len(counter.service.api.orders())
        wire.forget()
        begun = time.time()
        counter.rings_up(50 + sale)
        counter.becomes("paying")
        pause(REST)
        yield qr_drawn_after(counter, begun)
        assert len(counter.service.api.orders()) == orders + 1
        cancel(counter)


def seen_late(counter: Shop, wire: Wire) -> Iterator[float]:
    """Yield the seconds from a payment to its result, when the connection was just forgotten."""
    for sale, seconds in enumerate(LOOKED_AT):
        counter.rings_up(80 + sale)
        counter.becomes("paying")
        pause(seconds)
        wire.forget()
        paid = time.monotonic()
        counter.service.api.pay(counter.service.api.orders()[0]["id"])
        assert counter.register.hears().startswith(b"PAID ")
        yield time.monotonic() - paid


def rows(round_trip: float) -> Iterator[Row]:
    """Yield the rows of one wire."""
    named = f"{round_trip * 1000:.0f} ms round trip"
    with laid(round_trip) as wire, shop(wire, keeps_idle=600) as counter, at_work(counter):
        now = statistics.median(waits(counter, wire, round_trip))
        yield Row(f"amount → qr_data, {named}", now, GOALS[round_trip], "RTT")
        took = sorted(forgotten_waits(counter, wire))
        now = (statistics.median(took) - 0.1) / round_trip
        what = f"connection forgotten → QR, less 100 ms, {named}"
        yield Row(what, now, 6, "RTT", f"{took[0] * 1000:.0f} to {took[-1] * 1000:.0f} ms")
        if round_trip == max(GOALS):
            late = max(seen_late(counter, wire))
            yield Row(f"forgotten between looks: payment seen, {named}", late, 3, "s", "the latest")


def measure() -> Iterator[Row]:
    """Yield the rows of both wires."""
    for round_trip, goal in GOALS.items():
        try:
            yield from rows(round_trip)
        except NoWire as reason:
            what = f"amount → qr_data, {round_trip * 1000:.0f} ms round trip"
            yield Row(what, None, goal, "RTT", str(reason))


if __name__ == "__main__":
    print_rows(measure())
