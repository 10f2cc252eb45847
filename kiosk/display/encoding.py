"""A text as a QR: which version each level of correction needs, and the modules themselves.

Segno makes the symbol, and is handed finished segments (``segments.py``), as it cuts no text
itself. That it takes them is not in its documentation, so tests hold it to it; the encoder whose
documentation has segments, qrcodegen, takes twice the time, which a Pi Zero does not have.
"""

from __future__ import annotations

from typing import Any

import segno

from kiosk.display.capacity import LEVELS, VERSIONS, holds, modules
from kiosk.display.segments import Segment, alike, segments


class TooLong(ValueError):
    """No QR is large enough for the text."""


class Encoding:
    """A text on its way into a QR. Nothing is worked out before it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._cuts: dict[int, tuple[tuple[Segment, ...], int]] = {}
        self._versions: dict[str, int] = {}

    def version(self, level: str) -> int:
        """Return the smallest version that holds the text at that level; TooLong if none does."""
        if level not in self._versions:
            enough = (v for v in VERSIONS if self._cut(v)[1] <= holds(v, level))
            self._versions[level] = next(enough, VERSIONS.stop)
        if self._versions[level] not in VERSIONS:
            raise TooLong(f"{len(self._text)} characters are too many for any QR")
        return self._versions[level]

    def edge(self, level: str) -> int:
        """Return the modules of the smallest symbol's edge; TooLong if there is none."""
        return modules(self.version(level))

    def strongest(self, most: int) -> str:
        """Return the strongest level whose symbol has no more than ``most`` modules an edge."""
        return next((level for level in reversed(LEVELS) if self._fits(level, most)), LEVELS[0])

    def modules(self, level: str) -> tuple[bytes, ...]:
        """Return the rows of the smallest symbol, 1 for dark."""
        version = self.version(level)
        parts: Any = [(part.text.encode(), part.mode.value) for part in self._cut(version)[0]]
        code = segno.make_qr(parts, error=level, version=version, boost_error=False)
        return tuple(bytes(row) for row in code.matrix)

    def _fits(self, level: str, most: int) -> bool:
        try:
            return self.edge(level) <= most
        except TooLong:
            return False

    def _cut(self, version: int) -> tuple[tuple[Segment, ...], int]:
        """Return the segments for that version, and how many bits they take."""
        last = alike(version)
        if last not in self._cuts:
            cut = segments(self._text, last)
            self._cuts[last] = cut, sum(segment.bits(last) for segment in cut)
        return self._cuts[last]
