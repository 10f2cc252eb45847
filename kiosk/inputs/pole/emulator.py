"""A pole display without the pole: bytes in one of the trade's dialects, text on a screen.

Pure. Each dialect is a table, in ``dialects.py``; here is what all of them have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kiosk.inputs.pole.character_display import CharacterDisplay

LONGEST = 4096  # bytes of arguments; the longest real one defines a font

# The pages that ESC t selects; the number is the byte behind it (Epson DM-D, customer displays).
PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 16: "cp1252", 19: "cp858"}

# How many argument bytes a command has: a number, through a terminator, or what the arguments
# so far say (None: more are needed to say it).
Size = int | bytes | Callable[[bytes], int | None]


@dataclass(frozen=True)
class DisplayCommand:
    """What a sequence of bytes does, and how many argument bytes follow it."""

    run: Callable[[Emulator, bytes], None]
    size: Size = 0


@dataclass(frozen=True)
class Dialect:
    """One language of pole displays.

    ``stray`` is what an unknown sequence counts as; without it, nobody knows what it did, and the
    screen is forgotten. ``attention`` begins commands, and can be changed by one of them.
    ``prints``: whether bytes outside of commands are text.
    """

    commands: Mapping[bytes, DisplayCommand]
    stray: DisplayCommand | None = None
    attention: bytes = b""
    prints: bool = True
    begins: frozenset[bytes] = field(init=False)

    def __post_init__(self) -> None:
        begins = {key[:end] for key in self.commands for end in range(1, len(key))}
        object.__setattr__(self, "begins", frozenset(begins))

    def heeding(self, attention: bytes) -> Dialect:
        """Return the dialect with other attention bytes."""
        old = self.attention
        changed = {
            attention + key.removeprefix(old) if key.startswith(old) else key: command
            for key, command in self.commands.items()
        }
        return replace(self, commands=changed, attention=attention)


class Emulator:
    """A display that understands one dialect."""

    def __init__(self, dialect: Dialect, screen: CharacterDisplay, page: str = "cp437") -> None:
        self.dialect, self.screen, self.page = dialect, screen, page
        self.selected = True  # ESC = can give the line to a printer on the same cable
        self.answers = bytearray()
        self.unknown = 0  # sequences that are not in the dialect
        self.explained = 0  # bytes that were commands, or text in a known place
        self.used: set[bytes] = set()  # the commands that came, by the bytes they begin with
        self._begun = bytearray()
        self._name = b""
        self._command: DisplayCommand | None = None
        self._args = bytearray()

    @property
    def amid(self) -> bool:
        """Whether a command has begun and not ended."""
        return bool(self._begun or self._command)

    def feed(self, data: bytes) -> bytes:
        """Take the bytes; return what the display answers."""
        for byte in data:
            self._take(byte)
        answers = bytes(self.answers)
        self.answers.clear()
        return answers

    def interrupted(self) -> None:
        """Nothing has come for long: a command that is not whole by now never will be."""
        if self.amid:
            self._lose_track()

    def _take(self, byte: int) -> None:
        if self._command:
            self._args.append(byte)
            self._run_if_whole(self._command)
            return
        self._begun.append(byte)
        begun = bytes(self._begun)
        if command := self.dialect.commands.get(begun):
            self._name, self._command = begun, command
            self._begun.clear()
            self._run_if_whole(command)
        elif begun not in self.dialect.begins:
            self._begun.clear()
            self._other(begun)

    def _run_if_whole(self, command: DisplayCommand) -> None:
        args = bytes(self._args)
        if not _whole(command.size, args):
            if len(args) > LONGEST:
                self._lose_track()
            return
        self._command = None
        self._args.clear()
        text = isinstance(command.size, bytes)
        self.explained += len(self._name) + (_printable(args) + 1 if text else len(args))
        self.used.add(self._name)
        if self.selected or command.run is select:
            command.run(self, args)

    def _other(self, begun: bytes) -> None:
        """Deal with what is no command: text, a control byte that means nothing, or a riddle."""
        if len(begun) == 1:
            if begun[0] >= 0x20 and self.dialect.prints and self.selected:
                self.explained += self.screen.cursor is not None
                self.screen.put(self.decoded(begun))
        elif begun[0] >= 0x20 and not begun.startswith(self.dialect.attention):
            self._take(begun[-1])  # the one before it was plain text
        elif self.selected:
            self._lose_track()
            self._name, self._command = b"", self.dialect.stray

    def _lose_track(self) -> None:
        self.unknown += 1
        self.screen.forget()
        self._begun.clear()
        self._args.clear()
        self._command = None

    def decoded(self, text: bytes) -> str:
        """Return the text by the code page that is selected."""
        return text.decode(self.page, errors="replace")


def select(display: Emulator, args: bytes) -> None:
    """ESC =: bit 1 gives the line to the display; without it, a printer is spoken to."""
    display.selected = bool(args[0] & 2)


def _whole(size: Size, args: bytes) -> bool:
    if isinstance(size, int):
        return len(args) >= size
    if isinstance(size, bytes):
        return args.endswith(size)
    known = size(args)
    return known is not None and len(args) >= known


def _printable(text: bytes) -> int:
    """Return how many of the bytes can be seen."""
    return sum(0x20 <= byte < 0x7F for byte in text)
