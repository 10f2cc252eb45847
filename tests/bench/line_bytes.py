"""The bytes of a sale on the wire, beside those of the official SDK.

    python -m tests.bench.line_bytes

A payer of 25 s. Both sell at the same time, over a wire each; the SDK looks each two seconds. All bytes
of all IP packets count, both ways. The SDK opens a connection for each call, with its handshake; the
kiosk keeps one, which is open when the amount comes. Needs root.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

from tests.bench import sdk
from tests.bench.certificate_chain import Keys
from tests.bench.daemon import shop
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import pause
from tests.bench.wire import NoWire, Wire, laid

ROUND_TRIP = 0.040
PAYER = 25.0  # seconds from the creation of an order to its payment
SALES = 2
QUIET = 0.5  # seconds until the last acknowledgment is through
WHAT = "bytes on the wire, a sale with a 25 s payer against the SDK, {keys} certificates"


def carried(wire: Wire) -> tuple[int, int]:
    """Return the bytes to the server and from it since the last call."""
    pause(QUIET)
    packets = wire.packets()
    up = sum(packet.size for packet in packets if packet.to_server)
    return up, sum(packet.size for packet in packets) - up


def measure() -> Iterator[Row]:
    """Yield a row for each kind of keys: most of a new connection are the certificates."""
    for keys in get_args(Keys):
        try:
            yield with_keys(keys)
        except NoWire as reason:
            yield Row(WHAT.format(keys=keys), None, 0.2, "×", str(reason))


def with_keys(keys: Keys) -> Row:
    """Sell beside the SDK, and return the ratio of the bytes."""
    with ExitStack() as stack:
        wire, sdks_wire = (stack.enter_context(laid(ROUND_TRIP)) for _ in range(2))
        counter = stack.enter_context(shop(wire, keys=keys, pay_after=PAYER))
        sdks_shop = stack.enter_context(shop(sdks_wire, keys=keys, pay_after=PAYER))
        stack.enter_context(counter.at_work())
        opened = sum(carried(wire))
        selling = sdk.start(sdks_shop.service, sdks_wire, SALES)
        for _ in range(SALES):
            counter.sells()
        up, down = (count / SALES for count in carried(wire))
        spent = sdk.result(selling)
        theirs = sum(carried(sdks_wire)) / SALES
        chain = counter.service.chain
    note = (
        f"{up / 1000:.1f} kB sent and {down / 1000:.1f} kB received, against {theirs / 1000:.1f} kB in "
        f"{spent.calls / SALES:.0f} calls of the SDK, each with a new connection; the certificates are "
        f"{chain / 1000:.1f} kB; the kiosk's connection was open, which took {opened / 1000:.1f} kB"
    )
    return Row(WHAT.format(keys=keys), (up + down) / theirs, 0.2, "×", note)


if __name__ == "__main__":
    print_rows(measure())
