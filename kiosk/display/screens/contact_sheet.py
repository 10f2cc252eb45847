"""The contact sheet: every screen on every panel in one picture, to compare them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw, ImageOps

from kiosk.display import Palette, Surface
from kiosk.display.chips.known_panels import KnownPanel
from kiosk.display.fonts.typeface import font
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.paint import blank
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, SHOP, sample_named

_CELL = 264  # columns of a picture; larger panels are scaled down to it
_GAP, _LABEL = 12, 22
_COLORS = 96  # enough for soft edges in four colours, and a small file
_BACKGROUND, _LABEL_COLOR = (214, 210, 202), (40, 40, 40)
_PAPER_LIGHT, _PAPER_DARK = (250, 249, 245), (28, 28, 30)


def contact_sheet(panels: Sequence[KnownPanel], language: str) -> Image.Image:
    """Return a picture with a row for each panel and a column for each screen.

    Panels with the same pictures share a row.
    """
    rows = [_row(name, panel, language) for name, panel in _different(panels)]
    width = _GAP + len(SAMPLE_NAMES) * (_CELL + _GAP)
    sheet = Image.new("RGB", (width, _GAP + sum(row.height + _GAP for row in rows)), _BACKGROUND)
    top = _GAP
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + _GAP
    return sheet.quantize(_COLORS, dither=Image.Dither.NONE)


def _different(panels: Iterable[KnownPanel]) -> list[tuple[str, KnownPanel]]:
    """Return one panel of each size, surface and palette, with the names of all."""
    kinds: dict[tuple[tuple[int, int], Surface, Palette], list[KnownPanel]] = {}
    for panel in panels:
        kinds.setdefault((panel.pixels, panel.surface, panel.palette), []).append(panel)
    return [(", ".join(panel.name for panel in same), same[0]) for same in kinds.values()]


def _row(name: str, panel: KnownPanel, language: str) -> Image.Image:
    tiles = [_tile(panel, screen, language) for screen in SAMPLE_NAMES]
    height = 2 * _LABEL + max(tile.height for tile in tiles)
    row = Image.new("RGB", (_GAP + len(SAMPLE_NAMES) * (_CELL + _GAP), height), _BACKGROUND)
    pen = ImageDraw.Draw(row)
    heading = f"{name}, {panel.pixels[0]} x {panel.pixels[1]}"
    pen.text((_GAP, _LABEL - 5), heading, fill=_LABEL_COLOR, font=font(16, True), anchor="ls")
    for number, (screen, tile) in enumerate(zip(SAMPLE_NAMES, tiles, strict=True)):
        left = _GAP + number * (_CELL + _GAP)
        at = left, 2 * _LABEL - 6
        pen.text(at, screen, fill=_LABEL_COLOR, font=font(13, False), anchor="ls")
        row.paste(tile, (left, 2 * _LABEL))
    return row


def _tile(panel: KnownPanel, screen: str, language: str) -> Image.Image:
    canvas = Canvas.of(panel, language, SHOP)
    try:
        picture = draw(sample_named(screen, language), canvas, NOW)
    except QrDoesNotFit:
        picture = blank(panel.pixels, panel.surface)
    seen = picture.convert("RGB")
    if panel.surface is Surface.PAPER:
        seen = ImageOps.colorize(picture.convert("L"), _PAPER_DARK, _PAPER_LIGHT)
    if seen.width > _CELL:
        size = _CELL, round(seen.height * _CELL / seen.width)
        return seen.resize(size, Image.Resampling.BOX)
    return seen
