"""Noise: an input that only sends rubbish is heard less, and the log says so once."""

from __future__ import annotations

import logging
from collections import deque

MANY = 20  # rejected readings
WITHIN = 60.0  # seconds

_log = logging.getLogger(__name__)


class RejectionLimit:
    """Counts rejected readings; from twenty a minute on they are kept from the counter.

    What is no noise still passes: only the rejections are silent.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._times: deque[float] = deque(maxlen=MANY)
        self.exceeded = False

    def exceeded_at(self, at: float) -> bool:
        """Take note of a rejected reading; return whether to say nothing about it."""
        self._times.append(at)
        exceeded = len(self._times) == MANY and at - self._times[0] < WITHIN
        if exceeded and not self.exceeded:
            _log.warning(
                "%s: %d readings rejected within a minute; check its cable and settings",
                self._source,
                MANY,
            )
        if self.exceeded and not exceeded:
            _log.info("%s: its readings are few again", self._source)
        self.exceeded = exceeded
        return exceeded
