"""The input ``fake``: a named pipe that any program can press, as in ``echo "amount 12.50" > F``.

For the simulator, for training and for tests of the whole daemon. Words: ``amount 12.50`` is a
total, ``cancel`` the cancel button, ``reject TEXT`` a reading that was refused for that reason.
"""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.permissions import Permissions, files
from kiosk.base.retry import keep_open
from kiosk.inputs import InputSettings
from kiosk.inputs.common.outbox import Outbox, report
from kiosk.inputs.text.line_framer import DroppedLine, LineFramer, TextLine
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)

_log = logging.getLogger(__name__)


class FakeInputSettings(InputSettings):
    """A register and a cancel button that are not there: any program can play them."""

    driver: Literal["fake"] = Field("fake", description="A named pipe instead of a device.")
    path: Path = Field(
        description=(
            "The named pipe, made if it is missing; takes lines such as amount 12.50, cancel, "
            "or reject TEXT."
        )
    )
    replies: Path | None = Field(
        None, description="A file that gets a JSON line for each result; left out: none."
    )

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return files(self.path, self.replies)

    def open(self, currency: Currency) -> FakeInput:
        """Make the input. The pipe is made by ``run``."""
        return FakeInput(self, currency)


class FakeInput:
    """An input on a named pipe: see ``kiosk.inputs.Input``."""

    def __init__(self, settings: FakeInputSettings, currency: Currency) -> None:
        self.name = settings.name or settings.driver
        self._settings, self._currency = settings, currency
        self._told: Outbox[ResultDelivered] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is written to the pipe, for ever."""

        async def use(pipe: _Pipe) -> None:
            framer = LineFramer()
            while True:
                for line in framer.feed(await pipe.receive(), anyio.current_time()):
                    await deliver(ReadingBegan(self.name))
                    await deliver(self._event(line))

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._told, deliver)
            await keep_open(self.name, lambda: _Pipe(self._settings.path), use)

    def reply(self, result: Reply) -> None:
        """Write the result down, if there is a file for it."""
        if self._settings.replies:
            try:
                _append(self._settings.replies, result)
            except OSError as fault:
                _log.warning("%s: the reply can't be written: %s", result.reference, fault)
        self._told.put(ResultDelivered(result.reference))

    def _event(self, line: TextLine | DroppedLine) -> Event:
        if isinstance(line, DroppedLine):
            return ReadingRejected(line.reason, self.name)
        word, _, rest = line.data.decode("utf-8", errors="replace").strip().partition(" ")
        match word:
            case "cancel":
                return CancelPressed(self.name)
            case "amount":
                return self._amount(rest)
            case "reject" if rest:
                return ReadingRejected(rest, self.name)
            case _:
                return ReadingRejected("write amount 12.50, cancel, or reject TEXT", self.name)

    def _amount(self, text: str) -> Event:
        try:
            return AmountRead(NumberFormat(decimal=".").parse(text, self._currency), self.name)
        except BadReading as fault:
            return ReadingRejected(str(fault), self.name)


def _append(path: Path, result: Reply) -> None:
    fields = {
        "reference": result.reference,
        "amount": result.amount.plain(),
        "outcome": result.outcome.value,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(fields) + "\n")


class _Pipe:
    """An open named pipe. It stays when the kiosk stops, lest a writer make a plain file of it."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.mkfifo(path)
            # Opened for writing too, else the pipe would be at its end between two writers.
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            raise DeviceGone(f"{path}: the pipe can't be opened ({fault.strerror})") from fault
        if not stat.S_ISFIFO(os.fstat(self._fd).st_mode):
            self.close()
            raise DeviceGone(f"{path}: it is no named pipe; remove it, or set another path")

    async def receive(self) -> bytes:
        """Return the next bytes."""
        await anyio.wait_readable(self._fd)
        return os.read(self._fd, 4096)

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._fd)
