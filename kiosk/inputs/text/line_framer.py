"""Lines out of bytes. Pure: bytes and the time of their coming in, lines and losses out.

Knows nothing of ports, texts or amounts. A line that is not certainly whole is dropped and
reported, since the tail of ``1.234,56`` is a smaller amount of money.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

SETTLE = 0.1  # seconds after opening in which a first byte may stand amid a line


@dataclass(frozen=True, slots=True)
class TextLine:
    """A whole line, without its terminator. Never empty."""

    data: bytes


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """Bytes that made no whole line; ``reason`` says why, fit for log and screen."""

    reason: str


class LineFramer:
    """Cuts a stream at CR, LF or CRLF; empty lines are nothing.

    ``gap`` is the silence in seconds after which an unfinished line counts as cut off, ``longest``
    the most bytes a line may have, ``ignored`` the bytes that are skipped anywhere. After a cut the
    next bytes begin a new line, unless ``skip_tails``: then they belong to the cut line, through
    the next terminator. So does, with ``skip_tails``, what comes right after ``opened``.
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
        self._settled = opened + SETTLE if skip_tails else -math.inf
        self._line = bytearray()
        self._skipping = False  # through the next terminator
        self._overlong = False  # what is skipped was reported when it grew too long
        self._skipped = 0
        self._last = -math.inf

    @property
    def deadline(self) -> float:
        """The time at which the unfinished line counts as cut off; infinite without one."""
        return self._last + self._gap if self._line else math.inf

    def silent(self, now: float) -> bool:
        """Return whether nothing has come in for longer than the gap."""
        return now >= self._last + self._gap

    def feed(self, data: bytes, now: float) -> list[TextLine | DroppedLine]:
        """Take the bytes that came in by ``now`` (none: only time has passed), in seconds."""
        results = self._expire(now)
        data = data.translate(None, self._ignored)
        if not data:
            return results
        self._skipping = self._skipping or now < self._settled
        self._settled = -math.inf
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
        reason = f"a line was cut off after {len(self._line)} characters"
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
            results.append(DroppedLine("only the rest of a line came; send the total again"))
        self._line.clear()
        self._skipping = self._overlong = False
        self._skipped = 0
        return results
