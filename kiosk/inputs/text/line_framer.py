"""Cut bytes into lines. Pure: bytes and their times in, lines and losses out.

A line that is not certainly whole is dropped and reported, because the end of ``1.234,56`` is a
smaller amount of money.
"""

from __future__ import annotations

import math
import re

from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark

JOINED_LATE = 0.1  # seconds after opening in which the first byte may be inside a line
LOST = b"\0"  # a lost byte: a serial port delivers a wrong parity bit, or a break, as NUL
_FLOW = b"\0\x11\x13"  # NUL, XON and XOFF: a line has more than these
_LONGEST_CHECK = 4  # bytes; many devices send a check sum after what ends a line
DAMAGED = mark(
    "a character of the line was damaged; check the cable and the parity, and send the total again"
)


@frozen
class TextLine:
    """A whole line, without its line end. Never empty."""

    data: bytes


@frozen
class DroppedLine:
    """Bytes that are not a whole line; ``reason`` says why, for the log and the screen."""

    reason: str


@frozen
class LineEnds:
    """The bytes that begin and end each line. Without ``end``, CR, LF or CRLF ends it."""

    begin: bytes = b""
    end: bytes = b""

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """What ends a line."""
        return re.compile(re.escape(self.end) if self.end else rb"[\r\n]")


class LineFramer:
    """Cuts a stream into lines, and ignores empty lines.

    ``gap`` is the silence in seconds after which an unfinished line counts as cut off, ``longest``
    the most bytes a line may have. After a line that was cut off, the next bytes begin a new line;
    or, with ``skip_tails``, they still belong to the old line, up to its line end. With
    ``skip_tails``, this is also true of the bytes that come right after ``opened``.
    """

    def __init__(
        self,
        *,
        gap: float = 0.5,
        longest: int = 512,
        ends: LineEnds = LineEnds(),
        skip_tails: bool = False,
        opened: float = -math.inf,
    ) -> None:
        self._gap, self._longest, self._begin = gap, longest, ends.begin
        self._end_pattern, self._end_length = ends.pattern, len(ends.end)
        self._skip_tails = skip_tails and not ends.begin
        self._joins_late_until = opened + JOINED_LATE if self._skip_tails else -math.inf
        self._line = bytearray()
        self._skipping = False  # up to the next line end
        self._overlong = False  # the line that is skipped was reported already
        self._skipped = 0
        self._after_end = False  # no silence since the last line end
        self._last = -math.inf

    @property
    def deadline(self) -> float:
        """When the unfinished line counts as cut off; infinite without one."""
        return self._last + self._gap if self._line.strip(LOST) else math.inf

    def silent(self, now: float) -> bool:
        """Return whether nothing has come in for at least the gap."""
        return now >= self._last + self._gap

    def feed(self, data: bytes, now: float) -> list[TextLine | DroppedLine]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        results = self._expire(now)
        if not data:
            return results
        self._skipping = self._skipping or now < self._joins_late_until
        self._joins_late_until = -math.inf
        self._last = now
        if self._end_length > 1:  # its beginning may have come already
            begun = len(self._line) - self._end_length + 1
            data = bytes(self._line[max(begun, 0) :]) + data
            del self._line[max(begun, 0) :]
        *ended, rest = self._end_pattern.split(data)
        for piece in ended:
            results += self._take(piece) + self._end()
        return results + self._take(rest)

    def _expire(self, now: float) -> list[TextLine | DroppedLine]:
        if not self.silent(now):
            return []
        if not self._line.strip(_FLOW + self._begin) or (
            self._begin and self._is_between_lines(bytes(self._line))
        ):
            self._line.clear()
            self._skipping = self._skipping and self._skip_tails
            self._after_end = False
            return []
        reason = _(
            "a line was cut off after {number} characters; send the total again",
            number=len(self._line),
        )
        self._line.clear()
        self._skipping = self._skip_tails
        self._after_end = False
        return [DroppedLine(reason)]

    def _take(self, piece: bytes) -> list[TextLine | DroppedLine]:
        if self._skipping:
            self._skipped += len(piece.strip(LOST))
            return []
        self._line += piece
        if len(self._line) <= self._longest:
            return []
        self._line.clear()
        self._skipping = self._overlong = True
        return [DroppedLine(_("a line has more than {longest} characters", longest=self._longest))]

    def _end(self) -> list[TextLine | DroppedLine]:
        results: list[TextLine | DroppedLine] = []
        line = bytes(self._line)
        if line.strip(LOST + b"\r\n" * bool(self._end_length)):
            results.append(self._whole(line))
        elif self._skipped and not self._overlong:
            results.append(
                DroppedLine(_("only the end of a line was received; send the total again"))
            )
        self._line.clear()
        self._skipping = self._overlong = False
        self._skipped, self._after_end = 0, True
        return results

    def _is_between_lines(self, data: bytes) -> bool:
        """Return whether it can be between two lines, such as the check sum of a marked line."""
        marked = self._begin and self._end_length and self._after_end
        longest = _LONGEST_CHECK if marked else 0
        return self._begin not in data and len(data.strip(b"\r\n" + _FLOW)) <= longest

    def _whole(self, line: bytes) -> TextLine | DroppedLine:
        """Return the line without what begins it; or why it is not a whole one."""
        if self._begin:
            before, *parts = line.split(self._begin)
            parts = [part for part in parts if part]
            if len(parts) != 1 or not self._is_between_lines(before):
                return DroppedLine(
                    _("a line does not begin as begins_with says; send the total again")
                )
            line = parts[0]
        if LOST in line:
            return DroppedLine(_(DAMAGED))
        return TextLine(line.strip(b"\r\n") if self._end_length else line)
