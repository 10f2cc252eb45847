"""The wiring as text for a terminal, 40 columns wide if names allow it, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from kiosk.base.language import _
from kiosk.base.parts import PartSymbol, PartTerminal
from kiosk.wiring.header import name_of, pins_of
from kiosk.wiring.plan import End, Wire, WiringPlan


def where(plan: WiringPlan, wire: Wire) -> str:
    """Return where a wire ends: ``pin 11``, or the terminal that it goes to."""
    if wire.pin is not None:
        return _("pin {pin}", pin=wire.pin)
    assert wire.onward
    return f"{plan.part(wire.onward).title} {plan.terminal(wire.onward).name}"


def as_text(plan: WiringPlan, width: int = 80) -> Iterator[str]:
    """Yield the lines of the table: parts, materials, and conflicts."""
    for line in _lines(plan):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        yield from textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]


def _lines(plan: WiringPlan) -> Iterator[str]:
    for number, part in enumerate(plan.parts):
        yield f"{part.title}  ({part.setting})"
        if part.place:
            yield f"  {part.place}"
        yield from (f"  {remark}" for remark in part.remarks)
        if part.symbol is PartSymbol.BOARD:
            yield from (f"  {line}" for line in cable_lines(part.terminals))
        wires = plan.wires_of(number)
        widest = max((len(plan.terminal(wire.end).name) for wire in wires), default=0)
        for wire in wires:
            yield "  " + _row(plan, wire, widest)
        yield ""
    yield _("Parts:")
    yield from (f"  {material}" for part in plan.parts for material in part.materials)
    yield from (_("CONFLICT: {conflict}", conflict=conflict) for conflict in plan.conflicts)


def cable_lines(terminals: tuple[PartTerminal, ...]) -> Iterator[str]:
    """Yield the wires of a board that is wired by a cable instead, three to a line."""
    pairs = []
    for terminal in terminals:
        if terminal.to is not None:
            pin = pins_of(terminal.to)[0]
            pairs.append(f"{terminal.name} → {pin}")
    yield from (" · ".join(pairs[at : at + 3]) for at in range(0, len(pairs), 3))


def _row(plan: WiringPlan, wire: Wire, widest: int) -> str:
    terminal = plan.terminal(wire.end)
    name = str(terminal.to) if wire.pin is None else name_of(wire.pin)
    cells = [terminal.name.ljust(widest), name.ljust(6), where(plan, wire).ljust(6)]
    through = f"  {terminal.through}" if terminal.through else ""
    clash = "  !!" if wire.clashes else ""
    return "  ".join([*cells, _(wire.colour)]) + through + clash


def as_json(plan: WiringPlan) -> dict[str, Any]:
    """Return the wiring for programs."""
    return {
        "parts": [
            {
                "setting": part.setting,
                "title": part.title,
                "kind": part.symbol.value,
                "place": part.place,
                "wires": [_wire(plan, wire) for wire in plan.wires_of(number)],
                "materials": list(part.materials),
                "remarks": list(part.remarks),
            }
            for number, part in enumerate(plan.parts)
        ],
        "conflicts": list(plan.conflicts),
    }


def _wire(plan: WiringPlan, wire: Wire) -> dict[str, Any]:
    terminal = plan.terminal(wire.end)
    return {
        "terminal": terminal.name,
        "to": str(terminal.to) if wire.pin is None else name_of(wire.pin),
        "pin": wire.pin,
        "joins": _joins(plan, wire.onward),
        "colour": wire.colour,
        "through": terminal.through,
        "clashes": wire.clashes,
    }


def _joins(plan: WiringPlan, end: End | None) -> str | None:
    return f"{plan.part(end).setting}.{plan.terminal(end).name}" if end else None
