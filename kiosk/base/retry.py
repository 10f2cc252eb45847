"""Keeping a device open: it is opened again for ever, and each failure is logged once.

Not for calls to the payment service: the sale machine decides whether those are repeated.
"""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import NoReturn, Protocol, TypeVar

import anyio

from kiosk.base.errors import DeviceGone

FIRST_PAUSE = 0.5  # seconds
LONGEST_PAUSE = 5.0

_log = logging.getLogger(__name__)


class Closable(Protocol):
    """Anything that can be closed."""

    def close(self) -> None:
        """Close the device; does nothing if it is closed or gone already."""
        ...


Device = TypeVar("Device", bound=Closable)


def pauses(
    first: float = FIRST_PAUSE,
    longest: float = LONGEST_PAUSE,
    jitter: tuple[float, float] = (0.9, 1.1),
) -> Iterator[float]:
    """Yield the seconds to wait between attempts: each twice the last, times a random factor."""
    pause = first
    while True:
        yield pause * random.uniform(*jitter)  # noqa: S311 - no secret
        pause = min(pause * 2, longest)


async def _tell_nobody(_: str) -> None:
    """Do nothing: nobody wants to know whether the device is open."""


async def keep_open(
    name: str,
    open_device: Callable[[], Device],
    use: Callable[[Device], Awaitable[None]],
    tell: Callable[[str], Awaitable[None]] = _tell_nobody,
) -> NoReturn:
    """Open the device and use it; on DeviceGone close it at once, wait, and open it again.

    ``tell`` is called with each new reason why the device is not open, and with an empty text when
    it is open.

    It is closed at once because Linux gives an adapter another name if it is plugged in again while
    its old descriptor is open. The pauses become short again only after the device has worked for a
    while, so that a loose plug does not fill the log.
    """
    waits, trouble = pauses(), ""
    told: str | None = None
    while True:
        begun = anyio.current_time()
        try:
            with contextlib.closing(open_device()) as device:
                if trouble:
                    _log.info("%s: it works again", name)
                    trouble = ""
                if told != trouble:
                    told = trouble
                    await tell(trouble)
                await use(device)
        except* DeviceGone as group:
            reason = reason_of(group)
            if reason != trouble:
                _log.warning("%s: %s", name, reason)
            trouble = reason
        if trouble and told != trouble:
            told = trouble
            await tell(trouble)
        if anyio.current_time() - begun >= LONGEST_PAUSE:
            waits = pauses()
        await anyio.sleep(next(waits))


def reason_of(fault: BaseException) -> str:
    """Return the message of the first error in a group."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return str(fault)
