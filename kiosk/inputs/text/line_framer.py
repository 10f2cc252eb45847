"""Cut bytes into lines. Pure: bytes and their times in, lines and losses out.

A line that is not certainly whole is dropped and reported, because the end of ``1.234,56`` is a
smaller amount of money.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

JOINED_LATE = 0.1  # seconds after opening in which the first byte may be inside a line


@dataclass(frozen=True, slots=True)
class TextLine:
    """A whole line, without its line end. Never empty."""

    data: bytes


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """Bytes that are not a whole line; ``reason`` says why, for the log and the screen."""

    reason: str


class LineFramer:
    """Cuts a stream at CR, LF or CRLF, and ignores empty lines.

    ``gap`` is the silence in seconds after which an unfinished line counts as cut off, ``longest``
    the most bytes a line may have. ``ignored`` are bytes that are skipped everywhere. After a line
    that was cut off, the next bytes begin a new line; or, with ``skip_tails``, they still belong to
    the old line, up to its line end. With ``skip_tails``, this is also true of the bytes that come
    right after ``opened``.
    """

    def __init__(
        self,
        *,
        gap: float = 0.5,
        longest: int = 512,
        ignored: bytes = b"\0",
        skip_tails: bool = False,
        opened: float = -math.inf,
    ) -> None:
        self._gap, self._longest, self._ignored = gap, longest, ignored
        self._skip_tails = skip_tails
        self._joins_late_until = opened + JOINED_LATE if skip_tails else -math.inf
        self._line = bytearray()
        self._skipping = False  # up to the next line end
        self._overlong = False  # the line that is skipped was reported already
        self._skipped = 0
        self._last = -math.inf

    @property
    def deadline(self) -> float:
        """When the unfinished line counts as cut off; infinite without one."""
        return self._last + self._gap if self._line else math.inf

    def silent(self, now: float) -> bool:
        """Return whether nothing has come in for at least the gap."""
        return now >= self._last + self._gap

    def feed(self, data: bytes, now: float) -> list[TextLine | DroppedLine]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        results = self._expire(now)
        data = data.translate(None, self._ignored)
        if not data:
            return results
        self._skipping = self._skipping or now < self._joins_late_until
        self._joins_late_until = -math.inf
        self._last = now
        *ended, rest = re.split(rb"[\r\n]", data)
        for piece in ended:
            results += self._take(piece) + self._end()
        return results + self._take(rest)

    def _expire(self, now: float) -> list[TextLine | DroppedLine]:
        if not self.silent(now):
            return []
        if not self._line:
            self._skipping = self._skipping and self._skip_tails
            return []
        reason = f"a line was cut off after {len(self._line)} characters; send the total again"
        self._line.clear()
        self._skipping = self._skip_tails
        return [DroppedLine(reason)]

    def _take(self, piece: bytes) -> list[TextLine | DroppedLine]:
        if self._skipping:
            self._skipped += len(piece)
            return []
        self._line += piece
        if len(self._line) <= self._longest:
            return []
        self._line.clear()
        self._skipping = self._overlong = True
        return [DroppedLine(f"a line has more than {self._longest} characters")]

    def _end(self) -> list[TextLine | DroppedLine]:
        results: list[TextLine | DroppedLine] = []
        if self._line:
            results.append(TextLine(bytes(self._line)))
        elif self._skipped and not self._overlong:
            results.append(DroppedLine("only the end of a line was received; send the total again"))
        self._line.clear()
        self._skipping = self._overlong = False
        self._skipped = 0
        return results
