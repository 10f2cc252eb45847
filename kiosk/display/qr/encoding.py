"""A text as a QR: the version that each level of error correction needs, and the modules.

Segno makes the symbol. It does not split a text into segments, so it gets finished ones
(``segments.py``). Its documentation does not mention that it takes them, so tests check it. The
encoder with documented segments, qrcodegen, takes twice the time: too slow on a Pi Zero.
"""

from __future__ import annotations

from typing import Any

from kiosk.base.language import _
from kiosk.display.qr.capacity import LEVELS, VERSIONS, capacity_bits, modules_per_side
from kiosk.display.qr.masks import with_best_mask
from kiosk.display.qr.segments import Segment, last_version_of_group, segments

# Bits that name the character set (ISO/IEC 18004:2015, 7.4.2), once, in texts that are not ASCII.
# Without them readers guess, and guess wrong: zbar reads a single ñ as two Japanese letters.
ECI_BITS = 12


class TooLong(ValueError):
    """The text is too long for the largest QR."""


class Encoding:
    """A text to be shown as a QR. Each value is computed when it is first needed, and kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._splits: dict[int, tuple[tuple[Segment, ...], int]] = {}
        self._versions: dict[str, int] = {}
        self._matrices: dict[str, tuple[bytes, ...]] = {}

    def version(self, level: str) -> int:
        """Return the smallest version that holds the text at that level, or raise TooLong."""
        if level not in self._versions:
            enough = (v for v in VERSIONS if self._split(v)[1] <= capacity_bits(v, level))
            self._versions[level] = next(enough, VERSIONS.stop)
        if self._versions[level] not in VERSIONS:
            raise TooLong(
                _(
                    "{number} characters are too many for a QR; use a shorter text",
                    number=len(self._text),
                )
            )
        return self._versions[level]

    def side(self, level: str) -> int:
        """Return the modules on each side of the smallest symbol, or raise TooLong."""
        return modules_per_side(self.version(level))

    def strongest_level(self, max_side: int) -> str:
        """Return the strongest level whose symbol has at most ``max_side`` modules per side."""
        fitting = (level for level in reversed(LEVELS) if self._fits(level, max_side))
        return next(fitting, LEVELS[0])

    def matrix(self, level: str) -> tuple[bytes, ...]:
        """Return the rows of the smallest symbol's modules; 1 is dark."""
        if level not in self._matrices:
            import segno  # noqa: PLC0415 - the daemon imports it when it is READY

            version = self.version(level)
            code = segno.make_qr(
                self._parts(version),
                error=level,
                version=version,
                mask=0,
                boost_error=False,
                eci=not self._text.isascii(),
            )
            self._matrices[level] = with_best_mask([bytes(row) for row in code.matrix])
        return self._matrices[level]

    def _parts(self, version: int) -> Any:
        """Return the segments as segno takes them. After the first accent, all are UTF-8."""
        split = self._split(version)[0]
        first = next((part for part in split if not part.text.isascii()), None)
        return [
            (part.text.encode(), part.mode.value, "utf-8" if part is first else "iso-8859-1")
            for part in split
        ]

    def _fits(self, level: str, max_side: int) -> bool:
        try:
            return self.side(level) <= max_side
        except TooLong:
            return False

    def _split(self, version: int) -> tuple[tuple[Segment, ...], int]:
        """Return the segments for that version, and the bits that they take."""
        last = last_version_of_group(version)
        if last not in self._splits:
            split = segments(self._text, last)
            character_set = 0 if self._text.isascii() else ECI_BITS
            self._splits[last] = split, character_set + sum(part.bits(last) for part in split)
        return self._splits[last]
