"""When to ask the service again. A pure function of its own, so that it can be tuned alone."""

from __future__ import annotations

import zlib

EVERY = 2.0  # seconds between two looks at an order that answers
SLOWEST = 15.0  # seconds between two questions to a service that does not
JITTER = 0.1  # of the delay, so that a street of kiosks does not ask in step


def delay(seed: str, asked: int, failures: int, retry_after: float | None = None) -> float:
    """Return the seconds until the next question.

    ``asked`` counts the questions so far and ``failures`` those that failed in a row;
    ``retry_after`` is the pause that the service asked for: never less than that. The jitter
    comes from ``seed`` and ``asked`` alone, so that a replay is exact.
    """
    backed_off = min(EVERY * 1.6**failures, SLOWEST)
    swing = zlib.crc32(f"{seed}/{asked}".encode()) / 0xFFFFFFFF * 2 - 1
    return max(backed_off * (1 + JITTER * swing), retry_after or 0.0)
