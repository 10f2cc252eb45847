"""The kiosk's typeface: the size of a text, and how it breaks into rows. Pure.

It is a subset of Liberation Sans. Its hinting keeps one-bit letters complete down to nine pixels
(the i keeps its dot), and it has every letter and currency sign that the counters need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, combinations, count, pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kiosk.base.frozen import frozen

MIN_SIZE = 9  # pixels; smaller letters are not readable in one-bit pixels
MIN_BOLD_SIZE = 13  # pixels; below this, bold letters have the thin stems of the regular ones

LEGIBLE_CAP = 1.8  # millimetres; capitals of this height are readable at arm's length (60 cm)
_ARMS_LENGTH_DIAGONAL = 32.6  # millimetres: that of the smallest panels sold as 1.3 inches
ASSUMED_PITCH = 0.2  # millimetres per pixel where the panel's size is unknown: that of most panels

INK_EDGE = 4  # pixels around a text's box: the last smooth letter may be a little wider

# The light of a pixel whose half is ink: eyes and panels are not linear, and with half the number
# thin light letters would look grey on a dark panel.
_BRIGHTER = [round(255 * (ink / 255) ** 0.65) for ink in range(256)]

_FILES = Path(__file__).parent

_UNITS = 2048  # pixels per em at which letters have exactly the widths of the typeface's file

_ROW_GAIN = 1.35  # one more row must make the letters larger by this factor

_BREAK_SIZE = 24  # pixels; the type size at which rows are broken

Rows = tuple[str, ...]


@lru_cache(maxsize=3)  # each takes 100 KB; what a size was needed for is kept in the caches below
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the typeface at a size in pixels.

    Always with the basic layout engine: an installed Raqm must not change any pixel. By its path:
    FreeType maps the file, where Pillow would copy its bytes for each size.
    """
    file = _FILES / ("KioskSans-Bold.ttf" if bold else "KioskSans-Regular.ttf")
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def ink_box(text: str, size: int, bold: bool) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the text's ink, from its start on the baseline."""
    left, top, right, bottom = font(size, bold).getbbox(text, mode="1", anchor="ls")
    return int(left), int(top), int(right), int(bottom)


@lru_cache(maxsize=32)  # the texts of a few screens; a large one takes 50 KB
def ink_mask(text: str, size: int, bold: bool, *, smooth: bool) -> Image.Image:
    """Return the text's ink as a mask, with INK_EDGE empty pixels around its ``ink_box``.

    In mode ``1``; or, if it is ``smooth``, in mode ``L`` with soft edges. Smooth letters are spread
    over the width of the one-bit letters, so one layout is right for both.
    """
    left, top, right, bottom = ink_box(text, size, bold)
    mask_size = right - left + 2 * INK_EDGE, bottom - top + 2 * INK_EDGE
    mask = Image.new("L" if smooth else "1", mask_size)
    pen, face = ImageDraw.Draw(mask), font(size, bold)
    x, y = INK_EDGE - left, INK_EDGE - top
    if not smooth:
        pen.text((x, y), text, fill=255, font=face, anchor="ls")
        return mask
    advances = [_advance(text[number : number + 2], bold) for number in range(len(text))]
    scale = face.getlength(text, mode="1") / (sum(advances) or 1)
    for letter, start in zip(text, accumulate(advances, initial=0), strict=False):
        pen.text((x + start * scale, y), letter, fill=255, font=face, anchor="ls")
    return mask.point(_BRIGHTER)


@lru_cache(maxsize=512)
def _advance(letters: str, bold: bool) -> float:
    """Return the space of the first letter before the second, in units of the typeface's file."""
    face = font(_UNITS, bold)
    return face.getlength(letters) - face.getlength(letters[1:])


def ink_width(text: str, size: int, bold: bool) -> int:
    """Return the columns from the first to the last pixel of the text's ink."""
    left, _, right, _ = ink_box(text, size, bold)
    return right - left


def has_letter(letter: str) -> bool:
    """Return whether the typeface has a letter; for others it would show an empty box."""
    return letter == " " or bytes(font(24, bold=False).getmask(letter)) not in (b"", _no_letter())


