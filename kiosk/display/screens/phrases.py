"""The phrases of a screen, and how they find wordings and sizes that fit together. Pure.

``texts.py`` has the texts; ``layout.py`` the rows of text that come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiosk.display.screens.layout import Box, TextRow
from kiosk.display.screens.typeface import MIN_BOLD_SIZE, MIN_SIZE, TextBlock, largest_block

# Type sizes are multiplied by these, in this order, until all phrases fit. If they still do not
# fit, the least important phrase is left out. The second row is for the most important phrases.
_SHRINK = (1.0, 0.9, 0.8, 0.7)
_SHRINK_MOST_IMPORTANT = (*_SHRINK, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text of a screen, whose size depends on the panel.

    ``wordings`` say the same in several lengths, the longest first. ``share`` is the largest type
    size as a part of the area's shorter side. The phrase with the highest ``priority`` number is
    left out first; 0 is the most important.
    """

    wordings: tuple[str, ...]
    share: float
    bold: bool = False
    max_rows: int = 2
    priority: int = 0

    def block(self, width: int, height: int, shrink: float) -> TextBlock | None:
        """Return the longest wording that fits at half its size or more, else the shortest one.

        The most important phrase shrinks half as much as the others. None: nothing fits.
        """
        shrink = shrink if self.priority else shrink**0.5
        max_size = max(MIN_SIZE, int(min(width, height) * self.share * shrink))
        for wording in self.wordings[:-1]:
            if block := self._largest(wording, width, max(MIN_SIZE, max_size // 2), max_size):
                return block
        return self._largest(self.wordings[-1], width, MIN_SIZE, max_size)

    def _largest(self, wording: str, width: int, min_size: int, max_size: int) -> TextBlock | None:
        for smallest in (max(min_size, MIN_BOLD_SIZE), min_size) if self.bold else (min_size,):
            sizes = range(smallest, max_size + 1)
            if block := largest_block(wording, width, self.max_rows, self.bold, sizes):
                return block
        return None


@dataclass(frozen=True, slots=True)
class TextStack:
    """Blocks of text, one above the other."""

    blocks: tuple[TextBlock, ...]
    gap: int

    @property
    def width(self) -> int:
        """Return the width of the widest block."""
        return max((block.width for block in self.blocks), default=0)

    @property
    def height(self) -> int:
        """Return the height of all blocks and the gaps between them."""
        return sum(block.height for block in self.blocks) + self.gap * max(0, len(self.blocks) - 1)

    def placed(self, area: Box, *, centered: bool) -> Iterator[TextRow]:
        """Yield the rows in the vertical middle of the area, from its left edge or centered."""
        top = area.top + (area.height - self.height) // 2
        for block in self.blocks:
            yield from _rows(block, area, top, centered)
            top += block.height + self.gap


def _rows(block: TextBlock, area: Box, top: int, centered: bool) -> Iterator[TextRow]:
    baseline = top + block.ascent
    for row in block.rows:
        text = TextRow(row, area.left, baseline, block.size, block.bold)
        if centered:
            left = area.left + (area.width - text.box.width) // 2
            text = TextRow(row, left, baseline, block.size, block.bold)
        yield text
        baseline += block.line_height


def fit_phrases(phrases: Sequence[Phrase], width: int, height: int, gap: int = 0) -> TextStack:
    """Return the phrases as large as they fit together, one above the other.

    Where they would have to become too small, the least important ones are left out.
    """
    gap = gap or max(3, height // 12)
    kept = [phrase for phrase in phrases if phrase.block(width, height, 0)]
    while kept:
        least_important = max(kept, key=lambda phrase: phrase.priority)
        for shrink in _SHRINK if least_important.priority else _SHRINK_MOST_IMPORTANT:
            blocks = [phrase.block(width, height, shrink) for phrase in kept]
            stack = TextStack(tuple(block for block in blocks if block), gap)
            if stack.height <= height:
                return stack
        kept.remove(least_important)
    return TextStack((), gap)
