"""What a printer without faults answers when the register asks for its status. Pure.

Values as in Epson's ESC/POS application programming guide: bits 1 and 4 of a status are always set,
and a bit that reports a fault is never set here.
"""

from __future__ import annotations

from kiosk.inputs.text.escape_sequences import EscapeCommand

_NO_FAULT = b"\x12"
_DRAWER_CLOSED = b"\x16"
_AUTOMATIC = b"\x14\x00\x00\x0f"  # the four bytes of GS a: online, no error, enough paper
_NAMES = {65: b"1.00", 66: b"EPSON", 67: b"TM-T20", 68: b"0", 69: b""}  # GS I


class RealTimeStatus:
    """Answers DLE EOT, wherever it is in a stream, as printers do: also in the middle of a picture.

    The stream may come in pieces.
    """

    def __init__(self) -> None:
        self._rest = b""  # the beginning of a question, at the end of the last piece

    def feed(self, data: bytes) -> bytes:
        """Return the answers to the questions in these bytes."""
        data = self._rest + data
        unfinished = (b"\x10\x04", b"\x10")
        self._rest = next((rest for rest in unfinished if data.endswith(rest)), b"")
        answers = b""
        for asked in data.split(b"\x10\x04")[1:]:
            if asked and 1 <= asked[0] <= 4:
                answers += _DRAWER_CLOSED if asked[0] == 1 else _NO_FAULT
        return answers


def answer(command: EscapeCommand) -> bytes:
    """Return the printer's answer to a command that is not a real-time one; often nothing."""
    match command:
        case EscapeCommand(b"\x1dr" | b"\x1bu") | EscapeCommand(b"\x1bv", b""):
            return b"\x00"
        case EscapeCommand(b"\x1da", args) if args != b"\0":
            return _AUTOMATIC
        case EscapeCommand(b"\x1dI", args) if args[0] in _NAMES:
            return b"_" + _NAMES[args[0]] + b"\0"
        case EscapeCommand(b"\x1dI"):
            return b"\x02"
        case EscapeCommand(b"\x1d(", args) if args[:1] == b"H":  # which data has been processed
            return b"\x37\x22" + args[5:9] + b"\0"
        case _:
            return b""
