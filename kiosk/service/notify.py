"""Tell systemd how the daemon is (sd_notify(3)): one datagram to the socket that it names."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping


def notify(*states: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send lines such as ``READY=1``; does nothing when systemd is not listening."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # the abstract namespace, see unix(7)
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(address)
        channel.send("\n".join(states).encode())


def reloading() -> None:
    """Say that a reload has begun; READY=1 ends it."""
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    notify("RELOADING=1", f"MONOTONIC_USEC={now}")


def patience(seconds: float) -> None:
    """Say that a start or a reload may take so much longer from now."""
    notify(f"EXTEND_TIMEOUT_USEC={seconds * 1e6:.0f}")
