"""Time, threads and the network as arguments.

Production takes the defaults and a ``Clock``. The tests run the same daemon on virtual time, with
blocking work done in place and HTTP answered in memory: this file holds all that differs.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread
import httpx
from anyio.abc import ByteStream

from kiosk.base.frozen import frozen

T = TypeVar("T")

TOLERANCE = 120.0  # seconds that two correct clocks may differ by

log = logging.getLogger("kiosk.clock")


class Offload(Protocol):
    """Runs blocking work without blocking the event loop."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what ``work`` returns, or raise what it raises."""
        ...


class OneThread:
    """An Offload with one thread of its own: jobs run in the order they came.

    A job that has begun is always waited for, also on shutdown: a commit is never interrupted.
    """

    def __init__(self) -> None:
        self._one = anyio.CapacityLimiter(1)

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Run ``work`` in the thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._one)


class Clock:
    """The wall clock, in Unix seconds; it follows the service's while this computer's is wrong.

    A Raspberry Pi has no battery for its clock: after a power cut the time is wrong until the
    network sets it. The journal's time stamps come from here; nothing about money depends on them.
    """

    def __init__(
        self,
        system: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """``steady`` is a clock that nobody sets."""
        self._system, self._steady = system, steady
        self._correction = 0.0  # seconds; 0 while this computer's clock is right
        self._ahead: float | None = None  # seconds that the service's clock is ahead of the steady

    def __call__(self) -> float:
        """Return the best known time."""
        return self._system() + self._correction

    def service_time(self) -> float | None:
        """Return the service's time, whatever this computer's clock says; None before an answer."""
        return None if self._ahead is None else self._steady() + self._ahead

    def adjust_to(self, service_time: float) -> None:
        """Use the service's time from now on if this computer's clock is wrong by too much."""
        self._ahead = service_time - self._steady()
        difference = service_time - self._system()
        wrong = abs(difference) > TOLERANCE
        if wrong and not self._correction:
            log.warning(
                "this computer's clock is wrong by %.0f s; the kiosk uses the service's time",
                -difference,
            )
        elif self._correction and not wrong:
            log.info("this computer's clock is right again")
        self._correction = difference if wrong else 0.0


# Crockford's base 32: no two characters that sound or look alike when read out over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _nonce() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))  # 40 bits


@frozen
class Environment:
    """What the daemon needs of the computer it runs on, besides its devices.

    ``wall_clock`` returns Unix seconds (never used to decide about money), ``on_service_time`` is
    called with the service's time, ``service_time`` returns it, or None while it is not known,
    ``nonce`` returns a word that no other start of any kiosk has, ``new_thread`` returns an Offload
    for one user, ``http_transport`` replaces the network below the orders client, and ``broker``
    opens the stream to the broker of the fleet.
    """

    wall_clock: Callable[[], float] = time.time
    on_service_time: Callable[[float], None] = lambda _: None
    service_time: Callable[[], float | None] = lambda: None
    nonce: Callable[[], str] = _nonce
    new_thread: Callable[[], Offload] = OneThread
    http_transport: httpx.AsyncBaseTransport | None = None
    broker: Callable[[], Awaitable[ByteStream]] | None = None
