"""A text as the fewest bits of a QR: which stretches are digits, capitals or bytes. Pure.

Encoders for Python take a whole text in one mode, so that one small letter makes every digit cost
eight bits. Merchants' strings are digits in between words: cut at the best places they come out
one or two versions smaller, which is more room for each module.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import Enum
from itertools import groupby
from typing import NamedTuple

# ISO/IEC 18004:2015, table 5: the characters that cost 5.5 bits.
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_DIGITS = frozenset("0123456789")


class SegmentMode(Enum):
    """How a stretch is written; the value is its indicator (ISO/IEC 18004:2015, table 2)."""

    NUMERIC = 1
    ALPHANUMERIC = 2
    BYTE = 4


class Segment(NamedTuple):
    """A stretch of the text in one mode. No two neighbours have the same."""

    mode: SegmentMode
    text: str

    def bits(self, version: int) -> int:
        """Return what it takes of a symbol of that version, header included."""
        size = len(self.text.encode()) if self.mode is SegmentMode.BYTE else len(self.text)
        return math.ceil(_SIXTHS[self.mode] * size / _SIXTH) + _header(self.mode, version)


# What a character takes, in sixths of a bit: then it is a whole number in every mode. Of BYTE,
# what a byte takes: some characters have several.
_SIXTHS = {SegmentMode.NUMERIC: 20, SegmentMode.ALPHANUMERIC: 33, SegmentMode.BYTE: 48}
_SIXTH = 6

# Bits of the character count, by version (ISO/IEC 18004:2015, table 3).
_COUNTS = {
    SegmentMode.NUMERIC: (10, 12, 14),
    SegmentMode.ALPHANUMERIC: (9, 11, 13),
    SegmentMode.BYTE: (8, 16, 16),
}
_WIDER_FROM = (10, 27)  # the first versions that count with more bits


def alike(version: int) -> int:
    """Return the last version that a text is cut for in the same way as for this one."""
    return next((first - 1 for first in _WIDER_FROM if version < first), 40)


def _header(mode: SegmentMode, version: int) -> int:
    return 4 + _COUNTS[mode][sum(version >= first for first in _WIDER_FROM)]


class _Way(NamedTuple):
    """The cheapest way to have written the text so far, if its last character is in ``mode``."""

    cost: int
    mode: SegmentMode | None
    before: _Way | None


def segments(text: str, version: int) -> tuple[Segment, ...]:
    """Return the text cut so that no other cut takes fewer bits in a symbol of that version.

    Dynamic programming over the characters: only the cheapest way into each mode matters.
    """
    headers = {mode: _header(mode, version) * _SIXTH for mode in SegmentMode}
    ways: list[_Way] = [_Way(0, None, None)]
    for char in text:
        cheapest = min(ways, key=_whole_bits)
        fresh = _whole_bits(cheapest)
        ways = [
            _next(mode, sixths, ways, cheapest, fresh + headers[mode])
            for mode, sixths in _prices(char)
        ]
    return tuple(_stretches(text, min(ways, key=_whole_bits)))


def _whole_bits(way: _Way) -> int:
    """Return the cost once its last segment is closed, which rounds it up to a whole bit."""
    return -(-way.cost // _SIXTH) * _SIXTH


_DIGIT = tuple(_SIXTHS.items())
_CAPITAL = _DIGIT[1:]
_OTHER = _DIGIT[2:]


def _prices(char: str) -> tuple[tuple[SegmentMode, int], ...]:
    """Return the modes that can write the character, with what each takes for it."""
    if char in _DIGITS:
        return _DIGIT
    if char in _ALPHANUMERIC:
        return _CAPITAL
    return _OTHER if char < "\x80" else ((SegmentMode.BYTE, 48 * len(char.encode())),)


def _next(mode: SegmentMode, sixths: int, ways: list[_Way], cheapest: _Way, switched: int) -> _Way:
    """Go on in the mode that the last character was in, or switch over from the cheapest way."""
    for way in ways:
        if way.mode is mode and way.cost <= switched:
            return _Way(way.cost + sixths, mode, way)
    return _Way(switched + sixths, mode, cheapest)


def _stretches(text: str, way: _Way) -> Iterator[Segment]:
    modes: list[SegmentMode] = []
    step: _Way | None = way
    while step and step.mode:
        modes.append(step.mode)
        step = step.before
    pairs = zip(reversed(modes), text, strict=True)
    for mode, stretch in groupby(pairs, key=lambda pair: pair[0]):
        yield Segment(mode, "".join(char for _, char in stretch))
