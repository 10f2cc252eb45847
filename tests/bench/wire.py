"""A wire with a fixed delay between this computer and a network namespace of its own.

    with laid(0.040) as wire:       # seconds of a round trip
        ...                         # serve on wire.server, run a client with wire.inside before it

Needs root. Raises NoWire, which says why, where the system does not allow it. A process of its own
carries the packets from one TUN device to another, at real-time priority; the kernels' own TCP runs at
both ends. Nothing stays behind when the process ends.

    python -m tests.bench.wire      prints how well the wire keeps its delay
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

CARRIER = Path(__file__).with_name("carrier.py")


class NoWire(Exception):
    """This system does not allow a wire; the text says why."""


@dataclass(frozen=True)
class Packet:
    """One IPv4 packet that came to the wire."""

    at: float  # time.monotonic() when the sender's kernel gave it to the wire
    to_server: bool
    size: int  # bytes, with the IP header
    data: int  # bytes of TCP payload
    flags: int  # TCP flags: 1 FIN, 2 SYN, 4 RST, 16 ACK
    port: int  # the client's
    passed: bool  # False: dropped, because its connection was forgotten


class Wire:
    """The wire in service. ``server`` is this computer's address on it."""

    def __init__(self, carrier: subprocess.Popen[str]) -> None:
        self._carrier = carrier
        self.server = self._answer()["server"]
        self.inside = ("nsenter", f"--net=/proc/{carrier.pid}/ns/net")  # before a client's command

    def delay(self, round_trip: float) -> None:
        """Change the round trip to this many seconds, for all packets from now on."""
        self._ask("delay", round_trip)

    def forget(self) -> None:
        """Drop every packet of the connections there are; nobody is told. New ones pass."""
        self._ask("forget")

    def packets(self) -> list[Packet]:
        """Return what came to the wire since the last call, oldest first."""
        return [Packet(*row) for row in self._ask("packets")]

    def _ask(self, *words: object) -> Any:
        assert self._carrier.stdin
        print(json.dumps(words), file=self._carrier.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        assert self._carrier.stdout
        line = self._carrier.stdout.readline()
        if not line:
            raise NoWire("the process of the wire ended")
        answer = json.loads(line)
        if isinstance(answer, dict) and "error" in answer:
            raise NoWire(answer["error"])
        return answer


@contextmanager
def laid(round_trip: float) -> Iterator[Wire]:
    """Lay a wire with a round trip of this many seconds. NoWire if the system does not allow it."""
    if os.geteuid():
        raise NoWire("not measured: a network namespace needs root; run this as root")
    carrier = subprocess.Popen(
        [sys.executable, "-I", "-S", str(CARRIER), str(round_trip)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Wire(carrier)
    finally:
        carrier.kill()
        carrier.communicate()


def accuracy(wire: Wire, times: int = 50) -> list[float]:
    """Return the seconds of some TCP handshakes over the wire, each of one round trip."""
    with socket.create_server((wire.server, 0)) as listener:
        words = [*wire.inside, sys.executable, "-m", "tests.bench.wire"]
        port = listener.getsockname()[1]
        out = subprocess.check_output([*words, wire.server, str(port), str(times)], text=True)
    return [float(line) for line in out.split()]


def _connect(address: str, port: str, times: str) -> None:
    with suppress(OSError):  # on a busy computer the client would be late, not the wire
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(40))
    for _ in range(int(times)):
        begun = monotonic()
        with socket.create_connection((address, int(port))):
            print(monotonic() - begun)


def main() -> int:
    """Print how far the wire is from its nominal delay."""
    try:
        with laid(0.04) as wire:
            for nominal in (0.04, 0.15):
                wire.delay(nominal)
                beyond = [(took - nominal) * 1000 for took in accuracy(wire)]
                print(
                    f"{nominal * 1000:.0f} ms: {statistics.median(beyond):+.2f} ms in the median,"
                    f" {max(beyond):+.2f} ms at most"
                )
    except NoWire as reason:
        print(reason)
    return 0


if __name__ == "__main__":
    if sys.argv[1:]:
        _connect(*sys.argv[1:])
    else:
        sys.exit(main())
