"""Characters that a technician can write by name: STX, ETX, CR LF, 0x13, or the characters."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from kiosk.base.language import _

_NAMES = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
)  # fmt: skip
_CODES = {name: chr(code) for code, name in enumerate(_NAMES)} | {
    "TAB": "\t",
    "XON": "\x11",
    "XOFF": "\x13",
    "SPACE": " ",
    "DEL": "\x7f",
}
LONGEST = 8  # characters


def _characters(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(_("write a name such as STX, or the characters between quotation marks"))
    characters = "".join(map(_character, value.split(" ")))
    if len(characters) > LONGEST:
        raise ValueError(
            _(
                "{value!r} has more than {longest} characters; shorten it",
                value=value,
                longest=LONGEST,
            )
        )
    return characters


def _character(word: str) -> str:
    if code := _CODES.get(word.upper()):
        return code
    if hexadecimal := re.fullmatch("0[xX]([0-9A-Fa-f]{2})", word):
        return chr(int(hexadecimal[1], 16))
    if not word.isascii():
        raise ValueError(_("{word!r} has characters that are not ASCII; remove them", word=word))
    return word


def with_names(text: str) -> str:
    """Return a text for people: its control characters have their names, as in ``<STX>``."""
    return "".join(f"<{_NAMES[ord(char)]}>" if char < " " else char for char in text)


Characters = Annotated[str, BeforeValidator(_characters), WithJsonSchema({"type": "string"})]
