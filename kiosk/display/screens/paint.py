"""Turns the parts of a screen into pixels. Pure; their places are already decided."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw

from kiosk.display import Palette, Surface
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
)
from kiosk.display.screens.typeface import font, ink_box

LIGHT, DARK = "white", "black"


def blank(
    pixels: tuple[int, int], surface: Surface, palette: Palette = Palette.MONO
) -> Image.Image:
    """Return the picture of an empty panel: white on e-paper, dark on others."""
    return Image.new(palette.mode, pixels, LIGHT if surface is Surface.PAPER else DARK)


def as_mode(image: Image.Image, mode: str) -> Image.Image:
    """Return the image in another mode; in mode ``1`` a pixel is white from the middle grey on.

    Pillow's own conversion to mode ``1`` scatters dots for shades: it would spoil a QR.
    """
    return image.convert(mode, dither=Image.Dither.NONE)


def paint(
    parts: Iterable[Part],
    pixels: tuple[int, int],
    surface: Surface,
    palette: Palette = Palette.MONO,
) -> Image.Image:
    """Return the picture of the parts."""
    image = blank(pixels, surface, palette)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    background, color = (LIGHT, DARK) if surface is Surface.PAPER else (DARK, LIGHT)
    for part in parts:
        match part:
            case TextRow():
                _text(pen, part, color)
            case IconPart():
                mask = draw_icon(part.icon, part.box.width)
                pen.bitmap((part.box.left, part.box.top), mask, fill=color)
            case TimeBar():
                _time_bar(pen, part, color, background)
            case Separator():
                pen.rectangle(_corners(part.box), fill=color)
            case LogoPart():
                pen.bitmap((part.box.left, part.box.top), part.ink, fill=color)
            case QrPart():
                _qr(image, part)
    return image


def _corners(box: Box) -> tuple[int, int, int, int]:
    """Return the box as Pillow's shapes take it: with its last row and column."""
    return box.left, box.top, box.right - 1, box.bottom - 1


def _text(pen: ImageDraw.ImageDraw, text: TextRow, color: str) -> None:
    bearing = ink_box(text.text, text.size, text.bold)[0]
    at = text.left - bearing, text.baseline
    pen.text(at, text.text, fill=color, font=font(text.size, text.bold), anchor="ls")


def _time_bar(pen: ImageDraw.ImageDraw, bar: TimeBar, color: str, background: str) -> None:
    pen.rectangle(_corners(bar.box), fill=background, outline=color)
    full = round(bar.box.width * min(1.0, max(0.0, bar.full)))
    if full:
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
