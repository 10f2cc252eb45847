"""The input ``command``: programs on the same computer sell, through a socket in the file system.

One line a request: ``sale 12.50``, ``pay`` (the basket is complete) or ``cancel``. One line back,
``heard`` or ``rejected WHY``; and for a sale one more when it has ended, which begins with its
outcome: ``paid 12.50 counter-1-7``. ``kiosk sale`` is such a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import anyio
from pydantic import Field

from kiosk.errors import BadReading, DeviceGone
from kiosk.inputs import InputSettings
from kiosk.inputs.amounts import AmountRule
from kiosk.inputs.limits import LimitSettings
from kiosk.inputs.lines import Dropped, Line, LineFramer
from kiosk.inputs.outbox import Outbox
from kiosk.inputs.sockets import Listening, listen_unix
from kiosk.inputs.tally import Tally, Watch
from kiosk.inputs.wire import Wire
from kiosk.money import Currency, Money, NumberFormat
from kiosk.reopen import keep_open
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Event,
    PayPressed,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.world import Deliver

USUAL = Path("/run/kiosk/command.sock")
_MODE = 0o660  # the kiosk's user, and the group that its folder gives it


class CommandSettings(LimitSettings, InputSettings):
    """Programs on this computer that sell through the kiosk, as kiosk sale does."""

    driver: Literal["command"] = Field(
        "command", description="Programs on this computer, through a socket."
    )
    path: Path = Field(
        USUAL, description="The socket; its folder's group decides who may sell, besides root."
    )

    def open(self, currency: Currency) -> CommandInput:
        """Make the input. The socket is made by ``run``."""
        rule = AmountRule(NumberFormat(decimal="."), currency, least=self.min, most=self.max)
        return CommandInput(self.name or self.driver, self.path, rule)


@dataclass(frozen=True, slots=True)
class _Program:
    """A program that waits for the result of a sale."""

    amount: Money
    wire: Wire


class CommandInput:
    """An input on a Unix socket: see ``kiosk.inputs.Input``."""

    def __init__(self, name: str, path: Path, rule: AmountRule) -> None:
        self.name = name
        self._path, self._rule = path, rule
        self._programs: list[_Program] = []
        self._watch = Watch(name)
        self._results: Outbox[Reply] = Outbox()

    @property
    def tally(self) -> Tally:
        """How the readings went, since the daemon started."""
        return self._watch.tally

    async def run(self, deliver: Deliver) -> None:
        """Do what programs ask, for ever."""

        async def handle(wire: Wire) -> None:
            try:
                await self._converse(wire, deliver)
            finally:
                self._programs = [waits for waits in self._programs if waits.wire is not wire]

        async def use(listening: Listening) -> None:
            await listening.serve(handle)

        async with anyio.create_task_group() as group:
            group.start_soon(self._tell, deliver)
            await keep_open(self.name, lambda: listen_unix(self._path, _MODE), use)

    def reply(self, result: Reply) -> None:
        """Queue the result for the program that asked, if it is still there."""
        self._results.put(result)

    async def _converse(self, wire: Wire, deliver: Deliver) -> None:
        framer = LineFramer(gap=60, longest=64)
        while True:
            for line in framer.feed(await wire.receive(), anyio.current_time()):
                event = self._event(line)
                if isinstance(event, AmountRead):
                    self._programs.append(_Program(event.amount, wire))
                if self._watch.passes(event, anyio.current_time()):
                    await deliver(event)
                await wire.send(_answer(event))

    def _event(self, line: Line | Dropped) -> Event:
        if isinstance(line, Dropped):
            return ReadingRejected(line.reason, self.name)
        match line.data.decode("ascii", errors="replace").split():
            case ["sale", amount]:
                return self._amount(amount)
            case ["pay"]:
                return PayPressed(self.name)
            case ["cancel"]:
                return CancelPressed(self.name)
            case _:
                return ReadingRejected("write sale 12.50, pay or cancel", self.name)

    def _amount(self, text: str) -> Event:
        try:
            money = self._rule.read(text)
        except BadReading as fault:
            return ReadingRejected(str(fault), self.name)
        assert money, "there is no pattern, so all text is an amount or a fault"
        return AmountRead(money, self.name)

    async def _tell(self, deliver: Deliver) -> None:
        """Send each result to the first program that waits for one of this amount."""
        while True:
            result = await self._results.first()
            self._results.remove(result)
            for program in self._programs:
                if program.amount == result.amount:
                    self._programs.remove(program)
                    await self._send(program.wire, result)
                    break
            await deliver(ResultDelivered(result.reference))

    async def _send(self, wire: Wire, result: Reply) -> None:
        words = (result.outcome.value, result.amount.plain(), result.reference)
        try:
            await wire.send(" ".join(words).encode() + b"\n")
        except DeviceGone:
            return  # it hung up, so it does not want to know


def _answer(event: Event) -> bytes:
    return (
        f"rejected {event.reason}\n".encode() if isinstance(event, ReadingRejected) else b"heard\n"
    )
