"""Which parts are on which page: as many as are readable below each other on A4.

Heights are steps of half a row of the header.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.frozen import frozen
from kiosk.base.parts import PartSymbol, WiredPart
from kiosk.paper.svg_page import A4, wrapped
from kiosk.wiring.symbols import SMALL
from kiosk.wiring.table import cable_lines

STEP = 4.5  # millimetres
LEFT, RIGHT = 140.0, 198.0  # of the boxes
REMARK = 2.3  # millimetres: the size of remarks
MATERIAL = 3.8  # millimetres: a line of the parts list
_HEADER = 200.0  # millimetres: the header with its notes, above the parts list
_ROOM = 1.12 * A4[1] - 8  # a page that is a little higher is drawn smaller, and stays readable


@frozen
class PartBox:
    """A part on the page, in steps from the top of the parts."""

    part: WiredPart
    texts: tuple[str, ...]
    at: int

    @classmethod
    def of(cls, part: WiredPart, at: int) -> PartBox:
        """Return the box of a part at this step."""
        return cls(part, tuple(texts_of(part)), at)

    @property
    def spacing(self) -> int:
        """Return the steps from terminal to terminal."""
        return 2 if self.part.symbol is PartSymbol.BUZZER else 1

    @property
    def wired(self) -> int:
        """Return the number of terminals with wires of their own."""
        return 0 if self.part.symbol is PartSymbol.BOARD else len(self.part.terminals)

    @property
    def steps(self) -> int:
        """Return how many steps it takes, with the space below it."""
        if not self.wired:
            return 1 + len(self.texts)
        space = 1 if self.part.symbol is PartSymbol.BUTTON else 0
        least = 4 if self.part.symbol is PartSymbol.PANEL else 0
        return 1 + len(self.texts) + space + max(least, (self.wired - 1) * self.spacing + 1)

    def step_of(self, terminal: int) -> int:
        """Return the step of a terminal."""
        space = 1 if self.part.symbol is PartSymbol.BUTTON else 0
        return self.at + len(self.texts) + space + terminal * self.spacing


def split(parts: tuple[WiredPart, ...], top: float, usual_top: float) -> Iterator[range]:
    """Yield the numbers of the parts of each page; the first page begins at ``top``."""
    first, steps, lines = 0, 0, 0
    for number, part in enumerate(parts):
        more, more_lines = PartBox.of(part, 0).steps, len(list(material_lines(part)))
        room = _ROOM - top
        is_full = (steps + more) * STEP > room or (lines + more_lines) * MATERIAL > room - _HEADER
        if number > first and is_full:
            yield range(first, number)
            first, steps, lines, top = number, 0, 0, usual_top
        steps, lines = steps + more, lines + more_lines
    yield range(first, len(parts))


def material_lines(part: WiredPart) -> Iterator[tuple[bool, str]]:
    """Yield the lines of the parts list, and whether a line begins a material."""
    for material in part.materials:
        for number, line in enumerate(wrapped(material, SMALL, 54)):
            yield number == 0, line


def texts_of(part: WiredPart) -> list[str]:
    """Return the lines at the top of a part: its title, its place and remarks."""
    indented = 12 if part.symbol is PartSymbol.PLUG else 0
    room = RIGHT - LEFT - 4 - indented
    said = [part.place] if part.symbol is PartSymbol.PLUG and part.place else []
    said += part.remarks
    if part.symbol is PartSymbol.BOARD:
        said += cable_lines(part.terminals)
    titles = wrapped(part.title, SMALL * 1.15, room)  # it is bold
    return [*titles, *(line for each in said for line in wrapped(each, REMARK, room))]
