"""When to ask the service. Pure, so that it can be tuned and tested alone."""

from __future__ import annotations

import math
import zlib
from dataclasses import replace
from typing import Self

from kiosk.base.frozen import frozen
from kiosk.sale.events import CallFailed

NEVER = math.inf

EVERY = 2.0  # seconds between two questions while the service answers
SLOWEST = 15.0  # the longest pause in seconds while the service does not answer
SOON = 3.0  # the longest pause in seconds while somebody waits at the counter
LONGEST_ASKED = 30.0  # the longest pause in seconds that the service may ask for
LONGEST_RATE_LIMITED = 60.0  # the same, if there were too many calls
JITTER = 0.1  # of the delay, so that many kiosks do not ask at the same moment


@frozen
class Asking:
    """One question to the service at a time: it is underway, or it is due at ``due``.

    ``seed`` gives each sale its own jitter. ``asked`` counts the questions, ``failures`` those
    that failed in a row.
    """

    seed: str
    due: float = NEVER
    underway: bool = False
    asked: int = 0
    failures: int = 0

    def sent(self) -> Self:
        """Return the state after the question was sent."""
        return replace(self, underway=True, due=NEVER, asked=self.asked + 1)

    def answered(self, now: float) -> Self:
        """Return the state after an answer: the next question is due after the usual pause."""
        due = now + delay(self.seed, self.asked, 0)
        return replace(self, underway=False, due=due, failures=0)

    def failed(self, now: float, event: CallFailed) -> Self:
        """Return the state after a failure: each failure in a row makes the pause longer."""
        failures = self.failures + 1
        longest = LONGEST_RATE_LIMITED if event.rate_limited else LONGEST_ASKED
        asked_for = min(event.retry_after or 0.0, longest)
        due = now + delay(self.seed, self.asked, failures, asked_for)
        return replace(self, underway=False, due=due, failures=failures)

    def soon(self, now: float) -> Self:
        """Return the state with a pause of some seconds at most, because somebody waits."""
        return self if self.underway else replace(self, due=min(self.due, now + SOON))

    def at(self, due: float) -> Self:
        """Return the state with the next question due at ``due``, unless one is underway."""
        return self if self.underway else replace(self, due=due)


def delay(seed: str, asked: int, failures: int, retry_after: float = 0.0) -> float:
    """Return the seconds until the next question.

    ``retry_after`` is the pause that the service asked for; the delay is never shorter. The jitter
    depends only on ``seed`` and ``asked``, so that a replay gives exactly the same times.
    """
    backed_off = min(EVERY * 1.6**failures, SLOWEST)
    return max(backed_off * jitter(seed, asked), retry_after)


def jitter(seed: str, asked: int) -> float:
    """Return the factor of a pause: 1 ± a tenth. Each sale of each kiosk has its own."""
    swing = zlib.crc32(f"{seed}/{asked}".encode()) / 0xFFFFFFFF * 2 - 1
    return 1 + JITTER * swing
