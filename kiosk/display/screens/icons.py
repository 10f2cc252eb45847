"""The icons, which people recognise before they read a word. Drawn, so they fit every panel.

Only "paid" is a filled disc, and only "out of service" a filled triangle: people can tell them from
the rings from far away, and without colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

from kiosk.display.screens.layout import Icon

_GRID = 96  # icons are drawn on a square with sides of this many units
_FINE = 4  # pixels per unit, before the icon is scaled down to its size
_STROKE = 10.0

Point = tuple[float, float]


class _Pen:
    """Draws shapes in units; with ``ink`` False it erases them."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def disc(self, center: Point, radius: float, *, ink: bool = True) -> None:
        x, y = center
        box = [(value) * _FINE for value in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, fill=255 if ink else 0)

    def ring(self) -> None:
        self.disc((48, 48), 47)
        self.disc((48, 48), 47 - _STROKE, ink=False)

    def area(self, *points: Point, ink: bool = True) -> None:
        self._draw.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=255 if ink else 0)

    def line(self, *points: Point, ink: bool = True, width: float = _STROKE) -> None:
        """Draw a line with round ends and corners."""
        fine = [(x * _FINE, y * _FINE) for x, y in points]
        fill = 255 if ink else 0
        self._draw.line(fine, fill=fill, width=round(width * _FINE))
        for point in points:
            self.disc(point, width / 2, ink=ink)

    def arc(self, radius: float, start: float, end: float) -> None:
        box = [(48 - radius) * _FINE, (48 - radius) * _FINE]
        box += [(48 + radius) * _FINE, (48 + radius) * _FINE]
        self._draw.arc(box, start, end, fill=255, width=round(_STROKE * _FINE))


def _check(pen: _Pen) -> None:
    pen.disc((48, 48), 47)
    pen.line((26, 50), (42, 66), (71, 33), ink=False, width=12)


def _cross(pen: _Pen) -> None:
    pen.ring()
    pen.line((33, 33), (63, 63))
    pen.line((63, 33), (33, 63))


def _clock(pen: _Pen) -> None:
    pen.ring()
    pen.line((48, 24), (48, 50), (64, 60))


def _stop(pen: _Pen) -> None:
    pen.ring()
    pen.line((28, 48), (68, 48), width=13)


def _return(pen: _Pen) -> None:
    pen.arc(40, -150, 130)
    tip = math.radians(-150)
    x, y = 48 + 35 * math.cos(tip), 48 + 35 * math.sin(tip)
    pen.area((x - 18, y - 6), (x + 20, y - 9), (x + 4, y + 24))


def _hourglass(pen: _Pen) -> None:
    pen.line((20, 8), (76, 8))
    pen.line((20, 88), (76, 88))
    pen.line((27, 8), (27, 22), (69, 74), (69, 88), width=8)
    pen.line((69, 8), (69, 22), (27, 74), (27, 88), width=8)
    pen.area((36, 84), (60, 84), (48, 64))
    pen.area((38, 28), (58, 28), (48, 42))


def _warning(pen: _Pen) -> None:
    corners = (48, 10), (89, 84), (7, 84)
    pen.area(*corners)
    pen.line(*corners, corners[0], width=13)
    pen.line((48, 34), (48, 56), ink=False, width=11)
    pen.disc((48, 74), 6.5, ink=False)


def _question(pen: _Pen) -> None:
    pen.ring()
    pen.line((36, 38), (40, 29), (48, 26), (57, 30), (60, 39), (55, 46), (48, 51), (48, 58))
    pen.disc((48, 72), 6)


def _notice(pen: _Pen) -> None:
    pen.ring()
    pen.line((48, 25), (48, 52), width=12)
    pen.disc((48, 70), 7)


def _viewfinder(pen: _Pen) -> None:
    for x, y, dx, dy in ((8, 8, 1, 1), (88, 8, -1, 1), (8, 88, 1, -1), (88, 88, -1, -1)):
        pen.line((x + 22 * dx, y), (x, y), (x, y + 22 * dy))
    for x, y in ((32, 32), (52, 32), (32, 52), (56, 56)):
        pen.area((x, y), (x + 12, y), (x + 12, y + 12), (x, y + 12))


def _dots(pen: _Pen) -> None:
    for x in (14, 48, 82):
        pen.disc((x, 48), 11)


def _basket(pen: _Pen) -> None:
    pen.line((8, 38), (88, 38), (76, 86), (20, 86), (8, 38))
    pen.line((26, 36), (44, 10), width=8)
    pen.line((70, 36), (52, 10), width=8)
    for x in (36, 48, 60):
        pen.line((x, 52), (x, 72), width=6)


_DRAWINGS: dict[Icon, Callable[[_Pen], None]] = {
    Icon.CHECK: _check,
    Icon.CROSS: _cross,
    Icon.CLOCK: _clock,
    Icon.STOP: _stop,
    Icon.RETURN: _return,
    Icon.HOURGLASS: _hourglass,
    Icon.WARNING: _warning,
    Icon.QUESTION: _question,
    Icon.NOTICE: _notice,
    Icon.VIEWFINDER: _viewfinder,
    Icon.DOTS: _dots,
    Icon.BASKET: _basket,
}


@lru_cache(maxsize=32)
def draw_icon(icon: Icon, side: int, *, smooth: bool = False) -> Image.Image:
    """Return the icon as a mask, drawn large and scaled down: in mode ``L`` if it is ``smooth``.

    Otherwise in mode ``1``, cut at the middle grey: curves are smoother than curves drawn in
    one-bit pixels.
    """
    large = Image.new("L", (_GRID * _FINE, _GRID * _FINE))
    _DRAWINGS[icon](_Pen(large))
    small = large.resize((side, side), Image.Resampling.BOX)
    return small if smooth else small.point([0] * 128 + [255] * 128, "1")
