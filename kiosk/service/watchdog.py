"""READY, and the watchdog tied to work: systemd hears from the daemon only while it gets on.

A thread that lives on when the rest is stuck would say that all is well for ever; so this runs on
the event loop, and looks at each part since when it has been busy with the same thing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Protocol

import anyio

from kiosk.service.notify import notify, ready

FIRST_SCREEN_WITHIN = 45.0  # seconds; the slowest panel needs 30
STUCK_AFTER = 90.0  # seconds; a call to the service needs less than a panel

log = logging.getLogger("kiosk.watchdog")


class Part(Protocol):
    """A part of the daemon that could get stuck.

    ``busy_since`` is the loop-clock second since which it has been at one thing, None between two.
    """

    busy_since: float | None


async def watch(
    parts: Iterable[Part], panel_judged: anyio.Event, environ: Mapping[str, str] = os.environ
) -> None:
    """Say READY once something is on the panel, or it is known that nothing can be.

    Then, if systemd watches (WatchdogSec=), tell it for ever that all parts make progress.
    """
    with anyio.move_on_after(FIRST_SCREEN_WITHIN):  # a panel that hangs is the watchdog's business
        await panel_judged.wait()
    await ready(environ)
    if period := environ.get("WATCHDOG_USEC"):
        await _feed(parts, float(period) / 1e6 / 3, environ)


async def _feed(parts: Iterable[Part], pause: float, environ: Mapping[str, str]) -> None:
    while True:
        stuck = [type(part).__name__ for part in parts if _is_stuck(part.busy_since)]
        if stuck:
            names = ", ".join(stuck)
            log.error("%s: no progress for %.0f s; the watchdog is not fed", names, STUCK_AFTER)
        else:
            notify("WATCHDOG=1", environ=environ)
        await anyio.sleep(pause)


def _is_stuck(since: float | None) -> bool:
    return since is not None and anyio.current_time() - since > STUCK_AFTER
