"""The clock of this computer: a Raspberry Pi has no battery, and gets the time from the network."""

from __future__ import annotations

from pathlib import Path

import kiosk
from kiosk.box.finding import Level

# A QR's time left would be visibly wrong; certificates and the journal's days would be.
VISIBLE, WRONG = 10.0, 300.0  # seconds
DAY = 86_400.0  # seconds
# systemd-timesyncd(8): it exists once the clock was set from the network, since the last start.
_SET = "run/systemd/timesync/synchronized"


def written_at(file: Path = Path(kiosk.__file__)) -> float:
    """Return when the kiosk was installed, in Unix seconds; a right clock shows a later time."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def judge_skew(seconds: float) -> Level:
    """Return how bad it is that the clock is so far from the service's, either way."""
    if abs(seconds) < VISIBLE:
        return Level.GOOD
    return Level.WARN if abs(seconds) < WRONG else Level.BAD


def is_behind(now: float, written: float) -> bool:
    """Return whether the clock shows a time before the kiosk itself was installed."""
    return now < written - DAY


def was_set(root: Path = Path("/")) -> bool | None:
    """Return whether systemd-timesyncd has set the clock; None if it does not run here."""
    if (root / _SET).exists():
        return True
    return False if (root / _SET).parent.is_dir() else None
