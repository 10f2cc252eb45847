"""A page of SVG, in millimetres, and the width of its texts.

The texts are in DejaVu Sans or Verdana, which are as wide as each other; where neither is
installed, other fonts are narrower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kiosk.base.frozen import frozen

A4 = (210.0, 297.0)
BLACK, RED, GREY, PALE = "#000000", "#d00000", "#777777", "#eeeeee"
_FONT = "DejaVu Sans, Verdana, sans-serif"
_NARROW = frozenset("fijlrtI|.,:;'!()[]/ -·1")
_WIDE = frozenset("mwMW@%→—…Ω")

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


def width(text: str, size: float) -> float:
    """Return at most how wide a text is, in the unit of its size."""
    return size * sum(map(_advance, text))


def _advance(letter: str) -> float:
    if letter in _NARROW:
        return 0.64 if letter == "1" else 0.42
    if letter in _WIDE:
        return 1.0
    return 0.78 if letter.isupper() else 0.645


def wrapped(text: str, size: float, most: float) -> Iterator[str]:
    """Yield the text in lines that are not wider than ``most``; a longer word is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width(longer, size) <= most:
            line = longer
            continue
        if line:
            yield line
        line = word
        while width(line, size) > most:
            cut = next(at for at in range(len(line), 0, -1) if width(line[:at], size) <= most)
            yield line[:cut]
            line = line[cut:]
    if line:
        yield line


@frozen
class Stroke:
    """How a line is drawn; ``dash`` is in millimetres, as SVG has it."""

    colour: str = BLACK
    width: float = 0.4
    dash: str = ""


THIN = Stroke()


class SvgPage:
    """What was drawn so far. Its height grows with ``reach``; A4 is scaled to fit it."""

    def __init__(self, title: str) -> None:
        self._root = Element("svg", xmlns="http://www.w3.org/2000/svg")
        SubElement(self._root, "title").text = title
        # Without it, browsers print a margin of their own, and all is smaller than it should be.
        SubElement(self._root, "style").text = "@page { size: A4; margin: 0 }"
        self._bottom = 0.0

    def reach(self, bottom: float) -> None:
        """Note that something is drawn down to here."""
        self._bottom = max(self._bottom, bottom)

    def text(
        self,
        at: Point,
        text: str,
        size: float,
        *,
        anchor: Anchor = "start",
        bold: bool = False,
        colour: str = BLACK,
    ) -> None:
        """Write a text; ``at`` is on its baseline."""
        place = {"x": _number(at[0]), "y": _number(at[1])}
        style = {"font-size": _number(size), "text-anchor": anchor, "fill": colour}
        if bold:
            style["font-weight"] = "bold"
        SubElement(self._root, "text", {**place, **style}).text = text
        self.reach(at[1])

    def line(self, *points: Point, stroke: Stroke = THIN, kind: str = "") -> None:
        """Draw a line through the points. ``kind`` becomes its class in the file."""
        words = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        style = {"fill": "none", **_stroke(stroke), "stroke-linejoin": "round"}
        if kind:
            style["class"] = kind
        SubElement(self._root, "polyline", {"points": words, **style})

    def shape(self, *points: Point, fill: str = BLACK) -> None:
        """Draw a filled polygon."""
        words = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        SubElement(self._root, "polygon", {"points": words, "fill": fill})

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        stroke: Stroke = THIN,
        fill: str = "#ffffff",
        corner: float = 0,
    ) -> None:
        """Draw a rectangle."""
        place = {"x": left, "y": top, "width": right - left, "height": bottom - top, "rx": corner}
        attributes = {name: _number(value) for name, value in place.items()}
        SubElement(self._root, "rect", {**attributes, "fill": fill, **_stroke(stroke)})
        self.reach(bottom)

    def circle(
        self, at: Point, radius: float, stroke: Stroke = THIN, fill: str = "#ffffff"
    ) -> None:
        """Draw a circle."""
        place = {"cx": _number(at[0]), "cy": _number(at[1]), "r": _number(radius)}
        SubElement(self._root, "circle", {**place, "fill": fill, **_stroke(stroke)})

    def modules(
        self, rows: Sequence[bytes], at: Point, module: float, height: float = 0, fill: str = BLACK
    ) -> None:
        """Draw the modules of a code that are 1; ``height`` is that of a row, if not a module's."""
        height = height or module
        runs, y = [], at[1]
        for cells, alike in groupby(rows):
            high, left = len(list(alike)) * height, 0
            for dark, run in groupby(cells):
                count = len(list(run))
                if dark:
                    x, wide = at[0] + left * module, count * module
                    runs.append(f"M{x:.3f} {y:.3f}h{wide:.3f}v{high:.3f}h-{wide:.3f}z")
                left += count
            y += high
        style = {"fill": fill, "shape-rendering": "crispEdges"}
        SubElement(self._root, "path", {"d": "".join(runs), **style})
        self.reach(y)

    @property
    def root(self) -> Element:
        """Return what was drawn, in millimetres."""
        return self._root

    def as_svg(self) -> str:
        """Return the file. What is higher than A4 is drawn smaller."""
        scale = max(1.0, (self._bottom + 8) / A4[1])
        wide, high = A4[0] * scale, A4[1] * scale
        left = (A4[0] - wide) / 2
        self._root.set("width", f"{A4[0]:g}mm")
        self._root.set("height", f"{A4[1]:g}mm")
        self._root.set("viewBox", " ".join(map(_number, (left, 0, wide, high))))
        self._root.set("font-family", _FONT)
        indent(self._root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(self._root, "unicode") + "\n"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _stroke(stroke: Stroke) -> dict[str, str]:
    dash = {"stroke-dasharray": stroke.dash} if stroke.dash else {}
    return {"stroke": stroke.colour, "stroke-width": _number(stroke.width), **dash}
