"""The service's time, by the Date header of its answers (RFC 9110, 6.6.1).

The older APIs use absolute expiry dates, and the clock of a computer without a battery is wrong
after a power cut. So this computer's clock is used only until the first answer.
"""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import anyio


class ServiceClock:
    """The latest Date plus the time that has passed since by the loop's clock; Unix seconds."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._ahead: float | None = None  # seconds that the service's clock is ahead of the loop's

    def update(self, headers: Mapping[str, str]) -> float:
        """Set the clock by an answer's headers, and return the time of the answer."""
        service_time = date_of(headers)
        if service_time is not None:
            self._ahead = service_time - anyio.current_time()
        return self.now()

    def now(self) -> float:
        """Return the service's time if it is known, else this computer's."""
        return self._wall() if self._ahead is None else self._ahead + anyio.current_time()


def date_of(headers: Mapping[str, str]) -> float | None:
    """Return the Date header in Unix seconds, or None without a valid date."""
    try:
        return email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def write_date(seconds: float) -> str:
    """Return whole Unix seconds as the older APIs write them: ``2023-08-22T20:34:56.000+00:00``."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat(timespec="milliseconds")


def read_date(text: str) -> float | None:
    """Return the Unix seconds of such a date, or None if it is not one or has no time zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
