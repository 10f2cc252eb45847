"""An input device of the kernel (/dev/input/event*): opened for us alone, and read by a thread.

The thread does nothing else. The kernel keeps about 64 events of a device, and a code takes 84. If
the event loop had to read them, one slow frame would turn 7790001001054 into 54.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, mark, system_reason
from kiosk.base.permissions import DENIED, NOT_GRANTED
from kiosk.inputs.scanner.key_decoder import EV_SYN, SYN_DROPPED, KeyEvent

EVENT = struct.Struct("@llHHi")  # struct input_event: seconds, microseconds, type, code, value
MAX_CHUNKS = 4096  # reads that may wait while the event loop hangs; then they are dropped

# _IOW('E', 0x90, int) and _IOW('E', 0xa0, int) of linux/input.h
_EVIOCGRAB, _EVIOCSCLOCKID = 0x40044590, 0x400445A0
_CAUSES = {
    errno.ENOENT: mark("nothing is plugged in there; check the cable and the setting device"),
    **dict.fromkeys(DENIED, NOT_GRANTED),
    errno.EBUSY: mark("another program uses it exclusively; close that program"),
    errno.ENODEV: mark("it was unplugged"),
}


def open_grabbed(path: str) -> int:
    """Open the device so that no other program gets its events. Raises DeviceGone.

    Returns the descriptor. The time of the events is that of ``time.monotonic``.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(fd, _EVIOCGRAB, 1)
            fcntl.ioctl(fd, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        except OSError:
            os.close(fd)
            raise
    except OSError as fault:
        raise DeviceGone(f"{path}: {explain(fault)}") from fault
    return fd


def explain(fault: OSError) -> str:
    """Return what the error means, and what to do."""
    number = fault.errno or 0
    if number == errno.ENOTTY:
        return _("it is not a keyboard; set device to a file under /dev/input")
    if number in _CAUSES:
        return _(_CAUSES[number])
    return _("it can't be opened ({reason}); connect it again", reason=system_reason(fault))


class EventDevice:
    """An open input device. ``receive`` may be called inside the context ``reading`` only."""

    def __init__(self, fd: int, path: str) -> None:
        """Use this non-blocking descriptor, and close it in ``close``; ``path`` is for messages."""
        self._fd, self._path = fd, path
        self._chunks: deque[bytes] = deque()
        self._incomplete = b""  # the beginning of an event; a pipe may cut one, a device never does
        self._fault = ""
        self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stop = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Read in a thread, and wait for its end: the descriptor may be closed after that."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._run_thread)
            try:
                yield
            finally:
                os.write(self._stop[1], b".")

    async def receive(self) -> list[KeyEvent]:
        """Wait for the next events and return them in order. Raises DeviceGone if unplugged.

        Their times are when they happened, in seconds of the loop's clock.
        """
        while not self._chunks:
            if self._fault:
                raise DeviceGone(f"{self._path}: {self._fault}")
            await anyio.wait_readable(self._wake[0])
            os.read(self._wake[0], 4096)
        offset = anyio.current_time() - time.monotonic()
        data = self._incomplete + b"".join(self._waiting())
        whole = len(data) - len(data) % EVENT.size
        self._incomplete = data[whole:]
        return [_event(fields, offset) for fields in EVENT.iter_unpack(data[:whole])]

    def _waiting(self) -> Iterator[bytes]:
        with contextlib.suppress(IndexError):  # the thread may clear the queue in between
            while True:
                yield self._chunks.popleft()

    async def _run_thread(self) -> None:
        await anyio.to_thread.run_sync(self._read_until_stopped, limiter=anyio.CapacityLimiter(1))

    def _read_until_stopped(self) -> None:
        """Pass events to the event loop until stopped. Runs in the thread."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._stop[0], select.POLLIN)
        while not self._fault and not any(fd == self._stop[0] for fd, _ in poll.poll()):
            self._read()
            with contextlib.suppress(BlockingIOError):  # the pipe is full: the loop will wake
                os.write(self._wake[1], b".")

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 1024 * EVENT.size)
        except BlockingIOError:
            return
        except OSError as fault:
            self._fault = explain(fault)
            return
        if not data:
            self._fault = _("it was unplugged")
            return
        if len(self._chunks) >= MAX_CHUNKS:
            self._chunks.clear()
            seconds = int(time.monotonic())
            self._chunks.append(EVENT.pack(seconds, 0, EV_SYN, SYN_DROPPED, 0))
        self._chunks.append(data)

    def close(self) -> None:
        """Close the device."""
        for fd in (self._fd, *self._wake, *self._stop):
            os.close(fd)


def _event(fields: tuple[int, int, int, int, int], offset: float) -> KeyEvent:
    """Return the event; ``offset`` is the loop's clock minus ``time.monotonic``."""
    seconds, microseconds, kind, code, value = fields
    return KeyEvent(seconds + microseconds / 1_000_000 + offset, kind, code, value)
