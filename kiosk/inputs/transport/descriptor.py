"""A stream on an open file descriptor: bytes in and out, until the other end is gone.

It does not matter how the descriptor was opened: a serial port and a socket are the same here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn

import anyio

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _

WRITE_LIMIT = 5.0  # seconds; the slowest register takes one for a reply


class DescriptorStream:
    """An open descriptor that does not block. Every failure is raised as DeviceGone, and is final.

    ``name`` begins each message of a failure. ``gone`` says what the end of the stream means.
    ``discard_output`` drops the bytes that the system has not sent yet, if closing would wait for
    them.

    End all tasks that use it before the descriptor is closed: the next connection gets the same
    number, and a task that still waits for it would break the event loop.
    """

    def __init__(
        self,
        fd: int,
        name: str,
        gone: str,
        discard_output: Callable[[int], None] | None = None,
    ) -> None:
        self._fd, self._name, self._gone, self._discard_output = fd, name, gone, discard_output
        self._fault = ""
        self._receiving: anyio.CancelScope | None = None
        self._send_lock = anyio.Lock()  # so that no answer is sent in the middle of a reply

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        while not self._fault:
            with anyio.CancelScope() as self._receiving:
                try:
                    await anyio.wait_readable(self._fd)
                    if data := os.read(self._fd, 4096):
                        return data
                    self._fault = self._gone
                except BlockingIOError:
                    continue
                except OSError as fault:
                    self._fault = f"{self._gone} ({fault.strerror})"
        raise DeviceGone(f"{self._name}: {self._fault}")

    async def send(self, data: bytes) -> None:
        """Return when the system has taken all bytes. After a failure, receiving fails too."""
        try:
            with anyio.fail_after(WRITE_LIMIT):
                async with self._send_lock:
                    await self._write(data)
        except TimeoutError:
            if self._discard_output:
                self._discard_output(self._fd)
            self._fail(_("it accepts no bytes; check the cable"))
        except OSError as fault:
            self._fail(f"{self._gone} ({fault.strerror})")

    def end(self, fault: str) -> None:
        """Make receiving fail for this reason, also if a task waits for bytes now."""
        self._fault = fault
        if self._receiving:
            self._receiving.cancel()

    def _fail(self, fault: str) -> NoReturn:
        self.end(fault)
        raise DeviceGone(f"{self._name}: {fault}")

    async def _write(self, data: bytes) -> None:
        while data:
            await anyio.wait_writable(self._fd)
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                continue
