"""The languages of receipt printers, a table each. Add a printer language here.

A table gives the size of each command's arguments, so that the reader can skip pictures.
A language also says which of its commands cut the paper, end a line, or move to another column.

Source: Epson's ESC/POS application programming guide, and the manuals of makers who extend it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.inputs.text.escape_sequences import (
    CommandTable,
    EscapeCommand,
    Size,
    by_first,
    counted,
    downloaded_font,
    number,
)


@dataclass(frozen=True)
class PrinterLanguage:
    """The commands of one language, and those that matter for what is on the paper, by name."""

    commands: CommandTable
    initialize: bytes
    code_page: bytes
    cuts: frozenset[bytes]
    feeds: frozenset[bytes]  # the line ends
    moves: frozenset[bytes]  # the text goes on in another column
    pictures: frozenset[bytes]
    graphics: bytes  # prints a picture if its arguments begin with "L"

    def prints_picture(self, command: EscapeCommand) -> bool:
        """Return whether the command prints dots instead of text."""
        graphics = command.name == self.graphics and command.args.startswith(b"L")
        return graphics or command.name in self.pictures


def _raster(args: bytes) -> int | None:
    """GS v 0, GS Q 0: two bytes, then xL xH yL yH and x × y bytes of dots."""
    return 6 + number(args[2:4]) * number(args[4:6]) if len(args) >= 6 else None


def _columns(args: bytes) -> int | None:
    """ESC *: m nL nH, then n columns of 8 or, from mode 32 on, 24 dots."""
    if len(args) < 3:
        return None
    return 3 + number(args[1:3]) * (3 if args[0] >= 32 else 1)


def _downloaded_image(args: bytes) -> int | None:
    """GS *: x y, then x × y × 8 bytes."""
    return 2 + args[0] * args[1] * 8 if len(args) >= 2 else None


def _barcode(args: bytes) -> int | None:
    """GS k: the older kinds end in NUL, the newer ones give their length."""
    if not args:
        return None
    if args[0] <= 6:
        end = args.find(b"\0", 1)
        return end + 1 if end > 0 else None
    if args[0] < 65:
        return 1
    return 2 + args[1] if len(args) >= 2 else None


def _stored_images(args: bytes) -> int | None:
    """FS q: n, then n images, each as xL xH yL yH and x × y × 8 bytes."""
    if not args:
        return None
    size = 1
    for _ in range(args[0]):
        if len(args) < size + 4:
            return None
        size += 4 + number(args[size : size + 2]) * number(args[size + 2 : size + 4]) * 8
    return size


def _user_storage(args: bytes) -> int | None:
    """FS g: 1 writes, 2 reads; m a1 a2 a3 a4 nL nH, and n bytes where it writes."""
    if len(args) < 8:
        return None
    return 8 + (number(args[6:8]) if args[0] == 0x31 else 0)


def _all(prefix: bytes, letters: bytes, size: Size) -> dict[bytes, Size]:
    return {prefix + bytes([letter]): size for letter in letters}


_ESC = (
    _all(b"\x1b", b"2<@LSimv", 0)
    | _all(b"\x1b", b" !%+-3=?AEGJKMRTUVadertu{", 1)
    | _all(b"\x1b", b"$\\Bcf", 2)
    | _all(b"\x1b", b"p", 3)
    | _all(b"\x1b", b"W", 8)
    | {
        b"\x1b&": downloaded_font,
        b"\x1b(": counted(1),
        b"\x1b*": _columns,
        b"\x1bD": b"\0",  # tab stops
    }
)
_GS = (
    _all(b"\x1d", b":c", 0)
    | _all(b"\x1d", b"!#/BEFHITabfhjrw|", 1)
    | _all(b"\x1d", b"$ALPW\\", 2)
    | _all(b"\x1d", b"^z", 3)
    | _all(b"\x1d", b"g", 4)
    | {
        b"\x1d(": counted(1),
        b"\x1d*": _downloaded_image,
        b"\x1d8": counted(1, width=4),
        b"\x1dC": by_first({0: 3, 0x30: 3, 0x31: 7, 2: 3, 0x32: 3}, 1),  # counter printing
        b"\x1dQ": _raster,
        b"\x1dV": by_first(dict.fromkeys((65, 66, 97, 98, 103, 104), 2), 1),
        b"\x1dk": _barcode,
        b"\x1dv": _raster,
    }
)
_FS = (
    _all(b"\x1c", b"&.", 0)
    | _all(b"\x1c", b"!-CW", 1)
    | _all(b"\x1c", b"Sp?", 2)
    | {
        b"\x1c(": counted(1),
        b"\x1c2": 2 + 72,  # a character of 24 × 24 dots
        b"\x1cg": _user_storage,
        b"\x1cq": _stored_images,
    }
)
_DLE: dict[bytes, Size] = {
    b"\x10\x04": by_first({7: 2, 8: 2, 18: 2}, 1),
    b"\x10\x05": 1,
    b"\x10\x14": by_first({1: 3, 2: 3, 3: 6, 7: 2, 8: 8}, 1),
}
_PLAIN: dict[bytes, Size] = dict.fromkeys((b"\t", b"\n", b"\f", b"\r"), 0)

EPSON = PrinterLanguage(
    commands=CommandTable({**_ESC, **_GS, **_FS, **_DLE, **_PLAIN}),
    initialize=b"\x1b@",
    code_page=b"\x1bt",
    cuts=frozenset({b"\x1dV", b"\x1bi", b"\x1bm"}),
    feeds=frozenset({b"\n", b"\r", b"\f", b"\x1bd", b"\x1be", b"\x1bJ", b"\x1bK"}),
    moves=frozenset({b"\t", b"\x1b$", b"\x1b\\", b"\x1d$", b"\x1d\\"}),
    pictures=frozenset({b"\x1dv", b"\x1d8", b"\x1dQ", b"\x1d/", b"\x1b*", b"\x1cp"}),
    graphics=b"\x1d(",
)

PRINTER_LANGUAGES: Mapping[str, PrinterLanguage] = {"epson": EPSON}
