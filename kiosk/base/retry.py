"""Keeping a device open: it fails alone, is tried again for ever, and the log hears of it once.

Not for calls to the payment service: whether those still matter is the sale's business.
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
    """Anything that can be let go of."""

    def close(self) -> None:
        """Let go of the device; harmless when it is gone already."""
        ...


Device = TypeVar("Device", bound=Closable)


def pauses(first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> Iterator[float]:
    """Yield the seconds to wait between attempts: each twice the last, with 10 % of jitter."""
    pause = first
    while True:
        yield pause * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
        pause = min(pause * 2, longest)


async def keep_open(
    name: str, open_device: Callable[[], Device], use: Callable[[Device], Awaitable[None]]
) -> NoReturn:
    """Open the device and use it; on DeviceGone close it at once and try again, for ever.

    Closing at once matters: an adapter that is plugged in again while its old descriptor is held
    comes back under another name. Only a device that stayed a while earns short pauses again, so
    that a loose plug does not fill the log.
    """
    waits, trouble = pauses(), ""
    while True:
        begun = anyio.current_time()
        try:
            with contextlib.closing(open_device()) as device:
                if trouble:
                    _log.info("%s: it is back", name)
                    trouble = ""
                await use(device)
        except* DeviceGone as group:
            reason = _reason(group)
            if reason != trouble:
                _log.warning("%s: %s", name, reason)
            trouble = reason
        if anyio.current_time() - begun >= LONGEST_PAUSE:
            waits = pauses()
        await anyio.sleep(next(waits))


def _reason(fault: BaseException) -> str:
    """Return the words of the first fault in a group of them."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return str(fault)
