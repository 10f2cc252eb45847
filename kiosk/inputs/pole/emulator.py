"""A pole display in software: bytes in one of the dialects in, text on a character display out.

Pure. Each dialect is a table, in ``dialects.py``; here is what all of them have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.text.escape_sequences import (
    CommandTable,
    EndlessCommand,
    EscapeCommand,
    EscapeReader,
    PlainText,
    Size,
    Token,
    UnknownCommand,
)


@dataclass(frozen=True)
class DisplayCommand:
    """What a command does, and how many argument bytes it has."""

    run: Callable[[Emulator, bytes], None]
    size: Size = 0


@dataclass(frozen=True)
class Dialect:
    """One language of pole displays: each command by the bytes that it begins with.

    ``attention`` are the bytes that begin commands, where a command can change them. ``prints``:
    whether bytes outside of commands are text.
    """

    commands: Mapping[bytes, DisplayCommand]
    attention: bytes = b""
    prints: bool = True
    table: CommandTable = field(init=False)

    def __post_init__(self) -> None:
        sizes = {name: command.size for name, command in self.commands.items()}
        object.__setattr__(self, "table", CommandTable(sizes, self.attention))

    def with_attention(self, attention: bytes) -> Dialect:
        """Return the dialect with other attention bytes."""
        old = self.attention
        changed = {
            attention + name.removeprefix(old) if name.startswith(old) else name: command
            for name, command in self.commands.items()
        }
        return replace(self, commands=changed, attention=attention)


class Emulator:
    """A display that understands one dialect."""

    def __init__(self, dialect: Dialect, screen: CharacterDisplay, page: str = "cp437") -> None:
        self.screen, self.page = screen, page
        self.selected = True  # ESC = can select a printer on the same cable instead
        self.answers = bytearray()
        self.unknown = 0  # commands that are not in the dialect, or did not end
        self.explained = 0  # bytes that were commands, or text in a known place
        self.used: set[bytes] = set()  # the names of the commands that came
        self.written: set[int] = set()  # the rows that numeric displays wrote since they settled
        self._loose = ""  # text since then that was written at an unknown place
        self._after_text = False  # the last byte was text
        self._after_nul = False  # the last byte was a NUL between two commands
        self._dialect = dialect
        self._reader = EscapeReader(dialect.table)

    @property
    def dialect(self) -> Dialect:
        """The language that the next bytes are read in; some commands change it."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self._dialect, self._reader.table = dialect, dialect.table

    @property
    def in_command(self) -> bool:
        """Whether a command has begun and not ended."""
        return self._reader.in_command

    def feed(self, data: bytes) -> bytes:
        """Take the bytes; return what the display answers."""
        for token in self._reader.read(data):
            self._take(token)
        answers = bytes(self.answers)
        self.answers.clear()
        return answers

    def interrupted(self) -> None:
        """Give up a command that has begun: nothing has come in for a long time."""
        if self.in_command:
            self._reader.reset()
            self._forget()

    def settled(self) -> None:
        """Take note that nothing has come in for a while.

        Some registers never clear the display, but write all of its cells each time. Such a text
        begins at the first cell.
        """
        self.interrupted()
        screen = self.screen
        if screen.cursor is None and len(self._loose) == screen.rows * screen.columns:
            screen.to(0, 0)
            for char in self._loose:
                screen.put(char)
        self._loose = ""
        self._after_text = False  # from now on, NULs are fill
        self.written.clear()

    def noise(self) -> None:
        """Take a NUL: between two commands it is fill, in or beside a text it is a lost byte.

        A serial port delivers a byte with a wrong parity bit as NUL, too.
        """
        self.explained += 1
        if self._after_text:
            self._forget()
        self._after_nul = True

    def decoded(self, text: bytes) -> str:
        """Return the text by the code page that is selected."""
        return text.decode(self.page, errors="replace")

    def _take(self, token: Token) -> None:
        match token:
            case PlainText(data) if self.dialect.prints and self.selected:
                self._put(data)
            case PlainText() if self.selected:
                self._forget()
            case EscapeCommand(b"\0"):
                self.noise()
            case EscapeCommand(name, args):
                self._after_text = self._after_nul = False
                self._run(self.dialect.commands[name], name, args)
            case UnknownCommand() if self.selected:
                self._forget()
            case EndlessCommand():
                self._forget()

    def _put(self, text: bytes) -> None:
        if self._after_nul:
            self._forget()
        self._after_text, self._after_nul = True, False
        if self.screen.cursor is not None:
            self.explained += len(text)
        elif len(self._loose) <= self.screen.rows * self.screen.columns:
            self._loose += self.decoded(text)
        for char in self.decoded(text):
            self.screen.put(char)

    def _run(self, command: DisplayCommand, name: bytes, args: bytes) -> None:
        self._loose = ""
        text = isinstance(command.size, bytes)
        self.explained += len(name) + (_printable(args) + 1 if text else len(args))
        self.used.add(name)
        if self.selected or command.run is select:
            command.run(self, args)

    def _forget(self) -> None:
        """Take the whole screen for unknown: it is unknown what the command did."""
        self.unknown += 1
        self._loose = ""
        self.screen.forget()


def select(display: Emulator, args: bytes) -> None:
    """ESC =: bit 1 selects the display; without it, the bytes are for a printer."""
    display.selected = bool(args[0] & 2)


def _printable(text: bytes) -> int:
    """Return how many of the bytes can be seen."""
    return sum(0x20 <= byte < 0x7F for byte in text)
