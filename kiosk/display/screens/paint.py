"""Parts become pixels, in mode ``1``. Pure; what goes where was decided before.

A colour panel gets the same picture: which tint its ink has is for its driver to know.
"""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw

from kiosk.display import Surface
from kiosk.display.screens.glyphs import glyph
from kiosk.display.screens.layout import Bar, Box, Code, Logo, Part, Picture, Separator, TextRow
from kiosk.display.screens.typeface import font, ink

LIGHT, DARK = 1, 0


def blank(pixels: tuple[int, int], surface: Surface) -> Image.Image:
    """Return the picture of an empty panel: dark where light costs, white on paper."""
    return Image.new("1", pixels, LIGHT if surface is Surface.PAPER else DARK)


def paint(parts: Iterable[Part], pixels: tuple[int, int], surface: Surface) -> Image.Image:
    """Return the picture that the parts make."""
    image = blank(pixels, surface)
    pen = ImageDraw.Draw(image)
    ground, color = (LIGHT, DARK) if surface is Surface.PAPER else (DARK, LIGHT)
    for part in parts:
        match part:
            case TextRow():
                _text(pen, part, color)
            case Picture():
                side = part.box.width
                pen.bitmap((part.box.left, part.box.top), glyph(part.glyph, side), fill=color)
            case Bar():
                _bar(pen, part, color, ground)
            case Separator():
                pen.rectangle(_corners(part.box), fill=color)
            case Logo():
                pen.bitmap((part.box.left, part.box.top), part.ink, fill=color)
            case Code():
                _code(image, part)
    return image


def _corners(box: Box) -> tuple[int, int, int, int]:
    """Return the box as Pillow's shapes want it: the last pixel belongs to them."""
    return box.left, box.top, box.right - 1, box.bottom - 1


def _text(pen: ImageDraw.ImageDraw, text: TextRow, color: int) -> None:
    bearing = ink(text.text, text.size, text.bold)[0]
    at = text.left - bearing, text.baseline
    pen.text(at, text.text, fill=color, font=font(text.size, text.bold), anchor="ls")


def _bar(pen: ImageDraw.ImageDraw, bar: Bar, color: int, ground: int) -> None:
    pen.rectangle(_corners(bar.box), fill=ground, outline=color)
    full = round(bar.box.width * min(1.0, max(0.0, bar.full)))
    if full:
        left, top, _, bottom = _corners(bar.box)
        pen.rectangle((left, top, left + full - 1, bottom), fill=color)


def _code(image: Image.Image, code: Code) -> None:
    """Light the box first: modules without light around them are not read (never inverted)."""
    ImageDraw.Draw(image).rectangle(_corners(code.box), fill=LIGHT)
    modules = code.symbol.image()
    place = code.box.middle(*modules.size)
    image.paste(modules, (place.left, place.top))
