"""Time, threads and the network as arguments.

Production takes the defaults. The tests run the same daemon on virtual time, with blocking work
done in place and HTTP answered in memory: all that differs stands here.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread
import httpx

T = TypeVar("T")


class Offload(Protocol):
    """Runs blocking work without holding up the loop."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what ``work`` returns, or raise what it raises."""
        ...


class OneThread:
    """An Offload with one thread of its own: jobs run in the order they came.

    A job that was begun is waited for, also on shutdown: a commit is never torn.
    """

    def __init__(self) -> None:
        self._one = anyio.CapacityLimiter(1)

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Run ``work`` in the thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._one)


# Crockford's base 32: no letter that is taken for another when read out over the telephone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _nonce() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))  # 40 bits


@dataclass(frozen=True)
class Environment:
    """What the daemon needs of the computer it runs on, besides its devices.

    ``wall`` gives Unix seconds (never trusted for money), ``hear`` takes what the service's clock
    says, ``nonce`` a word that no other start of
    any kiosk has, ``thread`` an Offload per user; ``transport`` replaces the network under the
    orders client.
    """

    wall: Callable[[], float] = time.time
    hear: Callable[[float], None] = lambda _: None
    nonce: Callable[[], str] = _nonce
    thread: Callable[[], Offload] = OneThread
    transport: httpx.AsyncBaseTransport | None = None
