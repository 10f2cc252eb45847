"""Cuts a scanner's characters into codes. Pure: characters with their times in; codes, losses out.

It is stricter than ``kiosk/inputs/text/line_framer.py``. A scanner is quick, so a pause within a
code means that the code was cut off. A code that was cut off never damages the next one.
"""

from __future__ import annotations

import math
from typing import Literal

from kiosk.base.language import _, mark
from kiosk.inputs.text.line_framer import DroppedLine

Suffix = Literal["enter", "tab", "none"]

LOST = "\ufffe"  # a mark between the characters: an unknown number of characters was lost here
GARBLED = "\ufffd"  # a mark: here is a character that can't be read
STRAY = (
    "\uffff"  # a mark: here are keys of a control sequence; what follows at once may be its rest
)
STRAY_ENDS_AFTER = 0.5  # seconds of silence, after which no rest of a control sequence comes
LONGEST_NOISE = 2  # up to so many unreadable characters alone are noise: NULs when a plug moves
REST_WITHIN = 2.0  # seconds; the rest of a code that was cut off arrives within this time or never

_LOSSES = {
    LOST: mark("some keys of a code were lost; scan it again"),
    STRAY: mark("the scanner typed a control sequence; set it to send characters only"),
}
_UNREADABLE = mark("a code has unreadable characters; check the scanner's settings")
_TERMINATORS = {"enter": "\r\n", "tab": "\t\r\n", "none": "\t\r\n"}


class CodeFramer:
    """Cuts characters into codes at the scanner's suffix. Empty codes are ignored.

    With the suffix ``none`` a silence ends a code; with another suffix, a silence cuts it off.
    ``gap`` is that silence in seconds, ``longest`` the maximum length of a code in characters.

    ``begins_with`` and ``ends_with`` are characters around each code, if the scanner sends any.
    With ``ends_with`` the keys of the suffix do not end a code; they may follow it.
    """

    def __init__(
        self,
        *,
        suffix: Suffix = "enter",
        gap: float = 0.1,
        longest: int = 512,
        begins_with: str = "",
        ends_with: str = "",
    ) -> None:
        self._begins_with, self._ends_with = begins_with, ends_with
        self._latest = ""  # the latest characters, as many as ends_with has
        self._terminators = _TERMINATORS[suffix]
        self._silence_ends = suffix == "none" and not ends_with
        self._gap, self._longest = gap, longest
        self._rest_within = gap if self._silence_ends else max(REST_WITHIN, gap)
        self._code = ""
        self._skipping = False  # until the next terminator, or until no rest can arrive any more
        self._stray = False  # after a control sequence, until a silence
        self._last = -math.inf

    @property
    def unfinished(self) -> bool:
        """Whether a code has begun. It ends, or is cut off, ``gap`` after its last character."""
        return bool(self._code)

    def is_silent(self, at: float) -> bool:
        """Return whether nothing has arrived for ``gap`` seconds or longer."""
        return at >= self._last + self._gap

    def feed(self, text: str, at: float) -> list[str | DroppedLine]:
        """Add characters that arrived at ``at`` in seconds; call with "" when time has passed."""
        results = self._expire(at)
        for char in text:
            self._last = at
            results += self._add(char)
        return results

    def unplugged(self) -> list[str | DroppedLine]:
        """Drop the unfinished code; what arrives next starts a new one."""
        cut_off: list[str | DroppedLine] = [self._cut_off()] if self._code else []
        self._skipping = False
        return cut_off

    def _drop(self, reason: str) -> DroppedLine:
        """Drop the unfinished code, up to the next terminator."""
        self._code = ""
        self._skipping = True
        return DroppedLine(reason)

    def _cut_off(self) -> DroppedLine:
        return self._drop(
            _("a code was cut off after {number} characters; scan it again", number=len(self._code))
        )

    def _expire(self, at: float) -> list[str | DroppedLine]:
        if self._stray and at >= self._last + max(STRAY_ENDS_AFTER, self._gap):
            self._stray = self._skipping = False
        if self._skipping and at >= self._last + self._rest_within:
            self._skipping = False
        if not self._code or not self.is_silent(at):
            return []
        if not self._code.strip(GARBLED):
            noise, self._code = len(self._code) <= LONGEST_NOISE, ""
            return [] if noise else [DroppedLine(_(_UNREADABLE))]
        if self._silence_ends:
            return self._end()
        cut_off = self._cut_off()
        self._skipping = at < self._last + self._rest_within
        return [cut_off]

    def _add(self, char: str) -> list[str | DroppedLine]:
        if self._stray:
            return []
        if char in {LOST, STRAY}:
            self._stray = char == STRAY
            return [self._drop(_LOSSES[char])]
        if self._is_end(char):
            return self._end()
        if self._skipping or self._is_after_end(char):
            return []
        self._code += char
        if len(self._code) > self._longest:
            return [
                self._drop(
                    _(
                        "a code has more than {longest} characters; see longest_code",
                        longest=self._longest,
                    )
                )
            ]
        return []

    def _is_end(self, char: str) -> bool:
        if not self._ends_with:
            return char in self._terminators
        self._latest = (self._latest + char)[-len(self._ends_with) :]
        is_beginning = not self._skipping and len(self._code) < len(self._begins_with)
        return self._latest == self._ends_with and not is_beginning

    def _is_after_end(self, char: str) -> bool:
        """Return whether it is the key that a scanner sends after ``ends_with``."""
        return bool(self._ends_with) and not self._code and char in "\t\r\n"

    def _end(self) -> list[str | DroppedLine]:
        code, self._code = self._code, ""
        self._latest, self._skipping = "", False
        if not code:
            return []
        if GARBLED in code:
            return [DroppedLine(_(_UNREADABLE))]
        return self._between_marks(code)

    def _between_marks(self, code: str) -> list[str | DroppedLine]:
        """Return the code without ``begins_with`` and ``ends_with``, or why it is not a code."""
        code += self._ends_with[-1:]  # the last character was not added
        begins, ends = self._begins_with, self._ends_with
        if not code.startswith(begins):
            return [DroppedLine(_("the beginning of a code was lost; scan it again"))]
        bare = code.removeprefix(begins).removesuffix(ends)
        if begins and begins in bare:
            return [DroppedLine(_("two codes came as one; scan them again"))]
        return [bare] if bare else []
