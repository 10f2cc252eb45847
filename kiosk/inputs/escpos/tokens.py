"""An ESC/POS stream cut into text and commands. Pure; pictures are passed over, not kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.inputs.escpos.commands import COMMANDS, PREFIXES, Size

KEPT = 64  # argument bytes; of longer arguments only the beginning is kept
LONGEST = 4096  # bytes that a terminated or nested argument may have before it counts as a riddle

_CONTROL = re.compile(rb"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class PrintedText:
    """Characters, in the code page that is selected."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PrinterCommand:
    """A command by the bytes it begins with; of long arguments, the first ones."""

    name: bytes
    args: bytes = b""


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """The beginning of a command that is not known here: nobody can tell where it ends."""

    data: bytes


Token = PrintedText | PrinterCommand | UnknownCommand


class Tokenizer:
    """Cuts the stream, however it comes in pieces."""

    def __init__(self) -> None:
        self._begun = b""
        self._name = b""
        self._args = bytearray()
        self._passing = 0  # bytes of arguments that are still to be passed over

    @property
    def amid(self) -> bool:
        """Whether a command has begun and not ended."""
        return bool(self._begun or self._name or self._passing)

    def feed(self, data: bytes) -> list[Token]:
        """Return what is whole by now."""
        tokens: list[Token] = []
        at = 0
        while at < len(data):
            if self._passing:
                passed = min(self._passing, len(data) - at)
                self._passing -= passed
                at += passed
            elif self._name or self._begun:
                tokens += self._byte(data[at : at + 1])
                at += 1
            else:
                at = self._plain(data, at, tokens)
        return tokens

    def _plain(self, data: bytes, at: int, tokens: list[Token]) -> int:
        """Take text up to a control byte, or that byte; return where to go on."""
        control = _CONTROL.search(data, at)
        end = control.start() if control else len(data)
        if end > at:
            tokens.append(PrintedText(data[at:end]))
            return end
        byte = data[at : at + 1]
        if byte in PREFIXES:
            self._begun = byte
        elif byte in COMMANDS:
            tokens.append(PrinterCommand(byte))
        return at + 1

    def _byte(self, byte: bytes) -> list[Token]:
        """Take the next byte of a command."""
        if not self._name:
            name, self._begun = self._begun + byte, b""
            if name not in COMMANDS:
                return [UnknownCommand(name)]
            self._name = name
        else:
            self._args += byte
        return self._whole(COMMANDS[self._name])

    def _whole(self, size: Size) -> list[Token]:
        args = bytes(self._args)
        length = _length(size, args)
        if length is None and len(args) <= LONGEST:
            return []
        if length is not None and len(args) < min(length, KEPT):
            return []
        name, self._name = self._name, b""
        self._args.clear()
        if length is None:
            return [UnknownCommand(name)]
        self._passing = max(length - len(args), 0)
        return [PrinterCommand(name, args)]


def _length(size: Size, args: bytes) -> int | None:
    """Return how many argument bytes there are in all, if that can be told yet."""
    if isinstance(size, int):
        return size
    if isinstance(size, bytes):
        return len(args) if args.endswith(size) else None
    return size(args)
