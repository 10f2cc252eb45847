"""Gives a symbol the mask with the lowest penalty (ISO/IEC 18004:2015, 7.8). Pure.

Segno weighs the eight masks module by module: three quarters of the time that a QR takes. So segno
draws the symbol with mask 0, and the others are made from it here. Masks are exclusive ors, and so
is the format information that names the mask: each mask differs from mask 0 in fixed places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from kiosk.display.qr.mask_penalty import GUARD, Square, penalty, square

# ISO/IEC 18004:2015, table 10: where a mask changes the colour, by row and column.
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
_PERIOD = 12  # every mask repeats after 12 rows, and after 12 columns
_BESIDE_FINDER = (0, 1, 2, 3, 4, 5, 7, 8)  # modules of the format information; 6 is the timing


class _Places(NamedTuple):
    """What depends on the size of the symbol only."""

    shape: Square
    evaluated: int  # all modules but format and version information (7.8: added after the choice)
    data: tuple[int, ...]  # the data modules that each mask changes from mask 0
    format: tuple[int, ...]  # the modules of the format information, likewise


def with_best_mask(rows: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the rows of a symbol that has mask 0 with the best of the eight masks."""
    places = _places(len(rows))
    symbol = _number(rows)
    evaluated = symbol & places.evaluated
    points = [penalty(evaluated ^ change, places.shape) for change in places.data]
    best = points.index(min(points))
    return _rows(symbol ^ places.data[best] ^ places.format[best], places.shape)


_DIGITS = bytes.maketrans(b"\0\1", b"01")
_MODULES = bytes.maketrans(b"01", b"\0\1")


def _number(rows: Iterable[bytes]) -> int:
    return int(b"\0".join(row + bytes(GUARD - 1) for row in rows).translate(_DIGITS)[::-1], 2)


def _rows(symbol: int, shape: Square) -> tuple[bytes, ...]:
    digits = f"{symbol:0{shape.side * shape.stride}b}"[::-1].encode().translate(_MODULES)
    starts = range(0, len(digits), shape.stride)
    return tuple(digits[start : start + shape.side] for start in starts)


@lru_cache(maxsize=8)
def _places(side: int) -> _Places:
    shape = square(side)
    encoding_region = shape.modules & ~_union(_function_patterns(side), shape)
    patterns = [_number(_tiled(tile, side)) & encoding_region for tile in _tiles()]
    return _Places(
        shape,
        evaluated=shape.modules & ~_union(_informations(side), shape),
        data=tuple(pattern ^ patterns[0] for pattern in patterns),
        format=tuple(_format_change(mask, shape) for mask in range(len(_MASKS))),
    )


@cache
def _tiles() -> list[list[bytes]]:
    period = range(_PERIOD)
    return [[bytes(mask(i, j) for j in period) for i in period] for mask in _MASKS]


def _tiled(tile: list[bytes], side: int) -> Iterator[bytes]:
    for row in range(side):
        yield (tile[row % _PERIOD] * (side // _PERIOD + 1))[:side]


# A rectangle of modules: top, left, height, width.
_Rectangle = tuple[int, int, int, int]


def _union(rectangles: Iterable[_Rectangle], shape: Square) -> int:
    union = 0
    for top, left, height, width in rectangles:
        for row in range(top, top + height):
            union |= ((1 << width) - 1) << row * shape.stride + left
    return union


def _function_patterns(side: int) -> Iterator[_Rectangle]:
    """Yield where no data is: finders, timing, alignment, format and version (6.3)."""
    yield 0, 0, 9, 9
    yield 0, side - 8, 9, 8
    yield side - 8, 0, 8, 9
    yield 6, 0, 1, side
    yield 0, 6, side, 1
    yield from _informations(side)
    centres = _alignment_centres(side)
    finders = {(6, 6), (6, side - 7), (side - 7, 6)}
    for centre in ((row, column) for row in centres for column in centres):
        if centre not in finders:
            yield centre[0] - 2, centre[1] - 2, 5, 5


def _alignment_centres(side: int) -> list[int]:
    """Return the rows, and columns, of the alignment patterns' centres (annex E)."""
    version = (side - 17) // 4
    if version == 1:
        return []
    gaps = version // 7 + 1
    gap = (version * 8 + gaps * 3 + 8) // (gaps * 4) * 2  # even; the first one takes the rest
    return [6, *(side - 7 - gap * number for number in range(gaps))]


def _informations(side: int) -> Iterator[_Rectangle]:
    """Yield the format information, the dark module and the version information (7.9, 7.10)."""
    for place in _BESIDE_FINDER:
        yield 8, place, 1, 1
        yield place, 8, 1, 1
    yield 8, side - 8, 1, 8
    yield side - 8, 8, 8, 1
    if side > 41:  # from version 7 on
        yield 0, side - 11, 6, 3
        yield side - 11, 0, 3, 6


def _format_change(mask: int, shape: Square) -> int:
    """Return the modules of the format information that name this mask instead of mask 0."""
    bits = mask << 10 | _remainder(mask << 10)
    last = shape.side - 1
    change = 0
    for number, beside in enumerate(_BESIDE_FINDER):
        low, high = bits >> number & 1, bits >> 14 - number & 1
        at_column, at_row = beside * shape.stride + 8, 8 * shape.stride + beside
        change |= low << at_column | low << 8 * shape.stride + last - number
        change |= high << at_row
        if number < 7:  # the eighth is the dark module
            change |= high << (last - number) * shape.stride + 8
    return change


def _remainder(bits: int) -> int:
    """Return the remainder of a division by the generator 10100110111 (annex C)."""
    for place in range(4, -1, -1):
        if bits >> 10 + place & 1:
            bits ^= 0b10100110111 << place
    return bits
