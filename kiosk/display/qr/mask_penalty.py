"""The penalty of a masked symbol (ISO/IEC 18004:2015, 7.8.3), as segno counts it. Pure.

A symbol is one integer: a bit per module, 1 is dark. The module in row i and column j is the bit
``i * stride + j``, and ``GUARD`` zero bits follow each row. So one operation on the integer works
on all modules at once, and what lies outside of the symbol is light.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

GUARD = 4  # the light area of a finder-like pattern is 4 modules wide
_RUN = 3  # N1: points for 5 modules of one colour in line, and one more for each further module
_BLOCK = 3  # N2: points for 2 x 2 modules of one colour
_FINDER = 40  # N3: points for a pattern like a finder beside 4 light modules
_BALANCE = 10  # N4: points for each 5 % that the dark modules deviate from a half


class Square(NamedTuple):
    """The positions of a symbol with ``side`` modules per side."""

    side: int
    stride: int  # bits from a module to the one below it
    modules: int  # all bits that are modules
    has_right: int  # those with a module to their right
    has_below: int


@lru_cache(maxsize=8)
def square(side: int) -> Square:
    """Return the positions of a symbol with that many modules per side."""
    stride = side + GUARD
    first_column = sum(1 << row * stride for row in range(side))
    modules = first_column * ((1 << side) - 1)
    return Square(
        side,
        stride,
        modules,
        has_right=first_column * ((1 << side - 1) - 1),
        has_below=modules & ((1 << (side - 1) * stride) - 1),
    )


def penalty(symbol: int, shape: Square) -> int:
    """Return the points of a symbol; fewer are better."""
    like_right = ~(symbol ^ symbol >> 1) & shape.has_right
    like_below = ~(symbol ^ symbol >> shape.stride) & shape.has_below
    blocks = like_right & like_below & like_right >> shape.stride
    return (
        _runs(like_right, 1)
        + _runs(like_below, shape.stride)
        + _BLOCK * blocks.bit_count()
        + _finders(symbol, 1)
        + _finders(symbol, shape.stride)
        + _balance(symbol, shape.side)
    )


def _runs(like_next: int, step: int) -> int:
    """Return the points for runs; ``like_next`` marks modules with a neighbour of their colour."""
    fives = like_next & like_next >> step
    fives &= fives >> 2 * step  # the first modules of five of one colour
    firsts = fives & ~(fives << step)
    return fives.bit_count() + (_RUN - 1) * firsts.bit_count()


def _finders(dark: int, step: int) -> int:
    """Return the points for the patterns 1011101 with light modules before or after them."""
    pairs = dark & dark >> 2 * step  # 1?1
    pattern = pairs & pairs >> 4 * step & dark >> 3 * step & ~(dark >> step | dark >> 5 * step)
    before = dark << step | dark << 2 * step
    after = dark >> 7 * step | dark >> 8 * step
    enclosed = (before | before << 2 * step) & (after | after >> 2 * step)
    return _FINDER * _apart(pattern & ~enclosed, step)


def _apart(patterns: int, step: int) -> int:
    """Count the patterns from the left; one that shares modules with a counted one is left out."""
    count = 0
    while patterns:
        free = patterns & ~_sharing(patterns, step)
        count += free.bit_count()
        patterns &= ~(free | _sharing(free, step))
    return count


def _sharing(patterns: int, step: int) -> int:
    """Return where patterns would share dark modules with these, further on."""
    return patterns << 4 * step | patterns << 6 * step


def _balance(symbol: int, side: int) -> int:
    percent = symbol.bit_count() / side**2 * 100
    return _BALANCE * int(abs(percent - 50) / 5)
