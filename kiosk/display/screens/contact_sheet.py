"""The contact sheet: every state on every panel, to be looked over at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from kiosk.display import Surface
from kiosk.display.chips.known_panels import KnownPanel
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, SHOP, STATES, state
from kiosk.display.screens.typeface import font

_CELL = 264  # columns of a picture; larger panels are brought down to it
_GAP, _LABEL = 12, 22
_TABLE, _LIT, _DARK, _INK = (214, 210, 202), (232, 244, 255), (10, 12, 16), (40, 40, 40)
_WHITE, _BLACK = (250, 249, 245), (28, 28, 30)


def contact_sheet(panels: Sequence[KnownPanel], language: str) -> Image.Image:
    """Return a row for each panel that looks different from all before, a column for each state."""
    rows = [_row(name, panel, language) for name, panel in _different(panels)]
    width = _GAP + len(STATES) * (_CELL + _GAP)
    sheet = Image.new("RGB", (width, _GAP + sum(row.height + _GAP for row in rows)), _TABLE)
    top = _GAP
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + _GAP
    return sheet.quantize(32, dither=Image.Dither.NONE)


def _different(panels: Iterable[KnownPanel]) -> list[tuple[str, KnownPanel]]:
    """Return the panels with their names; those whose pictures are the same share one row."""
    kinds: dict[tuple[tuple[int, int], Surface], list[KnownPanel]] = {}
    for panel in panels:
        kinds.setdefault((panel.pixels, panel.surface), []).append(panel)
    return [(", ".join(panel.name for panel in same), same[0]) for same in kinds.values()]


def _row(name: str, panel: KnownPanel, language: str) -> Image.Image:
    tiles = [_tile(panel, shown, language) for shown in STATES]
    height = 2 * _LABEL + max(tile.height for tile in tiles)
    row = Image.new("RGB", (_GAP + len(STATES) * (_CELL + _GAP), height), _TABLE)
    pen = ImageDraw.Draw(row)
    heading = f"{name}, {panel.pixels[0]} x {panel.pixels[1]}"
    pen.text((_GAP, _LABEL - 5), heading, fill=_INK, font=font(16, True), anchor="ls")
    for number, (shown, tile) in enumerate(zip(STATES, tiles, strict=True)):
        left = _GAP + number * (_CELL + _GAP)
        pen.text((left, 2 * _LABEL - 6), shown, fill=_INK, font=font(13, False), anchor="ls")
        row.paste(tile, (left, 2 * _LABEL))
    return row


def _tile(panel: KnownPanel, shown: str, language: str) -> Image.Image:
    step = 60.0 if panel.surface is Surface.PAPER else 1.0
    canvas = Canvas(panel.pixels, language, SHOP, panel.surface, step)
    try:
        picture = draw(state(shown, language), canvas, NOW)
    except QrDoesNotFit:
        picture = Image.new("1", panel.pixels)
    light, dark = (_WHITE, _BLACK) if panel.surface is Surface.PAPER else (_LIT, _DARK)
    tinted = Image.new("RGB", picture.size, dark)
    tinted.paste(light, (0, 0, *picture.size), picture)
    if tinted.width > _CELL:
        size = _CELL, round(tinted.height * _CELL / tinted.width)
        return tinted.resize(size, Image.Resampling.BOX)
    return tinted
