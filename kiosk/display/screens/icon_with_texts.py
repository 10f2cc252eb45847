"""An icon with texts beside or below it: its size, and where all of it stands. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kiosk.base.frozen import frozen
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Box, Icon, IconPart, Part, Tone
from kiosk.display.screens.phrases import Phrase, TextStack, fit_phrases

_BESIDE = 1.25  # a panel that many times as wide as high has the texts beside the icon

# The icon's side as a part of its largest one. It becomes smaller where the texts need the space.
_ICON_SIZES = (1.0, 0.75, 0.5, 0.35, 0.0)
_ROOMY = 0.3  # texts that fit so well need no smaller icon
_COST_OF_ICON = 1.0  # how much roomier the texts must become for an icon without size
_COST_OF_NO_ICON = 1.5  # the same for no icon at all: people recognise it before they read

Columns = Sequence[Sequence[Phrase]]


@frozen
class _Arrangement:
    """An icon and columns of text. ``side`` is the icon's, ``gap`` is between all of them."""

    area: Box
    beside: bool
    side: int
    gap: int
    texts: tuple[TextStack, ...]

    @property
    def roominess(self) -> float:
        """Return how well the texts fit."""
        return min(text.roominess for text in self.texts)

    def parts(self, icon: Icon) -> Iterator[Part]:
        """Yield the icon and the rows of text, in the middle of the area."""
        return self._beside(icon) if self.beside else self._above(icon)

    def _beside(self, icon: Icon) -> Iterator[Part]:
        side, gap = self.side, self.gap
        width = side + sum(text.width for text in self.texts) + gap * len(self.texts)
        rest = self.area.middle(width if side else width - gap, self.area.height)
        if side:
            column = Box(rest.left, rest.top, rest.left + side, rest.bottom)
            yield IconPart(icon, column.middle(side, side))
            rest = rest.without_left(side + gap)
        for text in self.texts:
            tone = icon.tone if text is self.texts[0] else Tone.NEUTRAL
            yield from text.placed(rest, centered=False, tone=tone)
            rest = rest.without_left(text.width + gap)

    def _above(self, icon: Icon) -> Iterator[Part]:
        side, gap = self.side, self.gap if self.side else 0
        (text,) = self.texts
        group = self.area.middle(self.area.width, side + gap + text.height)
        if side:
            row = Box(group.left, group.top, group.right, group.top + side)
            yield IconPart(icon, row.middle(side, side))
        yield from text.placed(group.without_top(side + gap), centered=True, tone=icon.tone)


def icon_with_texts(icon: Icon, columns: Columns, area: Box, canvas: Canvas) -> Iterator[Part]:
    """Yield the largest icon with which the texts fit well, and the texts.

    On a panel that is not wide there is one column.
    """
    best, best_value = None, -math.inf
    for size in _ICON_SIZES:
        arrangement = _arranged(size, columns, area, canvas)
        value = min(arrangement.roominess, _ROOMY) + (_COST_OF_ICON * size or -_COST_OF_NO_ICON)
        if value > best_value:
            best, best_value = arrangement, value
        if arrangement.roominess >= _ROOMY:
            break
    if best:
        yield from best.parts(icon)


def _arranged(size: float, columns: Columns, area: Box, canvas: Canvas) -> _Arrangement:
    """Return the texts beside or below an icon of that size."""
    if canvas.area.width >= _BESIDE * canvas.area.height:
        side = int(size * min(area.height * 0.66, area.width * 0.32))
        gap = max(4, side // 4)
        width, height = area.width - (side + gap if side else 0), area.height
        width = (width - gap * (len(columns) - 1)) // len(columns)
        beside = True
    else:
        side = int(size * min(area.height * 0.4, area.width * 0.6))
        gap = max(3, side // 6)
        width, height = area.width, area.height - (side + gap if side else 0)
        beside = False
    unit = max(min(canvas.pixels), int(0.75 * math.sqrt(math.prod(canvas.pixels))))
    texts = (
        fit_phrases(column, width, height, unit=unit, legible=canvas.legible_size)
        for column in columns
    )
    return _Arrangement(area, beside, side, gap, tuple(texts))
