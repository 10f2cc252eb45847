"""Count the readings of an input for the status, and limit the rate of rejected ones."""

from __future__ import annotations

import logging
import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from kiosk.sale.events import AmountRead, Event, ReadingRejected, ReadingUnread

MANY = 20  # rejected readings
WITHIN = 60.0  # seconds
SAY_UNREAD_EVERY = 60.0  # seconds between two lines in the log about what was unread

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ReadingCounts:
    """How the readings of an input went, since the daemon started."""

    accepted: int = 0
    rejected: int = 0
    repeated: int = 0
    unread: int = 0
    noisy: bool = False  # so many are rejected that the sale is not told


@runtime_checkable
class Counted(Protocol):
    """An input that counts its readings; a button has none to count."""

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        ...


class ReadingCounter:
    """Counts what one input reads. From MANY rejections a minute on, the sale is not told of them.

    The log says so once. Accepted readings are never held back.
    """

    def __init__(self, source: str) -> None:
        self.counts = ReadingCounts()
        self._source = source
        self._rejected_at: deque[float] = deque(maxlen=MANY)
        self._unread_said_at = -math.inf
        self._unread_unsaid = 0

    def passes(self, event: Event, now: float) -> bool:
        """Count the event, at ``now`` in seconds; return whether to tell the sale of it."""
        if isinstance(event, AmountRead):
            self.accept()
        if isinstance(event, ReadingUnread):
            self._unread(event, now)
        return not isinstance(event, ReadingRejected) or self.reject(now)

    def _unread(self, event: ReadingUnread, now: float) -> None:
        """Count what states no amount. The log says the newest one, once a minute at most."""
        self.counts.unread += 1
        if now - self._unread_said_at < SAY_UNREAD_EVERY:
            self._unread_unsaid += 1
            return
        more = f"; {self._unread_unsaid} more before it" if self._unread_unsaid else ""
        text = f" in {event.text}" if event.text else ""
        _log.warning("%s: no total read%s: %s%s", self._source, text, event.reason, more)
        self._unread_said_at, self._unread_unsaid = now, 0

    def accept(self) -> None:
        """Count an accepted reading."""
        self.counts.accepted += 1

    def repeat(self) -> None:
        """Count a repeated reading, which is ignored."""
        self.counts.repeated += 1

    def reject(self, now: float) -> bool:
        """Count a rejected reading, at ``now`` in seconds; return whether to tell the sale."""
        self.counts.rejected += 1
        self._rejected_at.append(now)
        noisy = len(self._rejected_at) == MANY and now - self._rejected_at[0] < WITHIN
        if noisy and not self.counts.noisy:
            _log.warning(
                "%s: %d readings rejected within a minute; check its cable and settings",
                self._source,
                MANY,
            )
        if self.counts.noisy and not noisy:
            _log.info("%s: few readings are rejected now; the kiosk shows them again", self._source)
        self.counts.noisy = noisy
        return not noisy
