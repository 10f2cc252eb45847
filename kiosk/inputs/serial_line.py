"""The input ``serial_line``: a register, scanner or program that sends totals as lines of text.

Puts the floors together: the port, the pure decoder, and the replies that go back. For a register
that draws on a pole display or a printer there are other drivers.
"""

from __future__ import annotations

import logging
import math
import re
from typing import Literal, Self

import anyio
from pydantic import Field, field_validator, model_validator

from kiosk.errors import DeviceGone
from kiosk.inputs import InputSettings
from kiosk.inputs.amounts import AmountRule
from kiosk.inputs.line_decoder import LineDecoder
from kiosk.inputs.outbox import Outbox, report
from kiosk.inputs.replies import ReplySettings
from kiosk.inputs.serial_port import SerialPort, SerialPortSettings
from kiosk.money import Currency
from kiosk.reopen import keep_open
from kiosk.sale.effects import Reply
from kiosk.sale.events import ResultDelivered
from kiosk.settings import Duration, NumberSettings, PlainDecimal, Whole
from kiosk.world import Deliver

_log = logging.getLogger(__name__)

# A group that repeats and ends in a repeat: matching can take longer than the universe is old.
_RUNAWAY = re.compile(r"(?<!\\)[+*]\)[+*{]")


class SerialLineSettings(InputSettings, SerialPortSettings):
    """A register or scanner that sends lines over a serial port."""

    driver: Literal["serial_line"] = Field(
        "serial_line", description="A register or scanner that sends lines over a serial port."
    )
    number: NumberSettings = Field(description="How this input writes its numbers; never guessed.")
    amount: str = Field(
        "",
        max_length=256,
        description=(
            "A Python regular expression for the whole line, with a group named amount; lines "
            "that don't begin like it are ignored. Left out: each line is an amount, nothing else."
        ),
    )
    min: PlainDecimal | None = Field(None, description="A smaller amount is rejected.")
    max: PlainDecimal | None = Field(None, description="A larger amount is rejected.")
    reply: ReplySettings = Field(
        ReplySettings(), description="What the register gets back; leave it out for none."
    )
    encoding: Literal["ascii", "cp437", "cp850", "cp858", "cp860", "cp1252", "latin-1", "utf-8"] = (
        Field("ascii", description="The code page of the lines and the replies.")
    )
    gap: Duration = Field(
        0.5,
        ge=0.05,
        le=60,
        description="The silence after which an unfinished line counts as cut off.",
    )
    longest_line: Whole = Field(
        512, ge=16, le=4096, description="The most characters a line may have; more is noise."
    )
    repeat_within: Duration = Field(
        3,
        ge=0,
        le=60,
        description=(
            "The same amount again within this time is the same total printed twice, and is "
            "ignored; 0 s switches that off."
        ),
    )

    @field_validator("amount")
    @classmethod
    def _has_an_amount(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groupindex
        except re.error as fault:
            raise ValueError(f"it is no regular expression ({fault}); mend it") from None
        if pattern and "amount" not in groups:
            raise ValueError("it has no group for the amount; write (?P<amount>...) around it")
        if _RUNAWAY.search(pattern):
            raise ValueError("a repeat within a repeat may never end; write it without one of them")
        return pattern

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:f} is above max {self.max:f}; swap them")
        try:
            (self.reply.paid + self.reply.failed).encode(self.encoding)
        except UnicodeEncodeError as fault:
            odd = fault.object[fault.start]
            raise ValueError(
                f"the reply has {odd!r}, which {self.encoding} can't say; set another encoding"
            ) from None
        return self

    def open(self, currency: Currency) -> SerialLine:
        """Make the input. The port is opened by ``run``."""
        return SerialLine(self, currency)

    def rule(self, currency: Currency) -> AmountRule:
        """Return how this input's lines state amounts."""
        pattern = re.compile(self.amount) if self.amount else None
        return AmountRule(self.number.format(), currency, pattern, self.min, self.max)


class SerialLine:
    """An input on a serial port: see ``kiosk.inputs.Input``."""

    def __init__(self, settings: SerialLineSettings, currency: Currency) -> None:
        self.name = settings.name or settings.driver
        self._settings = settings
        self._replies: Outbox[Reply] = Outbox()
        self._told: Outbox[ResultDelivered] = Outbox()
        self._decoder = LineDecoder(
            self.name,
            settings.rule(currency),
            gap=settings.gap,
            longest=settings.longest_line,
            encoding=settings.encoding,
            repeat_within=settings.repeat_within,
        )

    async def run(self, deliver: Deliver) -> None:
        """Read the port and answer the register, for ever."""

        async def use(port: SerialPort) -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(self._write, port)
                await self._read(port, deliver)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._told, deliver)
            await keep_open(self.name, lambda: SerialPort(self._settings), use)

    def reply(self, result: Reply) -> None:
        """Queue the result for the register; it waits there while the port is unplugged."""
        self._decoder.settled()
        if not self._settings.reply.text_for(result):
            self._told.put(ResultDelivered(result.reference))
        elif dropped := self._replies.put(result):
            _log.warning("%s: too many replies wait; gave one up", dropped.reference)

    async def _read(self, port: SerialPort, deliver: Deliver) -> None:
        self._decoder.opened(anyio.current_time())
        try:
            while True:
                data = b""
                with anyio.CancelScope(deadline=self._decoder.deadline):
                    data = await port.receive()
                await self._decode(data, anyio.current_time(), deliver)
        except DeviceGone:
            await self._decode(b"", math.inf, deliver)  # an unfinished line will stay unfinished
            raise

    async def _decode(self, data: bytes, now: float, deliver: Deliver) -> None:
        for event in self._decoder.feed(data, now):
            await deliver(event)

    async def _write(self, port: SerialPort) -> None:
        while True:
            result = await self._replies.first()
            text = self._settings.reply.text_for(result)
            try:
                await port.send(text.encode(self._settings.encoding))
            except DeviceGone:
                return  # the reader ends of it, at a moment when no reading can get lost
            self._replies.remove(result)
            self._told.put(ResultDelivered(result.reference))
