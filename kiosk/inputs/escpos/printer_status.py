"""What a printer that is well answers, when it is asked. Pure.

Values as in Epson's ESC/POS application programming guide: bits 1 and 4 of a status are always
set, and no bit that reports a trouble is.
"""

from __future__ import annotations

from kiosk.inputs.escpos.tokens import PrinterCommand

_WELL = b"\x12"
_DRAWER_SHUT = b"\x16"
_AUTOMATIC = b"\x14\x00\x00\x0f"  # the four bytes of GS a: online, no error, enough paper
_NAMES = {65: b"1.00", 66: b"EPSON", 67: b"TM-T20", 68: b"0", 69: b""}  # GS I


class RealTime:
    """Finds DLE EOT anywhere in a stream, as printers do: also amid a picture."""

    def __init__(self) -> None:
        self._last = b""

    def feed(self, data: bytes) -> bytes:
        """Return the answers to the questions in these bytes."""
        data = self._last + data
        begun = (b"\x10\x04", b"\x10")
        self._last = next((question for question in begun if data.endswith(question)), b"")
        answers = b""
        for asked in data.split(b"\x10\x04")[1:]:
            if asked and 1 <= asked[0] <= 4:
                answers += _DRAWER_SHUT if asked[0] == 1 else _WELL
        return answers


def answer(command: PrinterCommand) -> bytes:
    """Return what the printer answers to a command that is not a real-time one; often nothing."""
    match command:
        case PrinterCommand(b"\x1dr" | b"\x1bu" | b"\x1bv"):
            return b"\x00"
        case PrinterCommand(b"\x1da", args) if args != b"\0":
            return _AUTOMATIC
        case PrinterCommand(b"\x1dI", args) if args[0] in _NAMES:
            return b"_" + _NAMES[args[0]] + b"\0"
        case PrinterCommand(b"\x1dI"):
            return b"\x02"
        case PrinterCommand(b"\x1d(", args) if args[:1] == b"H":  # which data has been processed
            return b"\x37\x22" + args[5:9] + b"\0"
        case _:
            return b""
