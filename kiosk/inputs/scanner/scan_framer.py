"""Codes out of a scanner's characters. Pure: characters and the time of each, codes and losses out.

Stricter than the framer of lines (``lines.py``): scanners are quick, so a pause within a code means
that it is torn; and a torn code costs only itself, never the next one.
"""

from __future__ import annotations

import math
from typing import Literal

from kiosk.inputs.text.line_framer import DroppedLine

Suffix = Literal["enter", "tab", "none"]

LOST = "\ufffe"  # a mark among the characters: some were lost here, nobody knows how many
GARBLED = "\ufffd"  # a mark: here is a character that can't be read
TAIL = 2.0  # seconds; the rest of a torn code, if it comes at all, comes within them

_TERMINATORS = {"enter": "\r\n", "tab": "\t\r\n", "none": "\t\r\n"}


class ScanFramer:
    """Cuts characters into codes at the scanner's suffix; empty codes are nothing.

    With the suffix ``none``, silence ends a code; with any other, silence tears it. ``gap`` is that
    silence in seconds, ``longest`` the most characters a code may have.
    """

    def __init__(self, *, suffix: Suffix = "enter", gap: float = 0.1, longest: int = 512) -> None:
        self._terminators = _TERMINATORS[suffix]
        self._silence_ends = suffix == "none"
        self._gap, self._longest = gap, longest
        self._tail = gap if self._silence_ends else max(TAIL, gap)
        self._code = ""
        self._skipping = False  # through the next terminator, or a tail's silence
        self._last = -math.inf

    @property
    def unfinished(self) -> bool:
        """Whether a code has begun; a gap after its last character it ends, or is torn."""
        return bool(self._code)

    def silent(self, at: float) -> bool:
        """Return whether nothing has come in for longer than the gap."""
        return at >= self._last + self._gap

    def feed(self, text: str, at: float) -> list[str | DroppedLine]:
        """Take characters that came in at ``at`` (none: only time has passed), in seconds."""
        results = self._expire(at)
        for char in text:
            self._last = at
            results += self._take(char)
        return results

    def drop(self, reason: str) -> DroppedLine:
        """Give up the code at hand, through the next terminator."""
        self._code = ""
        self._skipping = True
        return DroppedLine(reason)

    def unplugged(self) -> list[str | DroppedLine]:
        """Give up the code at hand; what comes next begins anew."""
        torn: list[str | DroppedLine] = [self._torn()] if self._code else []
        self._skipping = False
        return torn

    def _torn(self) -> DroppedLine:
        return self.drop(f"a code was cut off after {len(self._code)} characters; scan it again")

    def _expire(self, at: float) -> list[str | DroppedLine]:
        if self._skipping and at >= self._last + self._tail:
            self._skipping = False
        if not self._code or not self.silent(at):
            return []
        if self._silence_ends:
            return self._end()
        torn = self._torn()
        self._skipping = at < self._last + self._tail
        return [torn]

    def _take(self, char: str) -> list[str | DroppedLine]:
        if char == LOST:
            return [self.drop("some keys of a code were lost; scan it again")]
        if char in self._terminators:
            return self._end()
        if self._skipping:
            return []
        self._code += char
        if len(self._code) > self._longest:
            return [self.drop(f"a code has more than {self._longest} characters")]
        return []

    def _end(self) -> list[str | DroppedLine]:
        code, self._code = self._code, ""
        self._skipping = False
        if GARBLED in code:
            return [DroppedLine("a code has unreadable characters; check the scanner's settings")]
        return [code] if code else []