@lru_cache(maxsize=1)
def _no_letter() -> bytes:
    return bytes(font(24, bold=False).getmask("\ue000"))


@lru_cache(maxsize=256)
def cap_rows(size: int, bold: bool = False) -> int:
    """Return the rows of pixels of a capital letter, or of a digit, at a type size in pixels."""
    return -ink_box("H", size, bold)[1]


def cap_height(size: int, pitch: float, bold: bool = False) -> float:
    """Return the height of a capital letter in millimetres; ``pitch`` is mm per pixel."""
    return cap_rows(size, bold) * pitch


def legible_cap(pixels: tuple[int, int], pitch: float) -> float:
    """Return the height in millimetres of the smallest capitals that people can read on a panel.

    People look at a panel below 1.3 inches from nearer: there it is smaller in proportion.
    """
    return LEGIBLE_CAP * min(1.0, math.hypot(*pixels) * pitch / _ARMS_LENGTH_DIAGONAL)


def size_for_cap(height: float, pitch: float, bold: bool = False) -> int:
    """Return the smallest type size whose capitals are at least ``height`` millimetres high.

    It is at least MIN_SIZE, because smaller letters are not readable.
    """
    rows = math.ceil(round(height / pitch, 6))
    return next(size for size in count(max(MIN_SIZE, rows)) if cap_rows(size, bold) >= rows)


@frozen
class TextBlock:
    """Rows of text of one size. ``height`` is from the first row's ink to the last row's."""

    rows: Rows
    size: int
    bold: bool

    @property
    def line_height(self) -> int:
        """Return the pixels from one baseline to the next."""
        return round(self.size * 1.16)

    @property
    def ascent(self) -> int:
        """Return the pixels from the block's top to its first baseline."""
        return -ink_box(self.rows[0], self.size, self.bold)[1]

    @property
    def width(self) -> int:
        """Return the width of the widest row."""
        return max(ink_width(row, self.size, self.bold) for row in self.rows)

    @property
    def height(self) -> int:
        """Return the height of the ink."""
        descent = ink_box(self.rows[-1], self.size, self.bold)[3]
        return self.ascent + self.line_height * (len(self.rows) - 1) + descent


@lru_cache(maxsize=256)  # a screen asks the same for many arrangements of its phrases
def largest_block(
    text: str, width: int, max_rows: int, bold: bool, sizes: tuple[int, ...] | range
) -> TextBlock | None:
    """Return the text at the largest of ``sizes`` at which it fits into ``width``, or None.

    One more row must make the letters clearly larger: for a few pixels a phrase is not split.
    """
    best: TextBlock | None = None
    for row_count in range(1, min(max_rows, len(text.split(" "))) + 1):
        block = _largest_with(row_count, text, width, bold, sizes)
        if block and (best is None or block.size >= best.size * _ROW_GAIN):
            best = block
    return best


def _largest_with(
    rows: int, text: str, width: int, bold: bool, sizes: Sequence[int]
) -> TextBlock | None:
    broken = _most_even(text, rows, bold)
    low, high, best = 0, len(sizes) - 1, None
    while low <= high:
        middle = (low + high) // 2
        if any(ink_width(row, sizes[middle], bold) > width for row in broken):
            high = middle - 1
        else:
            low, best = middle + 1, TextBlock(broken, sizes[middle], bold)
    return best


@lru_cache(maxsize=256)
def _most_even(text: str, rows: int, bold: bool) -> Rows:
    """Break the text into that many rows of about equal width, the same at every size."""
    return min(
        _all_breaks(text.split(" "), rows),
        key=lambda broken: (max(ink_width(row, _BREAK_SIZE, bold) for row in broken), broken),
    )


def _all_breaks(words: list[str], rows: int) -> Iterator[Rows]:
    for cuts in combinations(range(1, len(words)), rows - 1):
        edges = (0, *cuts, len(words))
        yield tuple(" ".join(words[start:end]) for start, end in pairwise(edges))
