"""The lines of a headless counter's inputs: in memory, as sockets, or as folders of files.

``put`` puts a device's bytes on the line; what the kiosk sends comes to ``heard``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import trio

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.simulator.scenario.mains import Mains

LOOK_EVERY = 0.5  # seconds between two looks at the files of a program


class InputLine:
    """A line in memory: a serial port, a keyboard, a button. It can be unplugged."""

    def __init__(self, name: str, heard: Callable[[bytes], None]) -> None:
        self.name, self.heard = name, heard
        self.mains = Mains()
        self.plugged = True
        self._port: LinePort | None = None

    def open(self) -> LinePort:
        """Return the kiosk's end, newly opened. Raises DeviceGone."""
        self.mains.check()
        if not self.plugged:
            raise DeviceGone(_("{name}: nothing is plugged in there", name=self.name))
        self._port = LinePort(self)
        return self._port

    def put(self, data: bytes) -> None:
        """Let the device send bytes. They are lost if nobody has the port open."""
        if self._port and self.plugged and self.mains.on:
            self._port.arrive(data)

    def unplug(self) -> None:
        """Pull the plug."""
        self.plugged = False
        if self._port:
            self._port.arrive(b"")

    def plug_in(self) -> None:
        """Put the plug in again."""
        self.plugged = True

    async def run(self) -> None:
        """Do what the device does by itself: nothing."""


class LinePort:
    """The kiosk's end of a line. See ``kiosk.inputs.transport.stream_input.ClosableStream``."""

    def __init__(self, line: InputLine) -> None:
        self._line, self._mains = line, line.mains
        self._data, self._arrived = b"", trio.Event()

    def arrive(self, data: bytes) -> None:
        """Take bytes from the device; none if the line has changed."""
        self._data += data
        self._arrived.set()

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        while True:
            self._check()
            if self._data:
                data, self._data = self._data, b""
                return data
            self._arrived = trio.Event()
            await self._arrived.wait()

    async def send(self, data: bytes) -> None:
        """Let the device hear the bytes."""
        await trio.lowlevel.checkpoint()
        self._check()
        self._line.heard(data)

    async def next(self) -> None:
        """Return at the next press of a button; presses since the last call count as one."""
        await self.receive()

    def close(self) -> None:
        """Close it."""

    def _check(self) -> None:
        self._mains.check()
        if not self._line.plugged:
            raise DeviceGone(_("{name}: it was unplugged", name=self._line.name))


class SocketLine(InputLine):
    """Programs that connect to a socket. Each request has a connection of its own.

    ``waits``: the program stays connected for its answers, as ``kiosk sale`` does.
    """

    def __init__(
        self,
        name: str,
        heard: Callable[[bytes], None],
        path: Path,
        tasks: trio.Nursery,
        waits: bool,
    ) -> None:
        super().__init__(name, heard)
        self._path, self._tasks, self._waits = path, tasks, waits

    def put(self, data: bytes) -> None:
        """Connect and send."""
        self._tasks.start_soon(self._converse, data)

    async def _converse(self, data: bytes) -> None:
        with suppress(OSError, anyio.BrokenResourceError, anyio.EndOfStream):
            async with await anyio.connect_unix(self._path) as program:
                await program.send(data)
                while self._waits:
                    self.heard(await program.receive())


class FolderLine(InputLine):
    """A program that writes requests into one folder, and finds answers in another."""

    def __init__(
        self, name: str, heard: Callable[[bytes], None], request: Path, answers: tuple[Path, ...]
    ) -> None:
        super().__init__(name, heard)
        self._request, self._answers = request, answers

    def put(self, data: bytes) -> None:
        """Write a request, so that nobody reads half of it."""
        draft = self._request.with_suffix(".new")
        draft.write_bytes(data)
        os.replace(draft, self._request)

    async def run(self) -> None:
        """Take each answer, and delete it."""
        while True:
            for answer in self._answers:
                with suppress(FileNotFoundError):
                    data = answer.read_bytes()
                    answer.unlink()
                    self.heard(data)
            await trio.sleep(LOOK_EVERY)


class PipeLine(InputLine):
    """The pipe of the input ``fake``, and the file with its replies."""

    def __init__(
        self, name: str, heard: Callable[[bytes], None], pipe: Path, replies: Path
    ) -> None:
        super().__init__(name, heard)
        self._pipe, self._replies, self._read = pipe, replies, 0

    def put(self, data: bytes) -> None:
        """Write into the pipe; what nobody reads is lost."""
        with suppress(OSError):
            pipe = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                os.write(pipe, data)
            finally:
                os.close(pipe)

    async def run(self) -> None:
        """Take each reply."""
        while True:
            with suppress(FileNotFoundError):
                data = self._replies.read_bytes()[self._read :]
                self._read += len(data)
                for line in data.splitlines():
                    self.heard(line)
            await trio.sleep(LOOK_EVERY)
