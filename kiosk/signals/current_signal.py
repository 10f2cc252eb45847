"""Which signal is on: the latest one, interrupted for a moment by ``rejected_input``. Pure."""

from __future__ import annotations

import math

from kiosk.sale.words import Screen
from kiosk.signals.patterns import PATTERNS, PatternStep, step_at

_DARK = PatternStep(math.inf)
# If one of these is requested again, it goes on. Any other is a new result: it starts again.
_STATES = {
    Screen.IDLE,
    Screen.WORKING,
    Screen.SCAN_ME,
    Screen.CHECKING,
    Screen.OUT_OF_SERVICE,
}
_ROUNDING = 1e-6  # seconds; a step that ends now has ended, whatever the rounding of the sum


class CurrentSignal:
    """The latest signal, and when it began. All times are seconds of the same clock."""

    def __init__(self) -> None:
        self._signal: Screen | None = None
        self._since = 0.0
        self._rejected_at: float | None = None

    def request(self, name: Screen, now: float) -> bool:
        """Make this the current signal; return whether it begins now (it may be on already)."""
        if name is Screen.REJECTED_INPUT:
            self._rejected_at = now
            return True
        if name is self._signal and name in _STATES:
            return False
        self._signal, self._since = name, now
        self._rejected_at = None
        return True

    def step(self, now: float) -> tuple[PatternStep, float]:
        """Return the step that is on now, and when it ends (perhaps infinity)."""
        if self._rejected_at is not None:
            if playing := _playing(Screen.REJECTED_INPUT, self._rejected_at, now):
                return playing
            self._rejected_at = None
        playing = _playing(self._signal, self._since, now) if self._signal else None
        return playing or (_DARK, math.inf)


def _playing(name: Screen, since: float, now: float) -> tuple[PatternStep, float] | None:
    found = step_at(PATTERNS[name], now - since + _ROUNDING)
    return (found[0], since + found[1]) if found else None
