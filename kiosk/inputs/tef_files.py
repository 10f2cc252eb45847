"""The input ``tef_files``: a program sells through files, as with a TEF manager (Brazil).

The program writes a request, IntPos.001, into a folder. The kiosk takes it, acknowledges it with
IntPos.Sts in another folder, and writes its answer there, IntPos.001, when the sale has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.environment import Environment, Offload, OneThread
from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.outbox import Outbox
from kiosk.base.permissions import Permissions, files
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, NumberSettings
from kiosk.inputs import InputSettings
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.reports import connection_of, in_place_of_older
from kiosk.inputs.tef.tef_answers import AnswerFile, ReceivedFile
from kiosk.inputs.tef.tef_dialog import TefDialog
from kiosk.inputs.tef.tef_folders import ACKNOWLEDGEMENT, REQUEST, TefFolders
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    Deliver,
    Event,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale, Unknown


class TefFilesSettings(LimitSettings, InputSettings):
    """A program that sells through files, as with a TEF manager."""

    driver: Literal["tef_files"] = Field(
        "tef_files", description="A program that exchanges IntPos files, as in Brazil's TEF."
    )
    request: Path = Field(description="The folder that the program writes its requests into.")
    response: Path = Field(description="The folder that the program finds the answers in.")
    number: NumberSettings | None = Field(
        None,
        description=(
            "The number format of the field 003-000. Default: digits with the cents, such as 1234 "
            'for 12.34. Programs for SiTef may write {decimal: ","}.'
        ),
    )
    look_every: Duration = Field(
        0.25, ge=0.05, le=5, description="How often the kiosk looks for a request."
    )

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return files(self.request / REQUEST, self.response / ACKNOWLEDGEMENT)

    def new_thread(self) -> Offload:
        """Return where the files are read and written."""
        return OneThread()

    def open(self, currency: Currency) -> TefInput:
        """Return the input. Its folders are looked at by ``run``."""
        return TefInput(self, self.dialog(self.source, currency))

    def dialog(self, source: str, currency: Currency) -> TefDialog:
        """Return the pure part of the input."""
        cents = NumberFormat(implied_decimals=currency.minor_units)
        number = self.number.format() if self.number else cents
        rule = AmountRule(number, currency, least=self.min, most=self.max)
        return TefDialog(source, rule, Environment().wall_clock)


class TefInput:
    """An input on two folders. See ``AnsweringInput``."""

    def __init__(self, settings: TefFilesSettings, dialog: TefDialog) -> None:
        self.name = settings.source
        self._settings, self._dialog = settings, dialog
        self._thread = settings.new_thread()
        self._counter = ReadingCounter(self.name)
        self._ended: Outbox[Reply | str] = Outbox()  # results, and tickets that were declined

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self._counter.counts

    async def run(self, deliver: Deliver) -> None:
        """AnswerFile requests, until canceled."""

        async def use(folders: TefFolders) -> None:
            self._dialog.opened(anyio.current_time())
            await self._resume(folders, deliver)
            async with anyio.create_task_group() as group:
                group.start_soon(self._send_results, folders, deliver)
                while True:
                    now = anyio.current_time()
                    data = await self._thread(partial(folders.take, now))
                    if data is not None:
                        await self._carry_out(self._dialog.read(data, now), folders, deliver)
                    await anyio.sleep(self._settings.look_every)

        paths = self._settings.request, self._settings.response
        tell = connection_of(self.name, deliver)
        open_folders = partial(TefFolders, *paths, Environment().wall_clock)
        await keep_open(self.name, open_folders, use, tell)

    def reply(self, result: Reply) -> None:
        """Queue the result for the program."""
        self._ended.put(in_place_of_older(self._ended, result))

    def decline(self, ticket: str) -> None:
        """Queue for the program that there is no sale for its request."""
        self._ended.put(ticket)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Remember the last sale before a restart."""
        self._dialog.remember(last, outcome)

    async def _resume(self, folders: TefFolders, deliver: Deliver) -> None:
        """AnswerFile a request that has no answer, and drop one that was written too long ago."""
        if await self._thread(folders.take_old):
            reason = _("a request was too old to be sold; send the total again")
            await self._carry_out([ReadingRejected(reason, self.name)], folders, deliver)
        if data := await self._thread(folders.unanswered):
            output = self._dialog.resume(data, anyio.current_time())
            await self._carry_out(output, folders, deliver)

    async def _carry_out(
        self, output: Sequence[Event | ProtocolAnswer], folders: TefFolders, deliver: Deliver
    ) -> None:
        """Write the files and deliver the events. If a file fails, deliver the events first.

        A result that could not be written is not delivered: it stays in the queue. A request that
        could not be acknowledged opens no sale, because its program gives it up.
        """
        failure = None
        for each in output:
            if failure and isinstance(each, AmountRead):
                await self._put_back(each, folders)
            elif failure and isinstance(each, ReadingBegan | ResultDelivered):
                continue
            elif not isinstance(each, ProtocolAnswer):
                if self._counter.passes(each, anyio.current_time()):
                    await deliver(each)
            elif not failure:
                try:
                    await self._thread(partial(self._write, each, folders))
                except DeviceGone as error:
                    failure = error
        if failure:
            raise failure

    async def _put_back(self, read: AmountRead, folders: TefFolders) -> None:
        """Undo a request. It is taken again after a pause, until it is too old."""
        self._dialog.declined(read.ticket)
        with anyio.CancelScope(shield=True):  # a result may fail at the same moment
            await self._thread(folders.put_back)

    def _write(self, what: ProtocolAnswer, folders: TefFolders) -> None:
        if isinstance(what, ReceivedFile):
            folders.acknowledge(what.data)
        elif isinstance(what, AnswerFile):
            folders.answer(what.data)
            if not self._dialog.waited_for:
                folders.forget()

    async def _send_results(self, folders: TefFolders, deliver: Deliver) -> None:
        while True:
            ended, now = await self._ended.first(), anyio.current_time()
            if isinstance(ended, Reply):
                output = self._dialog.sale_ended(ended, now)
            else:
                output = self._dialog.declined(ended)
            await self._carry_out(output, folders, deliver)
            self._ended.remove(ended)
