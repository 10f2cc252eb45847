"""Notifications to systemd (sd_notify(3)): one datagram to the socket in NOTIFY_SOCKET."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

import anyio

log = logging.getLogger("kiosk.service")


def notify(*states: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send lines such as ``STATUS=idle``; return False only if that failed.

    Without NOTIFY_SOCKET nothing is sent. Never waits: a busy systemd must not delay a sale.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return True
    if address.startswith("@"):  # the abstract namespace, see unix(7)
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.setblocking(False)
        try:
            channel.connect(address)
            channel.send("\n".join(states).encode())
        except OSError as error:
            log.warning("systemd can't be notified of %s: %s", ", ".join(states), error.strerror)
            return False
    return True


async def ready(environ: Mapping[str, str] = os.environ) -> None:
    """Notify that a start or a reload is complete; retry, because systemd waits for it."""
    while not notify("READY=1", environ=environ):  # noqa: ASYNC110 - there is no event to wait for
        await anyio.sleep(5)


def reloading() -> None:
    """Notify that a reload has begun; READY=1 ends it."""
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    notify("RELOADING=1", f"MONOTONIC_USEC={now}")


def extend_start_timeout(seconds: float) -> None:
    """Notify that a start or a reload may take this much longer from now."""
    notify(f"EXTEND_TIMEOUT_USEC={seconds * 1e6:.0f}")
