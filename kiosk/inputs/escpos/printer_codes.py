"""Take the codes of a printer out of a stream of lines: only the text and the line ends are left.

Pure. For registers that send lines as to an old printer: XON and XOFF around a line, wide print
within it, a form feed, escape sequences.
"""

from __future__ import annotations

from kiosk.inputs.escpos.language_signs import LanguageSigns
from kiosk.inputs.escpos.printer_languages import EPSON
from kiosk.inputs.text.escape_sequences import (
    EscapeCommand,
    EscapeReader,
    PlainText,
    StrayByte,
    Token,
)

LOST = b"\0"  # in the place of a code whose end is not known: it spoils the line


class PrinterCodes:
    """Reads one stream, however it comes in pieces."""

    def __init__(self) -> None:
        self._reader = EscapeReader(EPSON.commands)
        self._signs = LanguageSigns(EPSON)

    def strip(self, data: bytes) -> bytes:
        """Return the text of these bytes, with a line end for each command that ends a line."""
        return b"".join(self._text(token) for token in self._reader.read(data))

    def _text(self, token: Token) -> bytes:
        doubtful = LOST if self._signs.doubts(token) else b""
        match token:
            case PlainText(data):
                return doubtful + data
            case StrayByte(byte):
                return byte
            case EscapeCommand(name) if name in EPSON.feeds | EPSON.cuts:
                return doubtful + b"\n"
            case EscapeCommand(name) if name in EPSON.moves:
                return doubtful + b" "
            case _:
                return doubtful
