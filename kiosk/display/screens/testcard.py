"""The picture of ``kiosk test display``: it shows every wrong setting of a panel at a glance.

A line along all four edges, a black square on white, an arrow that points up, a letter that is
different when mirrored, and on a colour panel bars with the names of their colours.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from kiosk.display import Palette, Surface
from kiosk.display.fonts.typeface import MIN_SIZE, font, ink_width
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Box
from kiosk.display.screens.paint import DARK, LIGHT, blank

# The names are read by a technician who compares them with what is around them.
_BARS = {
    "es": (("rojo", "#ff0000"), ("verde", "#00ff00"), ("azul", "#0000ff")),
    "pt": (("vermelho", "#ff0000"), ("verde", "#00ff00"), ("azul", "#0000ff")),
    "en": (("red", "#ff0000"), ("green", "#00ff00"), ("blue", "#0000ff")),
}
_LETTER = "F"  # it looks different from every side, and in a mirror


def panel_card(canvas: Canvas) -> Image.Image:
    """Return the picture, in the mode of the canvas's palette."""
    image = blank(canvas.pixels, canvas.surface, canvas.palette)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    edge = DARK if canvas.surface is Surface.PAPER else LIGHT
    pen.rectangle(_corners(canvas.area), outline=edge)
    field = canvas.area.inset(2 if min(canvas.pixels) < 100 else 4)
    pen.rectangle(_corners(field), fill=LIGHT)
    if canvas.palette is Palette.COLOUR:
        bars = Box(field.left, field.bottom - field.height // 3, field.right, field.bottom)
        _colours(pen, bars, canvas.language)
        field = Box(field.left, field.top, field.right, bars.top)
    square, arrow, letter = _thirds(field)
    pen.rectangle(_corners(square), fill=DARK)
    _arrow(pen, arrow)
    size = max(MIN_SIZE, letter.height)
    middle = (letter.left + letter.right) // 2, (letter.top + letter.bottom) // 2
    pen.text(middle, _LETTER, fill=DARK, font=font(size, bold=True), anchor="mm")
    return image


def _thirds(field: Box) -> tuple[Box, ...]:
    """Return three equal squares, side by side or one below the other."""
    wide = field.width > field.height
    step = max(field.width, field.height) // 3
    side = min(step, field.width, field.height) * 3 // 4
    cells = (
        Box(field.left + n * step, field.top, field.left + (n + 1) * step, field.bottom)
        if wide
        else Box(field.left, field.top + n * step, field.right, field.top + (n + 1) * step)
        for n in range(3)
    )
    return tuple(cell.middle(side, side) for cell in cells)


def _arrow(pen: ImageDraw.ImageDraw, box: Box) -> None:
    middle, neck, half = (box.left + box.right) // 2, box.top + box.height // 2, box.width // 8
    pen.polygon([(middle, box.top), (box.left, neck), (box.right - 1, neck)], fill=DARK)
    pen.rectangle((middle - half, neck, middle + half, box.bottom - 1), fill=DARK)


def _colours(pen: ImageDraw.ImageDraw, box: Box, language: str) -> None:
    bars = _BARS[language]
    width = box.width // len(bars)
    fitting = range(max(MIN_SIZE, box.height * 2 // 3), MIN_SIZE, -1)
    longest = max((name for name, _ in bars), key=len)
    size = next((size for size in fitting if ink_width(longest, size, True) < width - 2), MIN_SIZE)
    for number, (name, colour) in enumerate(bars):
        bar = Box(box.left + number * width, box.top, box.left + (number + 1) * width, box.bottom)
        pen.rectangle(_corners(bar), fill=colour)
        at = (bar.left + bar.right) // 2, (bar.top + bar.bottom) // 2
        ink = DARK if colour == "#00ff00" else LIGHT
        pen.text(at, name, fill=ink, font=font(size, bold=True), anchor="mm")


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right - 1, box.bottom - 1
