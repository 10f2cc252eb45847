"""Draws a wiring on pages of A4: the header, the parts beside it, and the wires between them.

Heights are steps of half a row of the header. Pins and their wires are on whole steps, terminals on
half ones, so that no two horizontal lines coincide.
"""

from __future__ import annotations

from kiosk.base.language import _
from kiosk.base.parts import PartSymbol
from kiosk.paper.svg_page import BLACK, GREY, PALE, RED, Anchor, Point, Stroke, SvgPage, wrapped
from kiosk.wiring.header import PINS, name_of
from kiosk.wiring.part_pages import (
    LEFT,
    MATERIAL,
    REMARK,
    RIGHT,
    STEP,
    PartBox,
    material_lines,
    split,
)
from kiosk.wiring.plan import End, Wire, WiringPlan
from kiosk.wiring.routing import Run, lanes, spread
from kiosk.wiring.symbols import SMALL, draw_inside, draw_plug

_MARGIN, _ROW = 12.0, 2 * STEP
_ODD, _EVEN = 36.0, 44.0  # the two columns of pins
_LANES = (72.0, 106.0)
_TEXT = 2.8
_LABEL = 2.2
_WIDEST_LANE = 3.0
_TOP = 40.0  # of the header, without conflicts

_COLOURS = {
    "orange": "#e07b00",
    "red": "#b3202c",
    "black": BLACK,
    "yellow": "#d9b400",
    "green": "#1d8a3a",
    "blue": "#1f5fbf",
    "violet": "#8040a0",
    "brown": "#7a4a21",
    "grey": "#888888",
    "white": "#bbbbbb",
}


def draw(plan: WiringPlan, name: str, file: str) -> list[str]:
    """Return an SVG file for each page."""
    conflicts = [
        line
        for conflict in plan.conflicts
        for line in wrapped(_("CONFLICT: {conflict}", conflict=conflict), _TEXT, 158)
    ]
    tops = [_TOP + 4.5 * len(conflicts), _TOP]
    pages = list(split(plan.parts, *tops))
    drawn = []
    for number, parts in enumerate(pages):
        page = SvgPage(_("Wiring of {name}", name=name))
        place = f"{file}  {number + 1}/{len(pages)}" if len(pages) > 1 else file
        _draw_title(page, name, place)
        if number == 0:
            _draw_conflicts(page, conflicts)
        sheet = _Sheet(page, plan, tops[min(number, 1)], parts)
        sheet.draw_parts()
        sheet.draw_wires()
        sheet.draw_header()
        drawn.append(page.as_svg())
    return drawn


def _draw_title(page: SvgPage, name: str, file: str) -> None:
    page.text((_MARGIN, 16), _("Wiring of {name}", name=name), 6, bold=True)
    page.text((RIGHT, 16), file, _TEXT, anchor="end", colour=GREY)
    safety = _("Unplug the power of the Raspberry Pi before you connect or move a wire.")
    page.text((_MARGIN, 22), safety, _TEXT)


def _draw_conflicts(page: SvgPage, lines: list[str]) -> None:
    if lines:
        bottom = 27.5 + 4.5 * len(lines)
        page.box(_MARGIN, 25.5, RIGHT, bottom, Stroke(RED, 0.8), corner=1)
    for number, line in enumerate(lines):
        page.text((_MARGIN + 2, 30 + 4.5 * number), line, _TEXT, bold=True, colour=RED)


