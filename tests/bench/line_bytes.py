"""The bytes of a sale on the wire, beside those of the official SDK.

    python -m tests.bench.line_bytes

A payer of 25 s. Both sell at the same time, over a wire each; the SDK looks each two seconds. All bytes
of all IP packets count, both ways, also those of a handshake. Needs root.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench import sdk
from tests.bench.daemon import shop
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import pause
from tests.bench.wire import NoWire, Wire, laid

ROUND_TRIP = 0.040
PAYER = 25.0  # seconds from the creation of an order to its payment
SALES = 2
QUIET = 0.5  # seconds until the last acknowledgment is through
WHAT = "bytes on the wire, a sale with a 25 s payer against the SDK"


def carried(wire: Wire) -> tuple[int, int]:
    """Return the bytes to the server and from it since the last call."""
    pause(QUIET)
    packets = wire.packets()
    up = sum(packet.size for packet in packets if packet.to_server)
    return up, sum(packet.size for packet in packets) - up


def measure() -> Iterator[Row]:
    """Yield the row."""
    try:
        with ExitStack() as stack:
            wire, sdks_wire = (stack.enter_context(laid(ROUND_TRIP)) for _ in range(2))
            counter = stack.enter_context(shop(wire, pay_after=PAYER))
            sdks_shop = stack.enter_context(shop(sdks_wire, pay_after=PAYER))
            stack.enter_context(counter.at_work())
            carried(wire)
            selling = sdk.start(sdks_shop.service, sdks_wire, SALES)
            for _ in range(SALES):
                counter.sells()
            up, down = (count / SALES for count in carried(wire))
            spent = sdk.result(selling)
            theirs = sum(carried(sdks_wire)) / SALES
    except NoWire as reason:
        yield Row(WHAT, None, 0.2, "×", str(reason))
        return
    note = (
        f"{up / 1000:.1f} kB sent and {down / 1000:.1f} kB received, against {theirs / 1000:.1f} kB in "
        f"{spent.calls / SALES:.0f} calls of the SDK; what is received is the service's answers"
    )
    yield Row(WHAT, (up + down) / theirs, 0.2, "×", note)


if __name__ == "__main__":
    print_rows(measure())
