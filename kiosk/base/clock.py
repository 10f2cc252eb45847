"""The wall clock, by the service's word where this computer's own was never set.

A Pi has no battery: until the network has told it the time, it believes what it believed when its
power went. The journal's time stamps come from here; nothing about money depends on them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

TOLERANCE = 120.0  # seconds that two honest clocks may differ by

log = logging.getLogger("kiosk.clock")


class Clock:
    """Unix seconds. ``hear`` what the service's clock says whenever it says so."""

    def __init__(self, system: Callable[[], float] = time.time) -> None:
        self._system = system
        self._ahead = 0.0  # seconds that the service's clock is ahead, where that is too much

    def __call__(self) -> float:
        """Return the time as far as it is known."""
        return self._system() + self._ahead

    def hear(self, told: float) -> None:
        """Compare; believe the service where this computer's clock is plainly wrong."""
        ahead = told - self._system()
        wrong = abs(ahead) > TOLERANCE
        if wrong and not self._ahead:
            log.warning("this computer's clock is wrong by %.0f s; the service's is used", -ahead)
        elif self._ahead and not wrong:
            log.info("this computer's clock is right again")
        self._ahead = ahead if wrong else 0.0
