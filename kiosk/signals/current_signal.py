"""Which signal is on: the latest, with a rejected reading sounding in between. Pure."""

from __future__ import annotations

import math

from kiosk.sale.words import Screen
from kiosk.signals.patterns import PATTERNS, Step, at

_DARK = Step(math.inf)
# A state that is asked for again goes on as it was; a result that comes again is another result.
_STATES = {
    Screen.IDLE,
    Screen.WORKING,
    Screen.SCAN_ME,
    Screen.CHECKING,
    Screen.OUT_OF_SERVICE,
}
_ROUNDING = 1e-6  # seconds; a step that ends now has ended, whatever floats make of the sum


class CurrentSignal:
    """What was asked for, and since when. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._signal: Screen | None = None
        self._since = 0.0
        self._rejected_at: float | None = None

    def ask(self, name: Screen, now: float) -> bool:
        """Take the signal on; return whether it begins (else it is on already)."""
        if name is Screen.REJECTED_INPUT:
            self._rejected_at = now
            return True
        if name is self._signal and name in _STATES:
            return False
        self._signal, self._since = name, now
        self._rejected_at = None
        return True

    def now(self, now: float) -> tuple[Step, float]:
        """Return the step that is on, and the time at which the next one comes (or infinity)."""
        if self._rejected_at is not None:
            if playing := _playing(Screen.REJECTED_INPUT, self._rejected_at, now):
                return playing
            self._rejected_at = None
        playing = _playing(self._signal, self._since, now) if self._signal else None
        return playing or (_DARK, math.inf)


def _playing(name: Screen, since: float, now: float) -> tuple[Step, float] | None:
    found = at(PATTERNS[name], now - since + _ROUNDING)
    return (found[0], since + found[1]) if found else None
