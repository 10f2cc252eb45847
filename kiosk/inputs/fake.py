"""The input ``fake``: a named pipe that any program can write to: ``echo "amount 12.50" > F``.

For the simulator, for training and for tests of the whole daemon. ``amount 12.50`` is a total,
``cancel`` the cancel button, ``last`` the button that says the last result again, ``reject TEXT`` a
reading that is rejected for that reason.
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
from kiosk.base.outbox import Outbox
from kiosk.base.permissions import Permissions, files
from kiosk.base.retry import keep_open
from kiosk.inputs import InputSettings
from kiosk.inputs.common.reports import connection_of, report
from kiosk.inputs.text.line_framer import DroppedLine, LineFramer, TextLine
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    LastPressed,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)

_log = logging.getLogger(__name__)


class FakeInputSettings(InputSettings):
    """A register and a cancel button without hardware: any program can operate them."""

    driver: Literal["fake"] = Field("fake", description="A named pipe instead of a device.")
    path: Path = Field(
        description=(
            "The named pipe; the kiosk creates it if it is missing. It takes lines such as "
            "amount 12.50, cancel, last, or reject TEXT."
        )
    )
    replies: Path | None = Field(
        None, description="A file to write a JSON line to for each result. Default: none."
    )

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return files(self.path, self.replies)

    def open(self, currency: Currency) -> FakeInput:
        """Return the input. Its pipe is created by ``run``."""
        return FakeInput(self, currency)


class FakeInput:
    """An input on a named pipe. See ``Input``."""

    def __init__(self, settings: FakeInputSettings, currency: Currency) -> None:
        self.name = settings.source
        self._settings, self._currency = settings, currency
        self._delivered: Outbox[ResultDelivered] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is written to the pipe, until canceled."""

        async def use(pipe: _Pipe) -> None:
            framer = LineFramer()
            while True:
                for line in framer.feed(await pipe.receive(), anyio.current_time()):
                    await deliver(ReadingBegan(self.name))
                    await deliver(self._event(line))

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._delivered, deliver)
            await keep_open(
                self.name,
                lambda: _Pipe(self._settings.path),
                use,
                connection_of(self.name, deliver),
            )

    def reply(self, result: Reply) -> None:
        """Write the result to the file for replies, if there is one."""
        if self._settings.replies:
            try:
                _append(self._settings.replies, result)
            except OSError as fault:
                _log.warning("%s: the reply cannot be written: %s", result.reference, fault)
        self._delivered.put(ResultDelivered(result.reference, result.outcome))

    def _event(self, line: TextLine | DroppedLine) -> Event:
        if isinstance(line, DroppedLine):
            return ReadingRejected(line.reason, self.name)
        word, _, rest = line.data.decode("utf-8", errors="replace").strip().partition(" ")
        match word:
            case "cancel":
                return CancelPressed(self.name)
            case "last":
                return LastPressed(self.name)
            case "amount":
                return self._amount(rest)
            case "reject" if rest:
                return ReadingRejected(rest, self.name)
            case _:
                return ReadingRejected(
                    "unknown request; write amount 12.50, cancel, last, or reject TEXT", self.name
                )

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
    """An open named pipe. It is not removed: a program that writes would create a plain file."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.mkfifo(path)
            # Opened for writing too: otherwise the pipe ends whenever no program has it open.
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            raise DeviceGone(f"{path}: the pipe cannot be opened ({fault.strerror})") from fault
        if not stat.S_ISFIFO(os.fstat(self._fd).st_mode):
            self.close()
            raise DeviceGone(f"{path} is not a named pipe; remove it, or set another path")

    async def receive(self) -> bytes:
        """Return the next bytes."""
        await anyio.wait_readable(self._fd)
        return os.read(self._fd, 4096)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._fd)
