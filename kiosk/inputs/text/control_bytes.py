"""A setting with bytes that a device sends around its text: ``STX``, or any characters."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

# ASCII's names of its control characters, in order.
_NAMES = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
)  # fmt: skip
_ESCAPED = re.compile(r"(?:\\x|0x)([0-9A-Fa-f]{2})")


def _read(text: Any) -> Any:
    """Return the characters that the text names: ``STX`` and ``0x02`` are the same one."""
    names = text.split()
    if names and all(name in _NAMES for name in names):
        text = "".join(chr(_NAMES.index(name)) for name in names)
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "\0" in text:
        raise ValueError("a NUL is a lost character; write other characters")
    if any(ord(char) > 0xFF for char in text):
        raise ValueError(f"{text!r} has a character that is not one byte; write others")
    return text


Bytes = Annotated[str, AfterValidator(_read), Field(max_length=16)]
