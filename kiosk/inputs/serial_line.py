"""The input ``serial_line``: a register, scanner or program that sends totals as lines of text.

Puts the floors together: the port, the pure decoder, and the replies that go back. For a register
that draws on a pole display or a printer there are other drivers.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from kiosk.base.money import Currency
from kiosk.base.permissions import Permissions, serial
from kiosk.base.settings import Duration, NumberSettings, Whole
from kiosk.inputs import InputSettings
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.replies import ReplySettings
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.text.line_decoder import LineDecoder
from kiosk.inputs.text.regular_expressions import checked
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings
from kiosk.inputs.transport.stream_input import StreamInput
from kiosk.sale.effects import Reply


class SerialLineSettings(LimitSettings, InputSettings, SerialPortSettings):
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
        return checked(pattern, "amount") if pattern else pattern

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        try:
            (self.reply.paid + self.reply.failed).encode(self.encoding)
        except UnicodeEncodeError as fault:
            odd = fault.object[fault.start]
            raise ValueError(
                f"the reply has {odd!r}, which {self.encoding} can't say; set another encoding"
            ) from None
        return self

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return serial(self.port)

    def open(self, currency: Currency) -> StreamInput:
        """Make the input. The port is opened by ``run``."""
        name = self.name or self.driver
        decoder = self.decoder(name, currency)
        return StreamInput(name, lambda: SerialPort(self), decoder, partial(_wording, self))

    def decoder(self, source: str, currency: Currency) -> LineDecoder:
        """Return the pure part of the input."""
        return LineDecoder(
            source,
            self.rule(currency),
            gap=self.gap,
            longest=self.longest_line,
            encoding=self.encoding,
            repeat_within=self.repeat_within,
        )

    def rule(self, currency: Currency) -> AmountRule:
        """Return how this input's lines state amounts."""
        pattern = re.compile(self.amount) if self.amount else None
        return AmountRule(self.number.format(), currency, pattern, self.min, self.max)


def _wording(settings: SerialLineSettings, result: Reply) -> bytes:
    return settings.reply.text_for(result).encode(settings.encoding)
