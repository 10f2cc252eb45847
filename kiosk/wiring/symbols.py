"""The inside of a part, by its symbol: resistors, LEDs, transistor, switch, plug.

Every function gets the left edge of the part, and the heights of its terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kiosk.base.parts import PartSymbol, Supply, WiredPart
from kiosk.paper.svg_page import BLACK, Stroke, SvgPage, width

SMALL = 2.4  # millimetres: the size of the texts in a part
_NAME = 2.5  # from the edge to a terminal's name

Heights = Sequence[float]


def draw_inside(page: SvgPage, part: WiredPart, left: float, heights: Heights) -> None:
    """Draw what is in the box of a part."""
    for terminal, height in zip(part.terminals, heights, strict=False):
        page.circle((left, height), 0.7, fill=BLACK)
        if part.symbol in (PartSymbol.PANEL, PartSymbol.MODULE):
            page.text((left + _NAME, height + 0.8), terminal.name, SMALL)
    if draw := _DRAWN.get(part.symbol):
        draw(page, part, left, heights)


def _panel(page: SvgPage, _part: WiredPart, left: float, heights: Heights) -> None:
    top, bottom = heights[0] - 1, max(heights[-1] + 1, heights[0] + 10)
    page.box(left + 30, top, left + 54, bottom, corner=1, fill="#f4f4f4")
    page.box(left + 32, top + 2, left + 52, bottom - 2)


def _lamps(page: SvgPage, part: WiredPart, left: float, heights: Heights) -> None:
    rail, common = left + 52, heights[-1]
    anode = part.terminals[-1].to is Supply.V3
    for terminal, height in zip(part.terminals[:-1], heights[:-1], strict=True):
        page.line((left, height), (rail, height))
        _named(page, left, height, terminal.name)
        _resistor(page, left + 20, height, terminal.through)
        _diode(page, left + 43, height, to_the_left=anode)
        page.circle((rail, height), 0.5, fill=BLACK)
    page.line((rail, heights[0]), (rail, common), (left, common))
    _named(page, left, common, part.terminals[-1].name)


def _named(page: SvgPage, left: float, height: float, name: str) -> None:
    """Write a name over a wire, with white behind it."""
    end = left + _NAME + width(name, SMALL)
    page.box(left + 2, height - 1.6, end, height + 1.6, Stroke("none"))
    page.text((left + _NAME, height + 0.8), name, SMALL)


def _resistor(page: SvgPage, left: float, height: float, value: str) -> None:
    page.box(left, height - 1.6, left + 14, height + 1.6)
    page.text((left + 7, height + 0.8), value, SMALL, anchor="middle")


def _diode(page: SvgPage, at: float, height: float, *, to_the_left: bool) -> None:
    """Draw a diode whose arrow points to its cathode."""
    back, tip = (at + 1.6, at - 1.6) if to_the_left else (at - 1.6, at + 1.6)
    page.shape((back, height - 1.6), (back, height + 1.6), (tip, height))
    page.line((tip, height - 1.6), (tip, height + 1.6))


def _buzzer(page: SvgPage, part: WiredPart, left: float, heights: Heights) -> None:
    """Draw 5 V, the buzzer, the transistor as a switch below it, and ground."""
    top, base, bottom = heights
    rail, diode = left + 44, left + 51
    middle = (top + base - 2.5) / 2
    page.line((left, top), (rail, top), (rail, base - 2.5))
    page.circle((rail, middle), 2.2)
    page.text((rail, middle + 0.9), "♪", SMALL, anchor="middle")
    if protection := part.terminals[0].through:
        page.line((rail, top), (diode, top), (diode, base - 2.5), (rail, base - 2.5))
        page.shape((diode - 1.4, middle + 1.2), (diode + 1.4, middle + 1.2), (diode, middle - 1.2))
        page.line((diode - 1.4, middle - 1.2), (diode + 1.4, middle - 1.2))
        page.text((diode + 5.5, base + 1), protection, 1.9, anchor="end")
    page.line((left, base), (rail - 5, base))
    _resistor(page, left + 18, base, part.terminals[1].through)
    page.line((rail - 5, base - 2.2), (rail - 5, base + 2.2), stroke=Stroke(width=0.9))
    page.line((rail - 5, base - 1), (rail, base - 2.5))
    page.line((rail - 5, base + 1), (rail, base + 2.5), (rail, bottom), (left, bottom))
    tip = (rail - 0.6, base + 2.3)
    page.shape(tip, (tip[0] - 2, tip[1] + 0.4), (tip[0] - 1.1, tip[1] - 1.5))
    page.text((left + 20, bottom - 1.2), "NPN  BC337", 2.0)


def _button(page: SvgPage, _part: WiredPart, left: float, heights: Heights) -> None:
    top, bottom = heights
    first, second = left + 26, left + 36
    page.line((left, top), (first, top))
    page.line((second, top), (left + 44, top), (left + 44, bottom), (left, bottom))
    page.line((first - 1, top - 2), (second + 1, top - 2))
    page.line(((first + second) / 2, top - 2), ((first + second) / 2, top - 3))
    for contact in (first, second):
        page.circle((contact, top), 0.8)


def draw_plug(page: SvgPage, left: float, top: float) -> None:
    """Draw a USB plug."""
    page.box(left, top, left + 6, top + 3.4, fill="#dddddd", corner=0.6)
    page.box(left + 6, top + 0.5, left + 10, top + 2.9)
    page.line((left + 7, top + 1.2), (left + 8, top + 1.2))
    page.line((left + 7, top + 2.2), (left + 8, top + 2.2))


_DRAWN: Mapping[PartSymbol, Callable[[SvgPage, WiredPart, float, Heights], None]] = {
    PartSymbol.PANEL: _panel,
    PartSymbol.LAMPS: _lamps,
    PartSymbol.BUZZER: _buzzer,
    PartSymbol.BUTTON: _button,
}
