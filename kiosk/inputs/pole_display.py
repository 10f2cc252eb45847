"""The input ``pole_display``: the kiosk acts as the customer display of a register.

For registers and point-of-sale programs that support no payment device, but a 2×20 pole display.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.settings import Duration, Whole
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.inputs.pole import numeric_display
from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.pole.dialects import DIALECTS
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.pole.pole_decoder import PoleDecoder
from kiosk.inputs.pole.screen_rule import ScreenRule
from kiosk.inputs.text.totals import TotalSettings, Words, words_pattern
from kiosk.inputs.transport.stream_input import StreamInput, no_wording


class PoleDisplaySettings(TotalSettings, SerialInputSettings):
    """A register that writes its totals on the kiosk, as on a customer display."""

    driver: Literal["pole_display"] = Field(
        "pole_display", description="The kiosk acts as the customer display of a register."
    )
    dialect: Literal[
        "epson",
        "cd5220",
        "utc_standard",
        "utc_enhanced",
        "aedex",
        "logic_controls",
        "ibm",
        "dsp800",
        "led8n",
    ] = Field(
        description=(
            "The kind of display that the register is set to. If you do not know it, use "
            "kiosk identify. led8n has eight digits and lamps; the digits count while the lamp for "
            "the total is lit."
        )
    )
    over: Words = Field(
        ("VUELTO", "CAMBIO", "TROCO", "CHANGE"),
        description="A display with one of these words shows no total: the sale is over.",
    )
    label_row: Whole | None = Field(
        None,
        ge=1,
        le=4,
        description="The row of the word before the total. Default: the row of the amount.",
    )
    amount_row: Whole | None = Field(
        None, ge=1, le=4, description="The row of the amount. Default: the row of the word."
    )
    rows: Whole = Field(2, ge=1, le=4, description="The number of rows of the display.")
    columns: Whole = Field(20, ge=8, le=40, description="The number of characters of a row.")
    encoding: Literal["cp437", "cp850", "cp858", "cp860", "cp1252"] = Field(
        "cp437", description="The code page of the display after it is switched on."
    )
    settle: Duration = Field(
        0.4, ge=0.05, le=10, description="The display is read after this silence."
    )
    repeat_within: Duration = Field(
        3,
        ge=0,
        le=60,
        description="The same total again within this time is ignored. 0 s: never ignore it.",
    )

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        if (self.label_row is None) != (self.amount_row is None):
            raise ValueError(_("label_row and amount_row belong together; write both or neither"))
        if max(self.label_row or 1, self.amount_row or 1) > self.rows:
            raise ValueError(
                _(
                    "the display has only {rows} rows; correct label_row, amount_row or rows",
                    rows=self.rows,
                )
            )
        return self

    def open(self, currency: Currency) -> StreamInput:
        """Return the input. Its port is opened by ``run``."""
        decoder = self.decoder(self.source, currency)
        return StreamInput(self.source, self.open_port, decoder, no_wording)

    def decoder(self, source: str, currency: Currency) -> PoleDecoder:
        """Return the pure part of the input."""
        rule = self.numeric_rule(currency) if self.dialect == "led8n" else self.text_rule(currency)
        return PoleDecoder(
            source, self.emulator, rule, settle=self.settle, repeat_within=self.repeat_within
        )

    def text_rule(self, currency: Currency) -> ScreenRule:
        """Return which total a display of text shows."""
        apart = self.label_row and self.amount_row
        return ScreenRule(
            self.rule(currency),
            words_pattern(self.over, whole=False),
            self.label_row - 1 if apart and self.label_row else None,
            self.amount_row - 1 if apart and self.amount_row else None,
        )

    def numeric_rule(self, currency: Currency) -> ScreenRule:
        """Return which total a display of digits and lamps shows."""
        lamps = self.model_copy(update={"include": (numeric_display.TOTAL_LAMP,), "exclude": ()})
        over = words_pattern((numeric_display.CHANGE_LAMP,), whole=True)
        return ScreenRule(
            lamps.rule(currency), over, numeric_display.LAMPS, numeric_display.DIGITS, True
        )

    def emulator(self) -> Emulator:
        """Return a display whose content is not known yet."""
        size = (2, 20) if self.dialect == "led8n" else (self.rows, self.columns)
        return Emulator(DIALECTS[self.dialect], CharacterDisplay(*size), self.encoding)
