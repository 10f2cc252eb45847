"""The screen while there is no sale: the shop's logo and name, and small texts below. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from PIL import Image, ImageChops

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Box, LogoPart, Part, Separator, margin
from kiosk.display.screens.phrases import Phrase, fit_phrases
from kiosk.sale.words import Screen

INPUT_LOST = "input"  # the reason of an idle screen with the mark

_NAME_ROWS = 4
_LONG_WORDS = (12, 8)  # letters; narrow panels break longer words


def idle_screen(canvas: Canvas, reason: str) -> Iterator[Part]:
    """Yield the parts. The logo is beside the name on a wide panel, and above it on others.

    A small square in the corner says that an input is not connected, or that the configuration has
    faults: see ``kiosk status``.
    """
    if reason == INPUT_LOST:
        yield _mark(canvas.area.inset(2))
    area = canvas.area.inset(margin(canvas.area))
    if canvas.logo:
        wide = canvas.area.width >= 1.6 * canvas.area.height
        place, area = _split_beside(area) if wide else _split_above(area)
        yield _logo(canvas.logo, place)
    yield from _texts(canvas, area)


def _mark(area: Box) -> Separator:
    side = max(3, area.height // 20)
    return Separator(Box(area.right - side, area.bottom - side, area.right, area.bottom))


def _split_beside(area: Box) -> tuple[Box, Box]:
    """Return the areas of the logo and of the name."""
    gap = max(4, area.height // 10)
    width = int((area.width - gap) * 0.4)
    place = Box(area.left, area.top, area.left + width, area.bottom)
    return place, area.without_left(width + gap)


def _split_above(area: Box) -> tuple[Box, Box]:
    """Return the areas of the logo and of the name."""
    gap = max(4, area.height // 16)
    height = int((area.height - gap) * 0.45)
    place = Box(area.left, area.top, area.right, area.top + height)
    return place, area.without_top(height + gap)


def _logo(logo: Image.Image, area: Box) -> LogoPart:
    """Return the logo as large as the area allows, with unchanged proportions."""
    scale = min(area.width / logo.width, area.height / logo.height)
    size = max(1, round(logo.width * scale)), max(1, round(logo.height * scale))
    grey = logo.resize(size, Image.Resampling.LANCZOS)
    return LogoPart(ImageChops.invert(grey), area.middle(*size))


def _texts(canvas: Canvas, area: Box) -> Iterator[Part]:
    """Yield the shop's name, and below it the shop's own lines, or a rule and the text "ready"."""
    message = canvas.texts.screens[Screen.IDLE]
    name = Phrase(_name(canvas.shop) if canvas.shop else message.detail, 0.36, True, _NAME_ROWS)
    below = [Phrase((line,), 0.14, rank=2) for line in canvas.idle_lines or (message.headline,)]
    gap = max(4, area.height // 12) if canvas.idle_lines else max(8, area.height // 6)
    text = fit_phrases([name, *below], area.width, area.height, gap, legible=canvas.legible_size)
    if not text.blocks:  # the name is too long for a very small panel
        ready = Phrase((message.headline,), 0.36, bold=True)
        text = fit_phrases([ready], area.width, area.height)
    rows = list(text.placed(area, centered=True))
    yield from rows
    thickness = max(1, canvas.area.height // 100)
    if len(text.blocks) > 1 and not canvas.idle_lines:
        last = len(text.blocks[0].rows)
        middle = (rows[last - 1].box.bottom + rows[last].box.top) // 2
        line = Box(area.left, middle, area.right, middle + thickness)
        yield Separator(line.middle(canvas.area.width // 5, thickness))


def _name(shop: str) -> tuple[str, ...]:
    """Return the name, and for narrow panels the name with its long words cut into pieces."""
    cut = (
        " ".join("- ".join(textwrap.wrap(word, longest)) for word in shop.split())
        for longest in _LONG_WORDS
    )
    return shop, *cut
