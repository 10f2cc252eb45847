"""The screen at rest: the shop's logo and name, and quietly below that the counter is ready."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Box, Logo, Part, Say, Separator, margin, stack
from kiosk.sale.words import Screen


def at_rest(canvas: Canvas) -> Iterator[Part]:
    """Yield the parts; the logo stands beside the name on wide glass, and above it on narrow."""
    room = canvas.room.inset(margin(canvas.room))
    if canvas.logo:
        wide = canvas.room.width >= 1.6 * canvas.room.height
        place, room = _beside(room) if wide else _above(room)
        yield _logo(canvas.logo, place)
    yield from _name(canvas, room)


def _beside(room: Box) -> tuple[Box, Box]:
    gap = max(4, room.height // 10)
    width = int((room.width - gap) * 0.4)
    place = Box(room.left, room.top, room.left + width, room.bottom)
    return place, room.without_left(width + gap)


def _above(room: Box) -> tuple[Box, Box]:
    gap = max(4, room.height // 16)
    height = int((room.height - gap) * 0.45)
    place = Box(room.left, room.top, room.right, room.top + height)
    return place, room.without_top(height + gap)


def _logo(logo: Image.Image, room: Box) -> Logo:
    """Return the logo as large as its room allows, in its own proportions."""
    scale = min(room.width / logo.width, room.height / logo.height)
    size = max(1, round(logo.width * scale)), max(1, round(logo.height * scale))
    grey = logo.resize(size, Image.Resampling.LANCZOS)
    return Logo(grey.point([255] * 128 + [0] * 128, "1"), room.middle(*size))


def _name(canvas: Canvas, room: Box) -> Iterator[Part]:
    """The shop's name, and below a quiet line that the counter is ready."""
    ready = canvas.words.screens[Screen.IDLE].headline
    says = [Say((canvas.shop or ready,), 0.36, bold=True, rows=3)]
    if canvas.shop:
        says.append(Say((ready,), 0.14, rank=1))
    gap = max(8, room.height // 6)
    found = stack(says, room.width, room.height, gap)
    texts = list(found.placed(room, centered=True))
    yield from texts
    if len(found.blocks) == 2:
        middle = (texts[-2].box.bottom + texts[-1].box.top) // 2
        thick = max(1, canvas.room.height // 100)
        line = Box(room.left, middle, room.right, middle + thick)
        yield Separator(line.middle(canvas.room.width // 5, thick))
