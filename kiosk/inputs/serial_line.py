"""The input ``serial_line``: a register, scanner or program that sends totals as lines of text.

For registers that drive a pole display or a printer there are ``pole_display`` and
``escpos_printer``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.settings import Duration, NumberSettings, Whole
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.replies import ReplySettings
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.text.control_names import Characters
from kiosk.inputs.text.line_decoder import LineDecoder, LineRule
from kiosk.inputs.text.line_framer import LineEnds
from kiosk.inputs.text.regular_expressions import checked, compiled
from kiosk.inputs.transport.stream_input import StreamInput
from kiosk.sale.effects import Reply


class SerialLineSettings(LimitSettings, SerialInputSettings):
    """A register or scanner that sends lines over a serial port."""

    driver: Literal["serial_line"] = Field(
        "serial_line", description="A register or scanner that sends lines over a serial port."
    )
    number: NumberSettings = Field(description="The number format of this input.")
    amount: str = Field(
        "",
        max_length=256,
        description=(
            "A Python regular expression for the whole line, with a group named amount. Lines "
            "whose beginning does not match are ignored. Default: every line is an amount and "
            "nothing else."
        ),
    )
    label: str = Field(
        "",
        max_length=256,
        description=(
            "A Python regular expression for the whole line before the amount, where label and "
            "amount are two lines. Other lines are ignored. Default: they are one line."
        ),
    )
    begins_with: Characters = Field(
        "", description="What begins each line, such as STX, 0x02 or #. Default: nothing."
    )
    ends_with: Characters = Field(
        "", description="What ends each line, such as ETX. Default: CR, LF or both."
    )
    strip: Literal["none", "printer"] = Field(
        "none",
        description=(
            "printer: take out the codes that registers send to printers: XON and XOFF, wide "
            "print, form feeds and escape sequences."
        ),
    )
    reply: ReplySettings = Field(
        ReplySettings(),
        description="What is sent to the register when a sale has ended. Default: nothing.",
    )
    encoding: Literal["ascii", "cp437", "cp850", "cp858", "cp860", "cp1252", "latin-1", "utf-8"] = (
        Field("ascii", description="The code page of lines and replies.")
    )
    gap: Duration = Field(
        0.5,
        ge=0.05,
        le=60,
        description="An unfinished line counts as cut off after this silence.",
    )
    longest_line: Whole = Field(
        512, ge=16, le=4096, description="The most characters of a line; a longer one is rejected."
    )
    repeat_within: Duration = Field(
        3,
        ge=0,
        le=60,
        description=(
            "The same amount again within this time is the same total sent twice, and is ignored. "
            "0 s: never ignore it."
        ),
    )

    @field_validator("amount")
    @classmethod
    def _has_an_amount(cls, pattern: str) -> str:
        return checked(pattern, "amount") if pattern else pattern

    @field_validator("begins_with", "ends_with")
    @classmethod
    def _is_not_lost(cls, characters: str) -> str:
        if "\0" in characters:
            raise ValueError(_("a NUL is a lost character; write other characters"))
        return characters

    @field_validator("label")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        return checked(pattern)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        try:
            (self.reply.paid + self.reply.failed).encode(self.encoding)
        except UnicodeEncodeError as fault:
            character = fault.object[fault.start]
            raise ValueError(
                _(
                    "{encoding} does not have the character {character!r} of the reply; set "
                    "another encoding",
                    encoding=self.encoding,
                    character=character,
                )
            ) from None
        return self

    def open(self, currency: Currency) -> StreamInput:
        """Return the input. Its port is opened by ``run``."""
        decoder = self.decoder(self.source, currency)
        return StreamInput(self.source, self.open_port, decoder, partial(_wording, self))

    def decoder(self, source: str, currency: Currency) -> LineDecoder:
        """Return the pure part of the input."""
        rule = LineRule(
            self.rule(currency),
            self.gap,
            self.longest_line,
            self.encoding,
            LineEnds(self.begins_with.encode("latin-1"), self.ends_with.encode("latin-1")),
            compiled(self.label) if self.label else None,
            _new_strip if self.strip == "printer" else None,
        )
        return LineDecoder(source, rule, repeat_within=self.repeat_within)

    def rule(self, currency: Currency) -> AmountRule:
        """Return how this input's lines state amounts."""
        pattern = compiled(self.amount) if self.amount else None
        return AmountRule(self.number.format(), currency, pattern, self.min, self.max)


def _new_strip() -> Callable[[bytes], bytes]:
    from kiosk.inputs.escpos.printer_codes import (  # noqa: PLC0415 - few registers send codes
        PrinterCodes,
    )

    return PrinterCodes().strip


def _wording(settings: SerialLineSettings, result: Reply) -> bytes:
    return settings.reply.text_for(result).encode(settings.encoding)
