"""An input device of the kernel as a transport: found, grabbed, and read by a thread of its own.

The thread does nothing else. The kernel keeps about 64 events of a device, and one code is 84: had
the event loop to read them, a slow frame would turn 7790001001054 into 54.
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
from kiosk.base.permissions import DENIED, NOT_GRANTED
from kiosk.inputs.scanner.key_decoder import EV_SYN, SYN_DROPPED, KeyEvent

EVENT = struct.Struct("@llHHi")  # struct input_event: seconds, microseconds, type, code, value
MOST_CHUNKS = 4096  # as many reads may wait for a loop that hangs; then the oldest are lost

# _IOW('E', 0x90, int) and _IOW('E', 0xa0, int) of linux/input.h
_EVIOCGRAB, _EVIOCSCLOCKID = 0x40044590, 0x400445A0
_CAUSES = {
    errno.ENOENT: "nothing is plugged in there; check the cable, or the setting device",
    **dict.fromkeys(DENIED, NOT_GRANTED),
    errno.EBUSY: "another program has it to itself; end that program",
    errno.ENODEV: "it was unplugged",
}


def open_grabbed(path: str) -> int:
    """Return a descriptor of the device that nobody else gets events of. Raises DeviceGone.

    Its events carry the time of ``time.monotonic``.
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
    """Return what an error of a device means, and what to do."""
    number = fault.errno or 0
    if number == errno.ENOTTY:
        return "it is no keyboard; set device to a file under /dev/input"
    return _CAUSES.get(number, f"it can't be opened ({os.strerror(number)})")


class EventNode:
    """An open device. Whoever uses it runs ``reading`` around what it does with ``receive``."""

    def __init__(self, fd: int, path: str) -> None:
        """Take over the descriptor, non-blocking; ``path`` is for messages."""
        self._fd, self._path = fd, path
        self._chunks: deque[bytes] = deque()
        self._half = b""  # of an event; pipes may cut one, devices don't
        self._fault = ""
        self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stop = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Read in a thread meanwhile. The thread is waited for: its descriptor is closed next."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._in_thread)
            try:
                yield
            finally:
                os.write(self._stop[1], b".")

    async def receive(self) -> list[KeyEvent]:
        """Return the next events, in order; raise DeviceGone when it was unplugged.

        Their times are those of the loop's clock, as they happened.
        """
        while not self._chunks:
            if self._fault:
                raise DeviceGone(f"{self._path}: {self._fault}")
            await anyio.wait_readable(self._bell[0])
            os.read(self._bell[0], 4096)
        ahead = anyio.current_time() - time.monotonic()
        data = self._half + b"".join(self._taken())
        whole = len(data) - len(data) % EVENT.size
        self._half = data[whole:]
        return [_event(fields, ahead) for fields in EVENT.iter_unpack(data[:whole])]

    def _taken(self) -> Iterator[bytes]:
        with contextlib.suppress(IndexError):  # the thread may clear it in between
            while True:
                yield self._chunks.popleft()

    async def _in_thread(self) -> None:
        await anyio.to_thread.run_sync(self._pump, limiter=anyio.CapacityLimiter(1))

    def _pump(self) -> None:
        """Bring events to the loop until stopped. In the thread."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._stop[0], select.POLLIN)
        while not self._fault and not any(fd == self._stop[0] for fd, _ in poll.poll()):
            self._read()
            with contextlib.suppress(BlockingIOError):  # it has been rung often enough
                os.write(self._bell[1], b".")

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 1024 * EVENT.size)
        except BlockingIOError:
            return
        except OSError as fault:
            self._fault = explain(fault)
            return
        if not data:
            self._fault = "it was unplugged"
            return
        if len(self._chunks) >= MOST_CHUNKS:
            self._chunks.clear()
            seconds = int(time.monotonic())
            self._chunks.append(EVENT.pack(seconds, 0, EV_SYN, SYN_DROPPED, 0))
        self._chunks.append(data)

    def close(self) -> None:
        """Let go of the device."""
        for fd in (self._fd, *self._bell, *self._stop):
            os.close(fd)


def _event(fields: tuple[int, int, int, int, int], ahead: float) -> KeyEvent:
    seconds, microseconds, kind, code, value = fields
    return KeyEvent(seconds + microseconds / 1_000_000 + ahead, kind, code, value)
