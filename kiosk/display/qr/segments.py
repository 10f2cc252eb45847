"""Splits a text into QR segments (digits, capitals, bytes) so that it takes the fewest bits. Pure.

QR encoders for Python write the whole text in one mode: then one small letter makes every digit
cost eight bits. Merchants' QR texts mix digits and words. Split at the best places, they need a
symbol that is one or two versions smaller, so that each module can be larger.
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
    """How a segment is encoded; the value is its mode indicator (ISO/IEC 18004:2015, table 2)."""

    NUMERIC = 1
    ALPHANUMERIC = 2
    BYTE = 4


class Segment(NamedTuple):
    """A part of the text in one mode. Two neighbours never have the same mode."""

    mode: SegmentMode
    text: str

    def bits(self, version: int) -> int:
        """Return the bits of the segment in a symbol of that version, header included."""
        sixths = _sixths(self.mode, self.text)
        return math.ceil(sixths / _SIXTH) + _header(self.mode, version)


# The cost of a character in sixths of a bit, which is a whole number in every mode. In BYTE mode it
# is the cost of a byte: some characters have several bytes.
_SIXTHS = {SegmentMode.NUMERIC: 20, SegmentMode.ALPHANUMERIC: 33, SegmentMode.BYTE: 48}
_SIXTH = 6


def _sixths(mode: SegmentMode, text: str) -> int:
    """Return the cost of the text in this mode, without a header."""
    return _SIXTHS[mode] * len(text.encode() if mode is SegmentMode.BYTE else text)


# Bits of the character count in each group of versions (ISO/IEC 18004:2015, table 3).
_COUNT_BITS = {
    SegmentMode.NUMERIC: (10, 12, 14),
    SegmentMode.ALPHANUMERIC: (9, 11, 13),
    SegmentMode.BYTE: (8, 16, 16),
}
_GROUP_STARTS = (10, 27)  # groups: versions 1 to 9, 10 to 26, 27 to 40


def last_version_of_group(version: int) -> int:
    """Return the last version with the same headers, for which a text is split the same way."""
    return next((first - 1 for first in _GROUP_STARTS if version < first), 40)


def _header(mode: SegmentMode, version: int) -> int:
    return 4 + _COUNT_BITS[mode][sum(version >= first for first in _GROUP_STARTS)]


class _Candidate(NamedTuple):
    """The cheapest encoding of the text so far whose last stretch is in ``mode``.

    ``before`` is the encoding without that stretch. The cost is in sixths of a bit.
    """

    cost: int
    mode: SegmentMode | None
    before: _Candidate | None


def segments(text: str, version: int) -> tuple[Segment, ...]:
    """Split the text into the segments that take the fewest bits in a symbol of that version.

    Dynamic programming over the stretches of digits, of capitals and of other characters: only the
    cheapest encoding per mode is kept. No change of the mode inside a stretch saves a bit, because
    one more character costs less in the cheaper mode, however the bits are rounded.
    """
    headers = {mode: _header(mode, version) * _SIXTH for mode in SegmentMode}
    stretches = [(mode, "".join(chars)) for mode, chars in groupby(text, key=_cheapest_mode)]
    candidates: list[_Candidate] = [_Candidate(0, None, None)]
    for cheapest_mode, stretch in stretches:
        cheapest = min(candidates, key=_whole_bits)
        new_segment = _whole_bits(cheapest)
        candidates = [
            _append(mode, cost, candidates, cheapest, new_segment + headers[mode])
            for mode, cost in _costs(cheapest_mode, stretch)
        ]
    best = min(candidates, key=_whole_bits)
    return tuple(_segments_of([stretch for _, stretch in stretches], best))


def _whole_bits(candidate: _Candidate) -> int:
    """Return the cost when the last segment ends here: rounded up to whole bits."""
    return -(-candidate.cost // _SIXTH) * _SIXTH


def _cheapest_mode(char: str) -> SegmentMode:
    if char in _DIGITS:
        return SegmentMode.NUMERIC
    return SegmentMode.ALPHANUMERIC if char in _ALPHANUMERIC else SegmentMode.BYTE


def _costs(cheapest: SegmentMode, stretch: str) -> Iterator[tuple[SegmentMode, int]]:
    """Yield the modes that can encode the stretch, each with its cost."""
    for mode in SegmentMode:
        if mode.value >= cheapest.value:  # from digits over capitals to bytes
            yield mode, _sixths(mode, stretch)


def _append(
    mode: SegmentMode,
    cost: int,
    candidates: list[_Candidate],
    cheapest: _Candidate,
    new_segment: int,
) -> _Candidate:
    """Add a stretch in this mode: in the same segment, or in a new one after the cheapest."""
    for candidate in candidates:
        if candidate.mode is mode and candidate.cost <= new_segment:
            return _Candidate(candidate.cost + cost, mode, candidate)
    return _Candidate(new_segment + cost, mode, cheapest)


def _segments_of(stretches: list[str], candidate: _Candidate) -> Iterator[Segment]:
    modes: list[SegmentMode] = []
    step: _Candidate | None = candidate
    while step and step.mode:
        modes.append(step.mode)
        step = step.before
    pairs = zip(reversed(modes), stretches, strict=True)
    for mode, group in groupby(pairs, key=lambda pair: pair[0]):
        yield Segment(mode, "".join(stretch for _, stretch in group))
