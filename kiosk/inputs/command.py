"""The input ``command``: programs on the same computer sell, through a socket in the file system.

Each line is a request: ``sale 12.50``, ``pay`` (the basket is complete), ``cancel``, or ``last``
(say the last result again). It is answered with a line, ``heard`` or ``rejected REASON``. For a
sale, another line follows when it has ended, which begins with its outcome: ``paid 12.50
counter-1-7``; or with ``refused``, if there was no sale. ``kiosk sale`` is such a program.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.outbox import Outbox
from kiosk.base.permissions import COMMAND_SOCKET, Permissions, files
from kiosk.base.retry import keep_open
from kiosk.inputs import InputSettings
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.reports import connection_of, report
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.text.line_framer import DroppedLine, LineFramer, TextLine
from kiosk.inputs.transport.sockets import Connection, ListeningSocket, listen_unix
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    LastPressed,
    PayPressed,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale, Unknown

_MODE = 0o660  # for the kiosk's user, and for the group of the folder


class CommandSettings(LimitSettings, InputSettings):
    """Programs on this computer that sell through the kiosk, such as kiosk sale."""

    driver: Literal["command"] = Field(
        "command", description="Programs on this computer, through a socket."
    )
    path: Path = Field(
        COMMAND_SOCKET, description="The socket. Root and the group of its folder can sell."
    )

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return files(self.path)

    def open(self, currency: Currency) -> CommandInput:
        """Return the input. Its socket is created by ``run``."""
        rule = AmountRule(NumberFormat(decimal="."), currency, least=self.min, most=self.max)
        return CommandInput(self.source, self.path, rule)


@dataclass(eq=False)
class _Program:
    """A connected program, and the lines that it gets when its sales have ended."""

    stream: Connection
    results: Outbox[bytes] = field(default_factory=Outbox)


class CommandInput:
    """An input on a Unix socket. See ``AnsweringInput``."""

    def __init__(self, name: str, path: Path, rule: AmountRule) -> None:
        self.name = name
        self._path, self._rule = path, rule
        self._programs: dict[str, _Program] = {}  # by the ticket whose result they wait for
        self._counter = ReadingCounter(name)
        self._delivered: Outbox[ResultDelivered] = Outbox()

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self._counter.counts

    async def run(self, deliver: Deliver) -> None:
        """Do what programs ask, until canceled."""

        async def handle(stream: Connection) -> None:
            program = _Program(stream)
            try:
                async with anyio.create_task_group() as group:
                    group.start_soon(_send_results, program)
                    await self._converse(program, deliver)
            finally:
                self._programs = {t: p for t, p in self._programs.items() if p is not program}

        async def use(listening: ListeningSocket) -> None:
            await listening.serve(handle, self._waits_for_result)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._delivered, deliver)
            await keep_open(
                self.name,
                lambda: listen_unix(self._path, _MODE),
                use,
                connection_of(self.name, deliver),
            )

    def reply(self, result: Reply) -> None:
        """Queue the result for the program that asked, if it is still connected."""
        words = (result.outcome.value, result.amount.plain(), result.reference)
        self._tell(result.ticket, " ".join(words))
        self._delivered.put(ResultDelivered(result.reference, result.outcome))

    def decline(self, ticket: str) -> None:
        """Queue for the program that asked that there is no sale."""
        self._tell(ticket, "refused")

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Do nothing: programs that asked before a restart are not connected any more."""

    def _tell(self, ticket: str, line: str) -> None:
        if program := self._programs.pop(ticket, None):
            program.results.put(line.encode() + b"\n")

    def _waits_for_result(self, stream: Connection) -> bool:
        return any(program.stream is stream for program in self._programs.values())

    async def _converse(self, program: _Program, deliver: Deliver) -> None:
        framer = LineFramer(gap=60, longest=64)
        while True:
            for line in framer.feed(await program.stream.receive(), anyio.current_time()):
                event = self._event(line)
                if isinstance(event, AmountRead):
                    self._programs[event.ticket] = program
                if self._counter.passes(event, anyio.current_time()):
                    await deliver(event)
                await program.stream.send(_answer(event))

    def _event(self, line: TextLine | DroppedLine) -> Event:
        if isinstance(line, DroppedLine):
            return ReadingRejected(line.reason, self.name)
        match line.data.decode("ascii", errors="replace").split():
            case ["sale", amount]:
                return self._amount(amount)
            case ["pay"]:
                return PayPressed(self.name)
            case ["cancel"]:
                return CancelPressed(self.name)
            case ["last"]:
                return LastPressed(self.name)
            case _:
                return ReadingRejected(
                    "unknown request; write sale 12.50, pay, cancel or last", self.name
                )

    def _amount(self, text: str) -> Event:
        try:
            money = self._rule.read(text)
        except BadReading as fault:
            return ReadingRejected(str(fault), self.name)
        assert money, "without a pattern, read returns an amount or raises"
        return AmountRead(money, self.name, ticket=secrets.token_hex(8))


async def _send_results(program: _Program) -> None:
    """Send each result. It ends with the connection, so that nothing waits for a closed one."""
    while True:
        line = await program.results.first()
        try:
            await program.stream.send(line)
        except DeviceGone:
            return  # receiving fails too, and that ends the conversation
        program.results.remove(line)


def _answer(event: Event) -> bytes:
    return (
        f"rejected {event.reason}\n".encode() if isinstance(event, ReadingRejected) else b"heard\n"
    )
