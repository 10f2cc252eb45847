"""What time it is where it counts: at the service, by the Date of its answers (RFC 9110, 6.6.1).

The older APIs take and keep absolute expiry dates, and a box without a battery wakes up in the
past; so its own wall clock counts only until the service has spoken once.
"""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import anyio


class ServiceClock:
    """Goes on from the latest Date by the loop's clock. Seconds are Unix seconds."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._ahead: float | None = None  # of the loop's clock

    def update(self, headers: Mapping[str, str]) -> float:
        """Learn from an answer's headers, and return the time that it was given at."""
        service_time = date_of(headers)
        if service_time is not None:
            self._ahead = service_time - anyio.current_time()
        return self.now()

    def now(self) -> float:
        """Return the service's time as far as it is known, else this computer's."""
        return self._wall() if self._ahead is None else self._ahead + anyio.current_time()


def date_of(headers: Mapping[str, str]) -> float | None:
    """Return the Date header in Unix seconds, or None if there is no date in it."""
    try:
        return email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def write_date(seconds: float) -> str:
    """Return whole Unix seconds as the older APIs write them: ``2023-08-22T20:34:56.000+00:00``."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat(timespec="milliseconds")


def read_date(text: str) -> float | None:
    """Return the Unix seconds of such a date, or None if it is none or names no zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
