"""Turns the parts of a screen into pixels. Pure; their places are already decided."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw

from kiosk.display import Palette, Surface, as_mode
from kiosk.display.fonts.typeface import INK_EDGE, ink_mask
from kiosk.display.screens.icons import draw_icon
from kiosk.display.screens.layout import (
    Box,
    IconPart,
    LogoPart,
    Part,
    QrPart,
    Separator,
    TextRow,
    TimeBar,
    Tone,
)

LIGHT, DARK = "#ffffff", "#000000"

# Each is readable on its background (contrast of 5.9 or more; W3C's WCAG 2.2 asks for 4.5), stays
# so with 5 bits of red and blue, and is on the right side of the middle grey in black and white.
# For people who see no red or green, green has some blue, and red is the darkest.
_TONES = {
    Surface.EMISSIVE: {
        Tone.NEUTRAL: LIGHT,
        Tone.GOOD: "#42de7b",
        Tone.WAITING: "#ffbe00",
        Tone.BAD: "#ff594a",
    },
    Surface.PAPER: {
        Tone.NEUTRAL: DARK,
        Tone.GOOD: "#007531",
        Tone.WAITING: "#945100",
        Tone.BAD: "#bd1018",
    },
}


def blank(
    pixels: tuple[int, int], surface: Surface, palette: Palette = Palette.MONO
) -> Image.Image:
    """Return the picture of an empty panel: white on e-paper, dark on others."""
    return Image.new(palette.mode, pixels, LIGHT if surface is Surface.PAPER else DARK)


def paint(
    parts: Iterable[Part],
    pixels: tuple[int, int],
    surface: Surface,
    palette: Palette = Palette.MONO,
) -> Image.Image:
    """Return the picture of the parts, with smooth edges where the palette has shades."""
    image = blank(pixels, surface, palette)
    pen = ImageDraw.Draw(image)
    smooth = palette is not Palette.MONO
    background, color = (LIGHT, DARK) if surface is Surface.PAPER else (DARK, LIGHT)
    for part in parts:
        match part:
            case TextRow():
                mask = ink_mask(part.text, part.size, part.bold, smooth=smooth)
                at = part.box.left - INK_EDGE, part.box.top - INK_EDGE
                pen.bitmap(at, mask, fill=tone_color(part.tone, surface, palette))
            case IconPart():
                mask = draw_icon(part.icon, part.box.width, smooth=smooth)
                fill = tone_color(part.icon.tone, surface, palette)
                pen.bitmap((part.box.left, part.box.top), mask, fill=fill)
            case TimeBar():
                _time_bar(pen, part, color, background)
            case Separator():
                pen.rectangle(_corners(part.box), fill=color)
            case LogoPart():
                mask = part.ink if smooth else as_mode(part.ink, "1")
                pen.bitmap((part.box.left, part.box.top), mask, fill=color)
            case QrPart():
                _qr(image, part)
    return image


def tone_color(tone: Tone, surface: Surface, palette: Palette) -> str:
    """Return the colour of a headline and its icon."""
    return _TONES[surface][tone if palette is Palette.COLOUR else Tone.NEUTRAL]


def _corners(box: Box) -> tuple[int, int, int, int]:
    """Return the box as Pillow's shapes take it: with its last row and column."""
    return box.left, box.top, box.right - 1, box.bottom - 1


def _time_bar(pen: ImageDraw.ImageDraw, bar: TimeBar, color: str, background: str) -> None:
    pen.rectangle(_corners(bar.box), fill=background, outline=color)
    if full := bar.full_columns:
        left, top, _, bottom = _corners(bar.box)
        pen.rectangle((left, top, left + full - 1, bottom), fill=color)


def _qr(image: Image.Image, qr: QrPart) -> None:
    """Paint the box light first: phones do not read a QR without light around it.

    A QR is always dark on light; inverted ones are not read by every phone.
    """
    ImageDraw.Draw(image).rectangle(_corners(qr.box), fill=LIGHT)
    modules = qr.symbol.image()
    place = qr.box.middle(*modules.size)
    image.paste(modules, (place.left, place.top))
