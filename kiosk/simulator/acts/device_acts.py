"""The acts at the counter's devices: what a register, a scanner or a button does."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from kiosk.base.language import _
from kiosk.simulator.acts.plain_form import AmountText, ShortForm

_WHICH_INPUT = "The name of the input; it may be left out if the counter has only one of the kind."
_MOST_BYTES = 65_536


def hex_bytes(text: str) -> str:
    """Return the text if it is bytes as hexadecimal digits; raises ValueError."""
    digits = re.sub(r"\s", "", text)
    if len(digits) % 2:
        raise ValueError(
            _("{count} digits are not whole bytes; write two for each byte", count=len(digits))
        )
    if wrong := re.search("[^0-9A-Fa-f]", digits):
        raise ValueError(
            _("{character!r} is not a hexadecimal digit; write 0 to 9, A to F", character=wrong[0])
        )
    return text


HexBytes = Annotated[
    str, Field(min_length=2, max_length=3 * _MOST_BYTES), AfterValidator(hex_bytes)
]


class SendAct(ShortForm):
    """The device puts bytes on its line: of a text (UTF-8), or written as hexadecimal digits."""

    short: ClassVar[str] = "text"
    input: str = Field("", description=_WHICH_INPUT)
    text: str | None = Field(
        None,
        min_length=1,
        max_length=_MOST_BYTES,
        description='What the device sends, as text: "TOTAL 22,50\\r\\n".',
    )
    bytes: HexBytes | None = Field(
        None,
        description="What the device sends, as hexadecimal digits: 02 30 03.",
        examples=["02 03"],
    )

    @model_validator(mode="after")
    def _has_one_content(self) -> Self:
        if (self.text is None) == (self.bytes is None):
            raise ValueError(_("write either text or bytes"))
        return self


def sent(act: SendAct) -> bytes:
    """Return the bytes that the device puts on its line."""
    return act.text.encode() if act.text is not None else bytes_of(act.bytes or "")


def bytes_of(text: str) -> bytes:
    """Return the bytes of hexadecimal digits."""
    return bytes.fromhex(re.sub(r"\s", "", text))


class KeyAct(ShortForm):
    """The cashier keys a total: the register sends it as its input expects it."""

    short: ClassVar[str] = "amount"
    input: str = Field("", description=_WHICH_INPUT)
    amount: AmountText = Field(description="The total, as a plain decimal: 22.50.")


class ScanAct(ShortForm):
    """The scanner reads a code."""

    short: ClassVar[str] = "code"
    input: str = Field("", description=_WHICH_INPUT)
    code: str = Field(
        min_length=1, max_length=4096, description="The code's content.", examples=["7790001001054"]
    )


class PressAct(ShortForm):
    """Somebody presses a button."""

    short: ClassVar[str] = "button"
    input: str = Field("", description=_WHICH_INPUT)
    button: Literal["cancel", "pay", "remove", "last", "amount"] = Field(
        "cancel", description="What the button does: cancel, pay, remove, last or amount."
    )
