"""Chooses the pins: parts become wires, each with a pin, a colour, and the conflicts.

No two wires share a pin of a supply. Where the pins of a supply are not sufficient, a wire goes to
the nearest terminal that has that supply already. A GPIO line with two users is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark
from kiosk.base.parts import PartSymbol, PartTerminal, Supply, WiredPart
from kiosk.wiring.header import pins_of

_SUPPLY_COLOURS = {
    Supply.V3: mark("orange"),
    Supply.V5: mark("red"),
    Supply.GROUND: mark("black"),
}
_LINE_COLOURS = (
    *(mark("yellow"), mark("green"), mark("blue"), mark("violet")),
    *(mark("brown"), mark("grey"), mark("white")),
)


@frozen
class End:
    """A terminal: the numbers of its part, and of itself in that."""

    part: int
    terminal: int


@frozen
class Wire:
    """A wire from a terminal to a pin, or, without a pin, to the terminal ``onward``.

    ``colour`` is an English word with a translation. ``clashes``: its pin has another user.
    """

    end: End
    pin: int | None
    onward: End | None
    colour: str
    clashes: bool = False


@frozen
class WiringPlan:
    """The wiring of a counter. ``taken`` are the pins that a bus or a board has for itself."""

    parts: tuple[WiredPart, ...]
    wires: tuple[Wire, ...]
    conflicts: tuple[str, ...]
    taken: frozenset[int]

    def part(self, end: End) -> WiredPart:
        """Return the part that has this terminal."""
        return self.parts[end.part]

    def terminal(self, end: End) -> PartTerminal:
        """Return the terminal."""
        return self.parts[end.part].terminals[end.terminal]

    def wires_of(self, number: int) -> tuple[Wire, ...]:
        """Return the wires of a part, from top to bottom."""
        return tuple(wire for wire in self.wires if wire.end.part == number)


def plan(parts: Iterable[WiredPart]) -> WiringPlan:
    """Return the wiring of these parts, in the order in which they meet the header."""
    ordered = tuple(sorted(parts, key=_height))
    users = _users(ordered)
    clashing = {line for line, settings in users.items() if len(settings) > 1}
    wires = tuple(_wires(ordered, clashing))
    used = {wire.pin for wire in wires}
    lines = {line.number for part in ordered for line in part.needs.lines}
    taken = {pins_of(line)[0] for line in lines} - used
    conflicts = [
        _(
            "GPIO{line} (pin {pin}) has several users: {users}; give each its own line",
            line=line,
            pin=pins_of(line)[0],
            users=", ".join(users[line]),
        )
        for line in sorted(clashing)
    ]
    return WiringPlan(ordered, wires, (*conflicts, *_plug_conflicts(ordered)), frozenset(taken))


def _height(part: WiredPart) -> tuple[int, float]:
    """Sort parts by the middle of their pins on the header; boards first, plugs last."""
    rank = {PartSymbol.BOARD: 0, PartSymbol.PLUG: 2}.get(part.symbol, 1)
    pins = [pins_of(line)[0] for line in _lines(part)]
    return rank, sum(pins) / len(pins) if pins else 0


def _lines(part: WiredPart) -> list[int]:
    return [t.to for t in part.terminals if t.to is not None and not isinstance(t.to, Supply)]


def _users(parts: tuple[WiredPart, ...]) -> Mapping[int, list[str]]:
    """Return the settings that use each GPIO line; a bus is its device's."""
    users: dict[int, list[str]] = {}
    for part in parts:
        own = _lines(part)
        bus = {each.number for each in part.needs.lines if not each.freed_by}
        for line in [*own, *sorted(bus - set(own))]:
            users.setdefault(line, []).append(part.setting)
    return users


def _wires(parts: tuple[WiredPart, ...], clashing: set[int]) -> Iterator[Wire]:
    free = {supply: list(pins_of(supply)) for supply in Supply}
    fed: dict[Supply, End] = {}  # the terminal that got the newest wire of a supply
    for number, part in enumerate(parts):
        if part.symbol is PartSymbol.BOARD:
            continue
        pins = [pins_of(line)[0] for line in _lines(part)]
        middle = sum(pins) / len(pins) if pins else 0
        colours = iter(_LINE_COLOURS * 3)
        for index, terminal in enumerate(part.terminals):
            end, to = End(number, index), terminal.to
            if isinstance(to, Supply):
                pin = min(free[to], key=lambda pin: abs(pin - middle), default=None)
                if pin is not None:
                    free[to].remove(pin)
                yield Wire(end, pin, None if pin else fed[to], _SUPPLY_COLOURS[to])
                fed[to] = end
            elif to is not None:
                yield Wire(end, pins_of(to)[0], None, next(colours), to in clashing)


def _plug_conflicts(parts: tuple[WiredPart, ...]) -> Iterator[str]:
    first: dict[str, str] = {}
    for part in parts:
        if part.place in first:
            yield _(
                "{place} has several users: {first}, {second}; give each its own port",
                place=part.place,
                first=first[part.place],
                second=part.setting,
            )
        elif part.place:
            first[part.place] = part.setting
