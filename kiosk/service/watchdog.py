"""READY, and the watchdog: systemd is notified only while all parts of the daemon make progress.

A thread of its own would notify systemd even when the rest is stuck. So this runs on the event
loop, and checks for how long each part has been busy with the same work.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Protocol

import anyio

from kiosk.service.notify import notify, ready

FIRST_SCREEN_WITHIN = 45.0  # seconds; the slowest panel needs 30
STUCK_AFTER = 90.0  # seconds; more than a slow panel or a call to the service needs

log = logging.getLogger("kiosk.watchdog")


class Part(Protocol):
    """A part of the daemon that could get stuck.

    ``busy_since`` is the loop-clock second at which its current work began; None without work.
    """

    busy_since: float | None


async def watch(
    parts: Iterable[Part], panel_started: anyio.Event, environ: Mapping[str, str] = os.environ
) -> None:
    """Notify READY when the first screen is on the panel, or the panel has failed.

    Then, with WatchdogSec= in the unit, feed the watchdog while all parts make progress: twice in
    each period, as sd_watchdog_enabled(3) recommends.
    """
    with anyio.move_on_after(FIRST_SCREEN_WITHIN):  # the watchdog handles a panel that hangs
        await panel_started.wait()
    await ready(environ)
    if period := environ.get("WATCHDOG_USEC"):
        await _feed(parts, float(period) / 1e6 / 2, environ)


async def _feed(parts: Iterable[Part], pause: float, environ: Mapping[str, str]) -> None:
    while True:
        stuck = [type(part).__name__ for part in parts if _is_stuck(part.busy_since)]
        if stuck:
            names = ", ".join(stuck)
            log.error(
                "%s: no progress for %.0f s; systemd will restart the kiosk", names, STUCK_AFTER
            )
        else:
            notify("WATCHDOG=1", environ=environ)
        await anyio.sleep(pause)


def _is_stuck(since: float | None) -> bool:
    return since is not None and anyio.current_time() - since > STUCK_AFTER
