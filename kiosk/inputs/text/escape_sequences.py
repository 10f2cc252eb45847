"""Read a stream of text and escape sequences, as printers and pole displays get it. Pure.

A device's language is a value, a ``CommandTable``: the bytes that each command begins with, and how
many argument bytes follow. The tables are in ``escpos/printer_languages.py`` and
``pole/dialects.py``; here are the reader and the argument sizes that several languages share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from kiosk.base.frozen import frozen

KEPT = 64  # bytes; of arguments whose size is known to be larger, only the beginning is kept
LONGEST = 4096  # bytes of arguments whose size is not known yet; the longest real one is a font

# The code pages that ESC t selects, by its argument: those that Python has. Digits are the same in
# all. (Epson's ESC/POS application programming guide, code tables; DM-D programmer's reference.)
CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737",
    15: "iso8859-7", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720",
    33: "cp775", 34: "cp855", 35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869",
    39: "iso8859-2", 40: "iso8859-15", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254",
    49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip

# The size of a command's arguments: a number of bytes, or the terminator that ends them, or a
# function of the arguments so far (None: it needs more of them).
Size = int | bytes | Callable[[bytes], int | None]

# In a table, the name of what follows an unknown command. Without it, text follows.
AFTER_UNKNOWN = b""


def length(size: Size, args: bytes) -> int | None:
    """Return how many argument bytes the command has, or None as long as that is not known."""
    if isinstance(size, int):
        return size
    if isinstance(size, bytes):
        return len(args) if args.endswith(size) else None
    return size(args)


def number(data: bytes) -> int:
    """Return the number in the bytes, low byte first."""
    return int.from_bytes(data, "little")


def counted(at: int, width: int = 2) -> Size:
    """Return the size of arguments that hold, at this place, the count of the bytes after it."""

    def size(args: bytes) -> int | None:
        end = at + width
        return end + number(args[at:end]) if len(args) >= end else None

    return size


def by_first(sizes: Mapping[int, int], otherwise: int) -> Size:
    """Return the size of arguments whose first byte tells how many there are."""

    def size(args: bytes) -> int | None:
        return sizes.get(args[0], otherwise) if args else None

    return size


def downloaded_font(args: bytes) -> int | None:
    """ESC & y c1 c2, then for each of the characters c1 to c2: x, and x × y bytes of dots."""
    if len(args) < 3:
        return None
    height, first, last = args[:3]
    size = 3
    for _ in range(first, last + 1):
        if len(args) <= size:
            return None
        size += 1 + args[size] * height
    return size


@frozen
class CommandTable:
    """The commands of one language: the bytes that each begins with, and the size of its arguments.

    Bytes from 0x20 on are text, except in the names of commands. Names that begin with such a byte
    begin with ``introducer``, so that a single "!" can still be text where "!#" begins commands.
    """

    sizes: Mapping[bytes, Size]
    introducer: bytes = b""
    beginnings: frozenset[bytes] = field(init=False)  # of names
    not_text: re.Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        beginnings = {name[:end] for name in self.sizes for end in range(1, len(name))}
        firsts = b"".join(sorted({name[:1] for name in self.sizes}))
        object.__setattr__(self, "beginnings", frozenset(beginnings))
        object.__setattr__(self, "not_text", re.compile(b"[\\x00-\\x1f" + re.escape(firsts) + b"]"))


@frozen
class PlainText:
    """Characters, in the code page that is selected."""

    data: bytes


@frozen
class EscapeCommand:
    """A command of the table, by its name; of arguments longer than KEPT, the beginning."""

    name: bytes
    args: bytes = b""


@frozen
class UnknownCommand:
    """The beginning of a command that is not in the table, so that its end is not known."""

    data: bytes


@frozen
class EndlessCommand:
    """A command of the table that has more than LONGEST bytes of arguments and no end yet."""

    name: bytes


@frozen
class StrayByte:
    """A control byte that means nothing here: noise, or a part of another language."""

    byte: bytes


Token = PlainText | EscapeCommand | UnknownCommand | EndlessCommand | StrayByte


class EscapeReader:
    """Reads one stream, however it comes in pieces. A command may change ``table``."""

    def __init__(self, table: CommandTable) -> None:
        self.table = table
        self._beginning = b""  # the beginning of a name
        self._name: bytes | None = None  # of the command whose arguments are being read
        self._args = bytearray()
        self._skipping = 0  # bytes of arguments that are still to come, and are not kept

    @property
    def in_command(self) -> bool:
        """Whether a command has begun and not ended."""
        return bool(self._beginning or self._skipping) or self._name is not None

    @property
    def unfinished(self) -> bytes | None:
        """The name of the command whose arguments have not all come; None without one."""
        return self._name

    def read(self, data: bytes) -> Iterator[Token]:
        """Yield what is complete so far.

        The bytes after a command are read by the table that is set when the next token is asked
        for. Iterate to the end: bytes that are not read by then are lost.
        """
        at = 0
        while at < len(data):
            if self._skipping:
                skipped = min(self._skipping, len(data) - at)
                self._skipping -= skipped
                at += skipped
            elif not self.in_command and (text := self._text(data, at)):
                yield PlainText(text)
                at += len(text)
            else:
                yield from self._byte(data[at : at + 1])
                at += 1

    def reset(self) -> None:
        """Drop the command that has begun: text or a new command comes next."""
        self._beginning, self._name, self._skipping = b"", None, 0
        self._args.clear()

    def _text(self, data: bytes, at: int) -> bytes:
        end = self.table.not_text.search(data, at)
        return data[at : end.start() if end else len(data)]

    def _byte(self, byte: bytes) -> list[Token]:
        """Take a byte of a command, or one that may begin a command."""
        if self._name is not None:
            self._args += byte
            return self._arguments(self._name)
        name, self._beginning = self._beginning + byte, b""
        if name in self.table.sizes:
            self._name = name
            return self._arguments(name)
        if name in self.table.beginnings:
            self._beginning = name
            return []
        return self._not_a_command(name)

    def _arguments(self, name: bytes) -> list[Token]:
        """Return the command as soon as it is whole."""
        args = bytes(self._args)
        size = length(self.table.sizes[name], args)
        if size is None and len(args) <= LONGEST:
            return []
        if size is not None and len(args) < min(size, KEPT):
            return []
        self.reset()
        if size is None:
            return [EndlessCommand(name)]
        self._skipping = max(size - len(args), 0)
        return [EscapeCommand(name, args)]

    def _not_a_command(self, data: bytes) -> list[Token]:
        """Return what bytes mean that began like a command, and are not in the table."""
        printable = data[0] >= 0x20
        if len(data) == 1:
            return [PlainText(data) if printable else StrayByte(data)]
        if printable and not data.startswith(self.table.introducer):
            return [PlainText(data[:-1]), *self._byte(data[-1:])]
        if AFTER_UNKNOWN in self.table.sizes:
            self._name = AFTER_UNKNOWN
        return [UnknownCommand(data)]
