"""Bytes on their way to a kiosk that does not read them as fast as they come."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

import anyio

from kiosk.base.language import _
from kiosk.simulator.twins.wire.other_end import CannotDo

MOST_UNSENT = 2_000_000  # bytes
TRY_AGAIN_AFTER = 0.02  # seconds; the descriptor may be closed in between, so it is not waited for


class PatientWriter:
    """Writes to a descriptor that does not block, and keeps what it does not take yet.

    So no code and no total is cut, also if somebody scans a thousand codes at once. ``descriptor``
    returns it, or None while nothing is connected: then what waits is lost.
    """

    def __init__(self, descriptor: Callable[[], int | None]) -> None:
        self._descriptor = descriptor
        self._unsent = bytearray()
        self._is_full = anyio.Event()

    def write(self, data: bytes) -> None:
        """Write now or later. Raises OSError, and CannotDo if too much waits already."""
        if len(self._unsent) + len(data) > MOST_UNSENT:
            raise CannotDo(_("the kiosk has not read what was sent before; wait a moment"))
        self._unsent += data
        self._try()

    async def run(self) -> None:
        """Write what waits, until canceled."""
        while True:
            await self._is_full.wait()
            while self._unsent:
                await anyio.sleep(TRY_AGAIN_AFTER)
                with suppress(OSError):  # it is gone, and the kiosk with it
                    self._try()
            self._is_full = anyio.Event()

    def forget(self) -> None:
        """Drop what waits."""
        self._unsent.clear()

    def _try(self) -> None:
        descriptor = self._descriptor()
        if descriptor is None:
            self.forget()
            return
        try:
            while self._unsent:
                del self._unsent[: os.write(descriptor, self._unsent)]
        except BlockingIOError:
            self._is_full.set()
        except OSError:
            self.forget()
            raise
