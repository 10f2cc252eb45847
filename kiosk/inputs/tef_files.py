"""The input ``tef_files``: a program sells through files, as with a TEF manager (Brazil).

The program writes a request, IntPos.001, into a folder. The kiosk takes it, acknowledges it with
IntPos.Sts in another folder, and writes its answer there, IntPos.001, when the sale has ended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
from pydantic import Field

from kiosk.base import atomic_file
from kiosk.base.errors import DeviceGone
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.permissions import Permissions, files
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration
from kiosk.inputs import InputSettings
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.outbox import Outbox, connection_of
from kiosk.inputs.tef.tef_dialog import TefDialog
from kiosk.inputs.text.amounts import AmountRule
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, Deliver, ReadingBegan, ResultDelivered
from kiosk.sale.words import Outcome, Sale, Unknown

REQUEST, ACKNOWLEDGEMENT, ANSWER = "IntPos.001", "IntPos.Sts", "IntPos.001"


class TefFilesSettings(LimitSettings, InputSettings):
    """A program that sells through files, as with a TEF manager."""

    driver: Literal["tef_files"] = Field(
        "tef_files", description="A program that exchanges IntPos files, as in Brazil's TEF."
    )
    request: Path = Field(description="The folder that the program writes its requests into.")
    response: Path = Field(description="The folder that the program finds the answers in.")
    look_every: Duration = Field(
        0.25, ge=0.05, le=5, description="How often the kiosk looks for a request."
    )

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return files(self.request / REQUEST, self.response / ANSWER)

    def open(self, currency: Currency) -> TefInput:
        """Return the input. Its folders are looked at by ``run``."""
        number = NumberFormat(implied_decimals=currency.minor_units)
        rule = AmountRule(number, currency, least=self.min, most=self.max)
        return TefInput(self, TefDialog(self.name or self.driver, rule))


class TefInput:
    """An input on two folders. See ``AnsweringInput``. The ticket is the request's identifier."""

    def __init__(self, settings: TefFilesSettings, dialog: TefDialog) -> None:
        self.name = settings.name or settings.driver
        self._settings, self._dialog = settings, dialog
        self._counter = ReadingCounter(self.name)
        self._ended: Outbox[Reply | str] = Outbox()  # results, and tickets that were declined

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self._counter.counts

    async def run(self, deliver: Deliver) -> None:
        """Answer requests, until canceled."""

        async def use(folders: _Folders) -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(self._send_results, folders, deliver)
                while True:
                    if data := await folders.take_request():
                        await self._answer(data, folders, deliver)
                    await anyio.sleep(self._settings.look_every)

        paths = self._settings.request, self._settings.response
        tell = connection_of(self.name, deliver)
        await keep_open(self.name, lambda: _Folders(*paths), use, tell)

    def reply(self, result: Reply) -> None:
        """Queue the result for the program."""
        self._ended.put(result)

    def decline(self, ticket: str) -> None:
        """Queue for the program that there is no sale for its request."""
        self._ended.put(ticket)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Do nothing: the result of a sale that is open now is written when it comes."""

    async def _answer(self, data: bytes, folders: _Folders, deliver: Deliver) -> None:
        """Write the files that a request asks for, and deliver its event."""
        what = self._dialog.read(data)
        if what.acknowledgement:
            await folders.write(ACKNOWLEDGEMENT, what.acknowledgement)
        if what.answer:
            await folders.write(ANSWER, what.answer)
        if isinstance(what.event, AmountRead):
            await deliver(ReadingBegan(self.name))
        if what.event and self._counter.passes(what.event, anyio.current_time()):
            await deliver(what.event)

    async def _send_results(self, folders: _Folders, deliver: Deliver) -> None:
        while True:
            ended = await self._ended.first()
            if isinstance(ended, Reply):
                answer = self._dialog.ended(ended)
            else:
                answer = self._dialog.declined(ended)
            if answer:
                await folders.write(ANSWER, answer)
            self._ended.remove(ended)
            if isinstance(ended, Reply):
                await deliver(ResultDelivered(ended.reference, ended.outcome))


class _Folders:
    """The two folders. Every failure is raised as DeviceGone."""

    def __init__(self, request: Path, response: Path) -> None:
        self._request, self._response = request, response
        for folder in (request, response):
            if not folder.is_dir():
                raise DeviceGone(f"{folder} is not a folder; create it, or correct the setting")

    async def take_request(self) -> bytes | None:
        """Return the request and delete its file; return None if there is none."""
        return await anyio.to_thread.run_sync(self._take)

    def _take(self) -> bytes | None:
        file = self._request / REQUEST
        try:
            data = file.read_bytes()
            file.unlink()
        except FileNotFoundError:
            if self._request.is_dir():
                return None
            raise DeviceGone(f"{self._request} is not there any more") from None
        except OSError as fault:
            raise DeviceGone(f"{file} can't be read and deleted ({fault.strerror})") from fault
        return data

    async def write(self, name: str, data: bytes) -> None:
        """Replace the file in the folder of the answers."""
        file = self._response / name
        try:
            await anyio.to_thread.run_sync(atomic_file.replace, file, data)
        except OSError as fault:
            raise DeviceGone(f"{file} can't be written ({fault.strerror})") from fault

    def close(self) -> None:
        """Do nothing: no file stays open."""
