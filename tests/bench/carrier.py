"""The process that carries the packets of a wire: see ``wire.py``, which starts it and talks to it.

It imports nothing of ours and almost nothing at all, so that nothing in it can be late. Orders come as
lines of JSON on standard input; each is answered by a line on standard output.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from select import select
from time import monotonic
from typing import Any

TUNSETIFF = 0x400454CA  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000  # linux/sched.h
TCP = 6
SYN, ACK = 0x02, 0x10
WAKING = 0.0003  # seconds before a packet is due from which on the process does not sleep
HANDLING = 0.00015  # seconds that the way in and out of this process takes, measured by wire.py


@dataclass
class Carrier:
    """Two devices, the packets between them, and the connections that the wire has forgotten."""

    to_kiosk: int  # the device on the kiosk's side
    to_server: int
    delay: float  # seconds, one way
    under_way: deque[tuple[float, int, bytes]] = field(default_factory=deque)
    known: set[int] = field(default_factory=set)  # client ports of the connections
    forgotten: set[int] = field(default_factory=set)
    seen: list[tuple[object, ...]] = field(default_factory=list)

    def run(self) -> None:
        """Carry packets and obey orders until standard input ends."""
        while True:
            due = self.under_way[0][0] - monotonic() if self.under_way else None
            wait = None if due is None else max(0.0, due - WAKING)
            ready, _, _ = select([self.to_kiosk, self.to_server, 0], [], [], wait)
            self._deliver()
            for device, other in ((self.to_kiosk, self.to_server), (self.to_server, self.to_kiosk)):
                if device in ready:
                    self._take(os.read(device, 65536), other)
            if 0 in ready and not self._obey(sys.stdin.readline()):
                return

    def _deliver(self) -> None:
        while self.under_way and self.under_way[0][0] <= monotonic():
            _, device, packet = self.under_way.popleft()
            with contextlib.suppress(OSError):
                os.write(device, packet)

    def _take(self, packet: bytes, device: int) -> None:
        now = monotonic()
        if packet[0] >> 4 != 4 or packet[9] != TCP:
            return
        head = (packet[0] & 15) * 4
        towards_server = device == self.to_server
        source, target = struct.unpack_from("!HH", packet, head)
        port = source if towards_server else target
        flags = packet[head + 13]
        if flags & (SYN | ACK) == SYN:
            self.forgotten.discard(port)
            self.known.add(port)
        passes = port not in self.forgotten
        data = len(packet) - head - (packet[head + 12] >> 4) * 4
        self.seen.append((now, towards_server, len(packet), data, flags, port, passes))
        if passes:
            self.under_way.append((now + self.delay - HANDLING, device, packet))

    def _obey(self, line: str) -> bool:
        if not line:
            return False
        answer: object = True
        match json.loads(line):
            case ["delay", round_trip]:
                self.delay = round_trip / 2
            case ["forget"]:
                self.forgotten |= self.known
                self.known.clear()
            case ["packets"]:
                answer, self.seen = self.seen, []
        print(json.dumps(answer), flush=True)
        return True


def tun(name: str) -> int:
    """Open a TUN device of this namespace. OSError if it is not allowed or somebody has the name."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError:
        os.close(device)
        raise
    return device


def configure(name: str, address: str) -> None:
    """Give the device its address on a network of two, and switch it on."""
    for words in (["address", "add", f"{address}/30", "dev", name], ["link", "set", name, "up"]):
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def leave_the_network() -> None:
    """Move this process into a new network namespace. OSError if that is not allowed."""
    libc: Any = ctypes.CDLL(None, use_errno=True)  # os.unshare comes with Python 3.12
    if libc.unshare(CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, f"a network namespace: {os.strerror(number)}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, capture_output=True, text=True)


def laid(round_trip: float) -> tuple[Carrier, str]:
    """Return the carrier and the server's address. 198.18/15 is for measurements (RFC 2544)."""
    number, device = _first_free()
    net = f"198.18.{number}"
    configure(f"wire{number}", f"{net}.1")
    leave_the_network()
    kiosk = tun(f"wire{number}")
    configure(f"wire{number}", f"{net}.2")
    return Carrier(kiosk, device, round_trip / 2), f"{net}.1"


def _first_free() -> tuple[int, int]:
    """Open the first device that nobody has; return its number and its descriptor."""
    for number in range(256):
        try:
            return number, tun(f"wire{number}")
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
    raise OSError(errno.EBUSY, "all 256 wires are in use")


def main() -> None:
    """Lay the wire, say where, and carry."""
    try:
        carrier, server = laid(float(sys.argv[1]))
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        print(
            json.dumps({"error": f"not measured: no wire can be laid here: {reason}"}), flush=True
        )
        return
    with contextlib.suppress(OSError):  # without it the wire is less exact on a busy computer
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    print(json.dumps({"server": server}), flush=True)
    carrier.run()


if __name__ == "__main__":
    main()