class _Sheet:
    """The header, and the parts and the wires of one page."""

    def __init__(self, page: SvgPage, plan: WiringPlan, top: float, numbers: range) -> None:
        self._page, self._plan, self._top = page, plan, top
        self._wires = [wire for wire in plan.wires if wire.end.part in numbers]
        self._boxes: dict[int, PartBox] = {}
        at = 0
        for number in numbers:
            self._boxes[number] = PartBox.of(plan.parts[number], at)
            at += self._boxes[number].steps

    def _height(self, step: int) -> float:
        return self._top - STEP / 2 + step * STEP

    def _pin(self, pin: int) -> Point:
        return (_ODD if pin % 2 else _EVEN), self._top + (pin - 1) // 2 * _ROW

    def _exit(self, pin: int) -> float:
        """Return the height at which a pin's wire leaves: an odd pin's is below the even one."""
        return self._pin(pin)[1] + (STEP if pin % 2 else 0)

    def _end(self, end: End) -> float:
        return self._height(self._boxes[end.part].step_of(end.terminal))

    def draw_parts(self) -> None:
        """Draw the boxes."""
        for box in self._boxes.values():
            self._draw_part(box)

    def _draw_part(self, box: PartBox) -> None:
        page, part = self._page, box.part
        first, last = self._height(box.at), self._height(box.at + box.steps - 2)
        board = part.symbol is PartSymbol.BOARD
        stroke = Stroke(BLACK, 0.8, "2,1") if board else Stroke(BLACK, 0.5)
        page.box(LEFT, first - 2.8, RIGHT, last + 2.6, stroke, corner=1.2)
        indented = 12 if part.symbol is PartSymbol.PLUG else 0
        if indented:
            draw_plug(page, LEFT + 1.5, first - 1.6)
        for number, text in enumerate(box.texts):
            title = number == 0
            at = (LEFT + 2 + indented, self._height(box.at + number) + 0.9)
            page.text(at, text, SMALL if title else REMARK, bold=title)
        heights = [self._height(box.step_of(number)) for number in range(box.wired)]
        draw_inside(page, part, LEFT, heights)

    def draw_wires(self) -> None:
        """Draw the wires in their lanes: first those to the header."""
        to_pins = [wire for wire in self._wires if wire.pin is not None]
        onward = [wire for wire in self._wires if wire.pin is None]
        runs = [Run(self._exit(wire.pin or 0), self._end(wire.end)) for wire in to_pins]
        order = [*lanes(runs), *range(len(to_pins), len(self._wires))]
        places, step = spread(len(order), *_LANES, _WIDEST_LANE)
        for wire, lane in zip([*to_pins, *onward], order, strict=True):
            self._draw_wire(wire, places[lane], min(0.8, step * 0.6))
        for wire in self._wires:
            self._label(wire, self._end(wire.end))

    def _draw_wire(self, wire: Wire, lane: float, thick: float) -> None:
        path = [*self._beginning(wire, lane), (lane, self._end(wire.end))]
        path.append((LEFT, self._end(wire.end)))
        colour = RED if wire.clashes else _COLOURS[wire.colour]
        dash = "2.5,1" if wire.clashes else ""
        self._page.line(*path, stroke=Stroke("#ffffff", 2 * thick))
        stroke = Stroke(colour, thick * (1.3 if wire.clashes else 1), dash)
        self._page.line(*path, stroke=stroke, kind="wire")
        if wire.onward and self._has(wire.onward):
            self._page.circle((lane, self._end(wire.onward)), thick, fill=BLACK)

    def _has(self, end: End) -> bool:
        return end.part in self._boxes

    def _beginning(self, wire: Wire, lane: float) -> list[Point]:
        """Return the points up to the lane; none if it begins on another page."""
        if wire.pin is not None:
            column, height = self._pin(wire.pin)
            return [(column, height), (column, self._exit(wire.pin)), (lane, self._exit(wire.pin))]
        assert wire.onward
        if not self._has(wire.onward):
            return []
        return [(LEFT, self._end(wire.onward)), (lane, self._end(wire.onward))]

    def _label(self, wire: Wire, end: float) -> None:
        """Write on a wire what it is, at both of its ends."""
        to = self._plan.terminal(wire.end).to
        name = str(to) if wire.pin is None else f"{wire.pin} · {name_of(wire.pin)}"
        label, colour = f"{name} · {_(wire.colour)}", RED if wire.clashes else BLACK
        self._page.text(
            (LEFT - 1.5, end - 1), label, _LABEL, anchor="end", bold=wire.clashes, colour=colour
        )

    def draw_header(self) -> None:
        """Draw the pins with their names, over the wires."""
        page, top = self._page, self._top
        bottom = top + 19 * _ROW + 5
        plugged = any(part.symbol is PartSymbol.BOARD for part in self._plan.parts)
        stroke = Stroke(BLACK, 0.9, "2,1") if plugged else Stroke(GREY, 0.4)
        page.box(_ODD - 4.8, top - 5, _EVEN + 4.8, bottom, stroke, fill="none", corner=1)
        page.shape((_ODD - 1.5, top - 9), (_ODD + 1.5, top - 9), (_ODD, top - 6))
        page.text((_ODD - 3, top - 6.5), _("pin 1"), _TEXT, anchor="end", bold=True)
        for pin in PINS:
            self._draw_pin(pin)
        notes = [_("Pins 2, 4 … 40 are at the edge of the board.")]
        if len(self._wires) < len(self._plan.wires):
            notes.append(_("A bold pin without a wire belongs to a part on another page."))
        if any(wire.onward and not self._has(wire.onward) for wire in self._wires):
            notes.append(_("A wire from nowhere: join it to the same supply on the page before."))
        if self._plan.taken:
            notes.append(_("Crossed out: taken by a bus or a board. Leave it free."))
        lines = [line for note in notes for line in wrapped(note, REMARK, 56)]
        for number, line in enumerate(lines):
            page.text((_MARGIN, bottom + 4 + 3.6 * number), line, REMARK)
        self._draw_materials(bottom + 10 + 3.6 * len(lines))

    def _draw_pin(self, pin: int) -> None:
        page, (x, y) = self._page, self._pin(pin)
        wires = [wire for wire in self._plan.wires if wire.pin == pin]
        clashes = any(wire.clashes for wire in wires)
        colour = RED if clashes else BLACK if wires else GREY
        stroke = Stroke(colour, 0.9 if wires else 0.3)
        fill = "#ffffff" if wires else PALE
        if pin == 1:
            page.box(x - 2.9, y - 2.9, x + 2.9, y + 2.9, stroke, fill)
        else:
            page.circle((x, y), 2.9, stroke, fill)
        page.text((x, y + 0.9), str(pin), 2.6, anchor="middle", bold=bool(wires), colour=colour)
        if pin in self._plan.taken:
            page.line((x - 2, y + 2), (x + 2, y - 2), stroke=Stroke(GREY, 0.5))
        side = (x - 6, y + 1) if pin % 2 else (x + 6, y - 1.2)
        anchor: Anchor = "end" if pin % 2 else "start"
        bold = bool(wires)
        page.text(side, name_of(pin), _TEXT, anchor=anchor, bold=bold, colour=colour)
        if pin % 2 and wires:
            page.text((_EVEN + 6, y + STEP - 1), f"{pin} · {name_of(pin)}", _LABEL)

    def _draw_materials(self, top: float) -> None:
        """Write the parts list below the header."""
        self._page.text((_MARGIN, top), _("Parts:"), 3.4, bold=True)
        at = top + 5
        for part in (box.part for box in self._boxes.values()):
            for begins, line in material_lines(part):
                if begins:
                    self._page.text((_MARGIN, at), "–", SMALL)
                self._page.text((_MARGIN + 2.5, at), line, SMALL)
                at += MATERIAL
