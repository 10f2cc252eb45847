"""Where things go: boxes, words that find their size, and the parts that a picture is made of.

Pure geometry. What is said stands in ``screens.py``, how the parts become pixels in ``paint.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from kiosk.display.qr.fit import Symbol
from kiosk.display.screens.typeface import BOLD_FROM, SMALLEST, Block, ink, largest

# Tried in this order until everything fits, before words are left out; and when none may be.
_SHRINK = (1.0, 0.9, 0.8, 0.7)
_SHRINK_ALONE = (*_SHRINK, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; ``right`` and ``bottom`` are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return self.bottom - self.top

    def inset(self, by: int) -> Box:
        """Return the box without a margin all round."""
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)

    def without_left(self, columns: int) -> Box:
        """Return what lies to the right of the first columns."""
        return Box(self.left + columns, self.top, self.right, self.bottom)

    def without_top(self, rows: int) -> Box:
        """Return what lies below the first rows."""
        return Box(self.left, self.top + rows, self.right, self.bottom)

    def middle(self, width: int, height: int) -> Box:
        """Return a box of that size in the middle of this one."""
        left = self.left + (self.width - width) // 2
        top = self.top + (self.height - height) // 2
        return Box(left, top, left + width, top + height)


def margin(room: Box) -> int:
    """Return the pixels that stay empty along the edges of a screen."""
    return max(2, min(room.width, room.height) // 20)


class Glyph(StrEnum):
    """The pictures, one for each thing that a glance must tell apart."""

    CHECK = "check"
    CROSS = "cross"
    CLOCK = "clock"
    STOP = "stop"
    RETURN = "return"
    HOURGLASS = "hourglass"
    WARNING = "warning"
    QUESTION = "question"
    NOTICE = "notice"
    VIEWFINDER = "viewfinder"
    DOTS = "dots"
    BASKET = "basket"


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of text; ``left`` is where its ink begins, ``baseline`` where its letters stand."""

    text: str
    left: int
    baseline: int
    size: int
    bold: bool

    @property
    def box(self) -> Box:
        """Return what it blackens."""
        left, top, right, bottom = ink(self.text, self.size, self.bold)
        return Box(self.left, self.baseline + top, self.left + right - left, self.baseline + bottom)


@dataclass(frozen=True, slots=True)
class Picture:
    """A glyph, filling its square box."""

    glyph: Glyph
    box: Box


@dataclass(frozen=True, slots=True)
class Bar:
    """The time left: a frame that is full at 1 and empty at 0."""

    box: Box
    full: float


@dataclass(frozen=True, slots=True)
class Separator:
    """A quiet line."""

    box: Box


@dataclass(frozen=True, slots=True)
class Code:
    """A QR with its quiet zone, in the middle of a lit box."""

    symbol: Symbol
    box: Box


@dataclass(frozen=True, slots=True)
class Logo:
    """The shop's own picture: ``ink`` is a mask of what is dark on it, of the box's size."""

    ink: Image.Image
    box: Box


Part = TextRow | Picture | Bar | Separator | Code | Logo


@dataclass(frozen=True, slots=True)
class Say:
    """Words that look for their size.

    ``wordings`` are one thought in several lengths, fullest first; ``share`` is the largest type
    size as a part of the room's shorter side; ``rank`` 0 stays longest when the room is small.
    """

    wordings: tuple[str, ...]
    share: float
    bold: bool = False
    rows: int = 2
    rank: int = 0

    def block(self, width: int, height: int, shrink: float) -> Block | None:
        """Return the fullest wording that need not shrink below half its size, or the last.

        What ranks first gives way last: it shrinks by half as much as the rest.
        """
        shrink = shrink if self.rank else shrink**0.5
        most = max(SMALLEST, int(min(width, height) * self.share * shrink))
        for wording in self.wordings[:-1]:
            if found := self._largest(wording, width, max(SMALLEST, most // 2), most):
                return found
        return self._largest(self.wordings[-1], width, SMALLEST, most)

    def _largest(self, wording: str, width: int, least: int, most: int) -> Block | None:
        for smallest in (max(least, BOLD_FROM), least) if self.bold else (least,):
            sizes = range(smallest, most + 1)
            if found := largest(wording, width, self.rows, self.bold, sizes):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks of text, one above the other."""

    blocks: tuple[Block, ...]
    gap: int

    @property
    def width(self) -> int:
        """Return the width of the widest block."""
        return max((block.width for block in self.blocks), default=0)

    @property
    def height(self) -> int:
        """Return the height of all blocks and the gaps between them."""
        return sum(block.height for block in self.blocks) + self.gap * max(0, len(self.blocks) - 1)

    def placed(self, room: Box, *, centered: bool) -> Iterator[TextRow]:
        """Yield the rows in the vertical middle of the room, from its left edge or centered."""
        top = room.top + (room.height - self.height) // 2
        for block in self.blocks:
            yield from _rows(block, room, top, centered)
            top += block.height + self.gap


def _rows(block: Block, room: Box, top: int, centered: bool) -> Iterator[TextRow]:
    baseline = top + block.rise
    for row in block.rows:
        text = TextRow(row, room.left, baseline, block.size, block.bold)
        if centered:
            left = room.left + (room.width - text.box.width) // 2
            text = TextRow(row, left, baseline, block.size, block.bold)
        yield text
        baseline += block.pitch


def stack(says: Sequence[Say], width: int, height: int, gap: int = 0) -> Stack:
    """Return the words as large as they fit together.

    What has to shrink a lot to make everything fit makes room by leaving out the last in rank.
    """
    gap = gap or max(3, height // 12)
    left = [say for say in says if say.block(width, height, 0)]
    while left:
        last = max(left, key=lambda say: say.rank)
        for shrink in _SHRINK if last.rank else _SHRINK_ALONE:
            blocks = [say.block(width, height, shrink) for say in left]
            found = Stack(tuple(block for block in blocks if block), gap)
            if found.height <= height:
                return found
        left.remove(last)
    return Stack((), gap)
