"""A text as a QR: which version each level of correction needs, and the modules themselves.

Segno makes the symbol, and is handed finished segments (``segments.py``), as it cuts no text
itself. That it takes them is not in its documentation, so tests hold it to it; the encoder whose
documentation has segments, qrcodegen, takes twice the time, which a Pi Zero does not have.
"""

from __future__ import annotations

from typing import Any

import segno

from kiosk.display.qr.capacity import LEVELS, VERSIONS, holds, modules
from kiosk.display.qr.segments import Segment, alike, segments

# An alphabet is stated once (ISO/IEC 18004:2015, 7.4.2), where there are letters that readers would
# otherwise guess at, and guess wrong: zbar takes a lone ñ for two Japanese letters.
ECI_BITS = 12


class TooLong(ValueError):
    """No QR is large enough for the text."""


class Encoding:
    """A text on its way into a QR. Nothing is worked out before it is asked for, nor twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._cuts: dict[int, tuple[tuple[Segment, ...], int]] = {}
        self._versions: dict[str, int] = {}
        self._modules: dict[str, tuple[bytes, ...]] = {}

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
        if level not in self._modules:
            version = self.version(level)
            code = segno.make_qr(
                self._parts(version),
                error=level,
                version=version,
                boost_error=False,
                eci=not self._text.isascii(),
            )
            self._modules[level] = tuple(bytes(row) for row in code.matrix)
        return self._modules[level]

    def _parts(self, version: int) -> Any:
        """Return the segments in segno's words; from the first accent on, all is UTF-8."""
        cut = self._cut(version)[0]
        first = next((part for part in cut if not part.text.isascii()), None)
        return [
            (part.text.encode(), part.mode.value, "utf-8" if part is first else "iso-8859-1")
            for part in cut
        ]

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
            alphabet = 0 if self._text.isascii() else ECI_BITS
            self._cuts[last] = cut, alphabet + sum(segment.bits(last) for segment in cut)
        return self._cuts[last]
