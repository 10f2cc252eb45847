"""Twins that are connected by a pipe or by files."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import anyio

from kiosk.base import atomic_file
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.scanner.file_watch import FileWatch
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.tef.tef_folders import ACKNOWLEDGEMENT, REQUEST
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.simulator.twins.patient_writer import PatientWriter
from kiosk.simulator.twins.twin import KioskIsOff, ReplySeen, Twin
from kiosk.simulator.twins.wire.other_end import CannotDo

LOOK_EVERY = 0.5  # seconds, where Linux does not report changes of files


class KeyboardTwin(Twin):
    """A scanner that acts as a keyboard: a pipe with the kernel's events of its keys."""

    can_unplug = True

    def __init__(
        self, settings: ScannerHidSettings, currency: Currency, clock: Callable[[], float]
    ) -> None:
        super().__init__(settings, currency, clock)
        self._path = Path(settings.device)
        self._pipe: int | None = None
        self._writer = PatientWriter(lambda: self._pipe)
        self._connect()

    @property
    def place(self) -> str:
        """Return the file of the pipe."""
        return str(self._path)

    def before_start(self) -> None:
        """Drop the keys that no daemon has read."""
        if self.plugged:
            self._disconnect()
            self._connect()

    def close(self) -> None:
        """Remove the pipe."""
        self._disconnect()

    async def run(self) -> None:
        """Send what the kiosk could not take at once, until canceled."""
        await self._writer.run()

    def _disconnect(self) -> None:
        self._writer.forget()
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        self._path.unlink(missing_ok=True)

    def _connect(self) -> None:
        self._path.unlink(missing_ok=True)
        os.mkfifo(self._path)
        reader = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:  # a pipe can be opened for writing only while somebody reads it
            self._pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        finally:
            os.close(reader)

    def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
        except OSError:
            raise KioskIsOff from None


class PipeTwin(Twin):
    """Whoever writes to the pipe of the input ``fake``, and reads its file of replies."""

    def __init__(
        self, settings: FakeInputSettings, currency: Currency, clock: Callable[[], float]
    ) -> None:
        super().__init__(settings, currency, clock)
        assert settings.replies, "a twin's configuration has it"
        self._path, self._replies = settings.path, settings.replies
        self._read = self._replies.stat().st_size if self._replies.exists() else 0

    @property
    def place(self) -> str:
        """Return the file of the pipe."""
        return str(self._path)

    async def run(self) -> None:
        """Take the replies, until canceled."""
        async for _change in _changes(self._replies):
            for line in self._new_lines():
                fields = json.loads(line)
                self._note(line, to_kiosk=False)
                text = f"{fields['outcome']} {fields['amount']} {fields['reference']}"
                self.replies.append(ReplySeen(self._clock(), text))

    def _new_lines(self) -> Iterator[bytes]:
        with suppress(FileNotFoundError), self._replies.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
            self._read += len(whole) + len(newline)
            yield from whole.splitlines()

    def _write(self, data: bytes) -> None:
        try:
            pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # it does not exist yet, or nobody reads it
            raise KioskIsOff from None
        with open(pipe, "wb", buffering=0) as keys:
            if keys.write(data) != len(data):
                raise CannotDo(_("the kiosk has not read what was sent before; wait a moment"))


class FolderTwin(Twin):
    """A program that exchanges files with the kiosk."""

    def __init__(
        self, settings: TefFilesSettings, currency: Currency, clock: Callable[[], float]
    ) -> None:
        super().__init__(settings, currency, clock)
        self._requests, self._responses = settings.request, settings.response
        for folder in (self._requests, self._responses):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def place(self) -> str:
        """Return the folder of the requests."""
        return str(self._requests)

    async def run(self) -> None:
        """Take the answers, and delete their files as the program does, until canceled."""
        async for _change in _changes(self._responses / REQUEST):
            for name in (ACKNOWLEDGEMENT, REQUEST):
                with suppress(FileNotFoundError):
                    data = (self._responses / name).read_bytes()
                    (self._responses / name).unlink()
                    self._heard(data)

    def _write(self, data: bytes) -> None:
        atomic_file.replace(self._requests / REQUEST, data)


async def _changes(file: Path) -> AsyncIterator[None]:
    """Yield at first, and whenever something may have changed in the file or its folder."""
    while True:
        with closing(FileWatch(file)) as watch:
            yield
            if watch.works:
                await watch.changed()
            else:
                await anyio.sleep(LOOK_EVERY)
