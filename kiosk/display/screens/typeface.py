"""The packaged typeface: how large a text is, and how it breaks into rows. Pure.

A cut of Liberation Sans, because its hinting keeps one-bit letters whole down to nine pixels (the
dots stay on the i) and it has every letter and currency sign that the counters need.
Not for deciding where text goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from itertools import combinations, pairwise

from PIL import ImageFont

SMALLEST = 9  # pixels; below this the letters of a one-bit panel close up

BOLD_FROM = 13  # below this the bold cut has the thin stems of the regular one
_WORTH_A_ROW = 1.35  # how much larger the letters must become for one more row of them

Rows = tuple[str, ...]


@lru_cache(maxsize=256)
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the typeface at a size in pixels.

    The basic layout engine on purpose: whether Raqm is installed must not change a pixel.
    """
    return ImageFont.truetype(BytesIO(_file(bold)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=2)
def _file(bold: bool) -> bytes:
    name = "KioskSans-Bold.ttf" if bold else "KioskSans-Regular.ttf"
    return (resources.files("kiosk.display") / "fonts" / name).read_bytes()


@lru_cache(maxsize=1024)
def ink(text: str, size: int, bold: bool) -> tuple[int, int, int, int]:
    """Return the box that the text blackens, relative to its pen on the baseline."""
    left, top, right, bottom = font(size, bold).getbbox(text, mode="1", anchor="ls")
    return int(left), int(top), int(right), int(bottom)


def ink_width(text: str, size: int, bold: bool) -> int:
    """Return how many columns the text blackens."""
    left, _, right, _ = ink(text, size, bold)
    return right - left


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of text of one size. ``height`` is from the first row's ink to the last row's."""

    rows: Rows
    size: int
    bold: bool

    @property
    def pitch(self) -> int:
        """Return the pixels from one baseline to the next."""
        return round(self.size * 1.16)

    @property
    def rise(self) -> int:
        """Return the pixels from the block's top to its first baseline."""
        return -ink(self.rows[0], self.size, self.bold)[1]

    @property
    def width(self) -> int:
        """Return the width of the widest row."""
        return max(ink_width(row, self.size, self.bold) for row in self.rows)

    @property
    def height(self) -> int:
        """Return the height of the ink."""
        fall = ink(self.rows[-1], self.size, self.bold)[3]
        return self.rise + self.pitch * (len(self.rows) - 1) + fall


def largest(text: str, width: int, rows: int, bold: bool, sizes: range) -> Block | None:
    """Return the text at the largest of ``sizes`` at which it fits into ``width``, or None.

    Another row has to earn its place: a few pixels of size are no reason to tear a phrase apart.
    """
    best: Block | None = None
    for count in range(1, min(rows, len(text.split(" "))) + 1):
        found = _largest_in(count, text, width, bold, sizes)
        if found and (best is None or found.size >= best.size * _WORTH_A_ROW):
            best = found
    return best


def _largest_in(rows: int, text: str, width: int, bold: bool, sizes: range) -> Block | None:
    low, high, best = 0, len(sizes) - 1, None
    while low <= high:
        middle = (low + high) // 2
        widest, broken = _evenly(text, rows, sizes[middle], bold)
        if widest > width:
            high = middle - 1
        else:
            low, best = middle + 1, Block(broken, sizes[middle], bold)
    return best


def _evenly(text: str, rows: int, size: int, bold: bool) -> tuple[int, Rows]:
    """Return the most even way to break into so many rows, and how wide it is."""
    return min(
        (max(ink_width(row, size, bold) for row in broken), broken)
        for broken in _breaks(text.split(" "), rows)
    )


def _breaks(words: list[str], rows: int) -> Iterator[Rows]:
    for cuts in combinations(range(1, len(words)), rows - 1):
        edges = (0, *cuts, len(words))
        yield tuple(" ".join(words[start:end]) for start, end in pairwise(edges))
