"""A wire: bytes in and out of an open descriptor, until the other end is gone.

Knows nothing of how it was opened: a tty and a socket are the same from here on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn

import anyio

from kiosk.base.errors import DeviceGone

WRITE_LIMIT = 5.0  # seconds; the slowest register takes a line of reply in one


class DescriptorStream:
    """An open descriptor that does not block. What befalls it is told as DeviceGone, for good.

    ``name`` begins every complaint, ``gone`` says what the end of the stream means, ``forget``
    drops the bytes that the system still holds, where closing would wait for them.
    """

    def __init__(
        self, fd: int, name: str, gone: str, forget: Callable[[int], None] | None = None
    ) -> None:
        self._fd, self._name, self._gone, self._forget = fd, name, gone, forget
        self._fault = ""
        self._waiting: anyio.CancelScope | None = None
        self._turn = anyio.Lock()  # an answer never lands amid a reply

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        while not self._fault:
            with anyio.CancelScope() as self._waiting:
                await anyio.wait_readable(self._fd)
                try:
                    if data := os.read(self._fd, 4096):
                        return data
                    self._fault = self._gone
                except BlockingIOError:
                    continue
                except OSError as fault:
                    self._fault = f"{self._gone} ({fault.strerror})"
        raise DeviceGone(f"{self._name}: {self._fault}")

    async def send(self, data: bytes) -> None:
        """Return once the system has taken all of the bytes. Its failure is ``receive``'s too."""
        try:
            with anyio.fail_after(WRITE_LIMIT):
                async with self._turn:
                    await self._write(data)
        except TimeoutError:
            if self._forget:
                self._forget(self._fd)
            self._fail("it takes no bytes; check the cable")
        except OSError as fault:
            self._fail(f"{self._gone} ({fault.strerror})")

    def _fail(self, fault: str) -> NoReturn:
        self._fault = fault
        if self._waiting:
            self._waiting.cancel()
        raise DeviceGone(f"{self._name}: {fault}")

    async def _write(self, data: bytes) -> None:
        while data:
            await anyio.wait_writable(self._fd)
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                continue
