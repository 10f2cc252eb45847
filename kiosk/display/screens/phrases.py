"""The phrases of a screen, and how they find wordings and sizes that fit together. Pure.

``texts.py`` has the texts; ``layout.py`` the rows of text that come out.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kiosk.base.frozen import frozen
from kiosk.display.fonts.typeface import MIN_SIZE, TextBlock, largest_block
from kiosk.display.screens.layout import Box, TextRow, Tone

FIRST_RANK = 1  # what the payer must know or do; it is left out only where no text fits at all

# How far each type size is on the way from the smallest legible one to the largest one. All
# phrases of a screen use the same step, so that the headline stays larger than the detail.
_STEPS = (1.0, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.1, 0.0)
# The type sizes of phrases, in pixels: steps of at most a twelfth. A size costs time to measure.
_SIZES = tuple(dict.fromkeys(int(9 * 1.08**step) for step in range(80)))

# What makes a stack worse, in the units of ``TextStack.roominess``.
_COST_OF_WORDING, _COST_OF_OTHER_WORDING = 0.5, 0.1  # a shorter one, in the first rank or not
_COST_OF_RANK = {FIRST_RANK: 6.0, 2: 1.5, 3: 0.4}  # a phrase that is left out
_COST_OF_SMALL = 3.0  # each text that is too small to be legible


@frozen
class Phrase:
    """A text of a screen, whose wording and size depend on the panel.

    ``wordings`` say the same in several lengths, the longest first. ``share`` is the largest type
    size as a part of the area's shorter side; one row more than ``max_rows`` is used only where the
    shortest wording fits in no other way. The phrases with the highest ``rank`` are left out
    first; those of the first rank stay. ``times_others`` is the largest size of a headline as a
    multiple of the largest of the texts below it.
    """

    wordings: tuple[str, ...]
    share: float
    bold: bool = False
    max_rows: int = 2
    rank: int = FIRST_RANK
    times_others: float = math.inf

    def block(self, wording: int, width: int, smallest: int, largest: int) -> TextBlock | None:
        """Return a wording, or the shortest one, as large as it fits into the width, or None."""
        text = self.wordings[min(wording, len(self.wordings) - 1)]
        first = bisect_left(_SIZES, smallest)
        sizes = _SIZES[first : max(first + 1, bisect_right(_SIZES, largest))]
        block = largest_block(text, width, self.max_rows, self.bold, sizes)
        if block is None and text == self.wordings[-1]:
            block = largest_block(text, width, self.max_rows + 1, self.bold, sizes)
        return block


@frozen
class TextStack:
    """Blocks of text, one above the other.

    ``roominess`` says how well they fit: 1 at their largest sizes, 0 at the smallest legible ones,
    and less with shorter wordings, with texts that are too small, or with texts left out.
    """

    blocks: tuple[TextBlock, ...]
    gap: int
    roominess: float = 1.0

    @property
    def width(self) -> int:
        """Return the width of the widest block."""
        return max((block.width for block in self.blocks), default=0)

    @property
    def height(self) -> int:
        """Return the height of all blocks and the gaps between them."""
        return sum(block.height for block in self.blocks) + self.gap * max(0, len(self.blocks) - 1)

    def placed(self, area: Box, *, centered: bool, tone: Tone = Tone.NEUTRAL) -> Iterator[TextRow]:
        """Yield the rows in the vertical middle of the area, from its left edge or centered.

        ``tone`` is that of the first block, the headline.
        """
        top = area.top + (area.height - self.height) // 2
        for block in self.blocks:
            for row in _rows(block, area, top, centered):
                yield replace(row, tone=tone) if block is self.blocks[0] else row
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


@frozen
class _Place:
    """The space for phrases: its size, and the range of their type sizes and gaps."""

    width: int
    height: int
    unit: int
    smallest: int
    gaps: tuple[int, int]

    def tight(self) -> _Place:
        """Return the place with the smallest gaps, for texts that would be left out."""
        return replace(self, gaps=(min(self.gaps[0], max(2, self.unit // 30)), self.gaps[1]))

    def fullest(self, phrases: Sequence[Phrase]) -> TextStack | None:
        """Return the phrases in the wordings that cost the least size, or None."""
        best: TextStack | None = None
        for wording in range(max(len(phrase.wordings) for phrase in phrases)):
            stack = self._largest(phrases, wording)
            if stack and (best is None or stack.roominess > best.roominess):
                best = stack
        return best

    def _largest(self, phrases: Sequence[Phrase], wording: int) -> TextStack | None:
        """Return the phrases at the first step at which they fit."""
        wordings = [wording] * len(phrases)
        if not self._fits(self._stack(phrases, wordings, _STEPS[-1])):
            return None
        stacks = ((step, self._stack(phrases, wordings, step)) for step in _STEPS)
        step, stack = next((step, stack) for step, stack in stacks if self._fits(stack))
        stack, wordings = self._lengthened(stack, phrases, wordings, step)
        return stack and replace(stack, roominess=step - _cost_of_wordings(phrases, wordings))

    def _lengthened(
        self, stack: TextStack | None, phrases: Sequence[Phrase], wordings: list[int], step: float
    ) -> tuple[TextStack | None, list[int]]:
        """Return the phrases with the longest wordings that fit beside the others."""
        for index in sorted(range(len(phrases)), key=lambda index: phrases[index].rank):
            for wording in range(wordings[index]):
                longer = [*wordings[:index], wording, *wordings[index + 1 :]]
                found = self._stack(phrases, longer, step)
                if self._fits(found):
                    stack, wordings = found, longer
                    break
        return stack, wordings

    def _fits(self, stack: TextStack | None) -> bool:
        return stack is not None and stack.height <= self.height

    def _stack(
        self, phrases: Sequence[Phrase], wordings: Sequence[int], step: float
    ) -> TextStack | None:
        blocks = [
            self._block(phrase, wording, step)
            for phrase, wording in zip(phrases, wordings, strict=True)
        ]
        tight, loose = self.gaps
        gap = tight + round((loose - tight) * step)
        whole = [block for block in blocks if block]
        if len(whole) != len(blocks):
            return None
        return TextStack((self._headline(phrases[0], wordings[0], whole), *whole[1:]), gap)

    def _headline(self, phrase: Phrase, wording: int, blocks: Sequence[TextBlock]) -> TextBlock:
        """Return the first block, not too large for the others: they say what to do."""
        first, *others = blocks
        largest = phrase.times_others * max((block.size for block in others), default=math.inf)
        if first.size <= largest:
            return first
        return phrase.block(wording, self.width, self.smallest, int(largest)) or first

    def _block(self, phrase: Phrase, wording: int, step: float) -> TextBlock | None:
        smallest = self.smallest
        if phrase.rank == FIRST_RANK and not self.has_width_for(phrase, smallest):
            smallest = MIN_SIZE  # of this phrase only: the others stay legible
        largest = self.smallest + round(
            (max(self.smallest, int(self.unit * phrase.share)) - self.smallest) * step
        )
        return phrase.block(wording, self.width, smallest, largest)

    def has_width_for(self, phrase: Phrase, size: int) -> bool:
        """Whether the shortest wording fits into the width at a type size."""
        return phrase.block(len(phrase.wordings), self.width, size, size) is not None


def fit_phrases(
    phrases: Sequence[Phrase],
    width: int,
    height: int,
    gap: int = 0,
    *,
    unit: int = 0,
    legible: int = MIN_SIZE,
) -> TextStack:
    """Return the phrases as large as they fit together, one above the other.

    They shrink to the ``legible`` type size before one is left out, and those of the first rank to
    MIN_SIZE. ``unit`` is the side that their shares are parts of: the shorter one if it is 0.
    """
    unit = unit or min(width, height)
    gaps = (gap, gap) if gap else (max(2, unit // 20), max(3, unit // 14))
    place = _Place(width, height, unit, legible, gaps)
    kept = [phrase for phrase in phrases if place.has_width_for(phrase, MIN_SIZE)]
    while kept:
        if stack := place.fullest(kept) or place.tight().fullest(kept):
            cost = _cost_of(phrases, kept, stack, legible)
            return replace(stack, roominess=stack.roominess - cost)
        last = max(range(len(kept)), key=lambda index: (kept[index].rank, index))
        if kept[last].rank == FIRST_RANK and place.smallest > MIN_SIZE:
            place = replace(place, smallest=MIN_SIZE)
        else:
            del kept[last]
    return TextStack((), gap, -float(len(phrases)))


def _cost_of_wordings(phrases: Sequence[Phrase], wordings: Sequence[int]) -> float:
    return max(
        wording * (_COST_OF_WORDING if phrase.rank == FIRST_RANK else _COST_OF_OTHER_WORDING)
        for phrase, wording in zip(phrases, wordings, strict=True)
    )


def _cost_of(
    phrases: Sequence[Phrase], kept: Sequence[Phrase], stack: TextStack, legible: int
) -> float:
    """Return how much worse the texts are for what is left out, or is too small."""
    costs = (_COST_OF_RANK[phrase.rank] for phrase in phrases if phrase not in kept)
    small = sum(block.size < legible for block in stack.blocks)
    return sum(costs) + _COST_OF_SMALL * small
