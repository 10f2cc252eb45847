"""Clashes: two settings that use the same GPIO line, bus, port, device or name.

They are searched for in the file's text, not in the finished settings, so that they are reported
together with all other faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from kiosk.base.buses import BusLine
from kiosk.base.language import _
from kiosk.base.settings import GpioLine, read_pin
from kiosk.config.fault import ConfigFault, KeyPath, dotted
from kiosk.config.settings_models import Model, Section, field_annotations, values_in, walk_sections
from kiosk.config.yaml_tree import Document

# ID_SD and ID_SC: the computer reads the memory of a HAT on them at boot ("HAT design guide" in
# https://github.com/raspberrypi/hats).
_OF_A_HAT = 0, 1


def clashes(document: Document, root: Model) -> Iterator[ConfigFault]:
    """Yield a fault for each second use of a GPIO line, a serial port or an input's name."""
    sections = tuple(walk_sections(root, document.tree))
    used = tuple(_gpio_lines(sections))
    lines = sorted(used, key=lambda use: document.place(use[0]))
    other_line = _("choose another line")
    yield from _twice(document, ((path, f"GPIO{line}") for path, line in lines), other_line)
    for path, line, device in _on_a_bus(sections, used):
        if not line.freed_by:
            place = document.values.get(path) or document.place(path)
            yield ConfigFault(place, dotted(path), f"{_taken(line, device)}; {other_line}")
    yield from _twice(document, _of_inputs(document, "port"), _("give each input its own port"))
    yield from _twice(document, _of_inputs(document, "device"), _("give each input its own device"))
    yield from _twice(document, _of_inputs(document, "name"), _("choose another name"))


def _twice(
    document: Document, uses: Iterable[tuple[KeyPath, str]], advice: str
) -> Iterator[ConfigFault]:
    first: dict[str, KeyPath] = {}
    for path, what in uses:
        if what in first:
            place = document.values.get(path) or document.place(path)
            line = document.place(first[what]).line
            used = _(
                "{what} is already used by {first} (line {line})",
                what=what,
                first=dotted(first[what]),
                line=line,
            )
            yield ConfigFault(place, dotted(path), f"{used}; {advice}")
        else:
            first[what] = path


def doubtful_lines(document: Document, root: Model) -> Iterator[str]:
    """Yield a sentence for each setting with a line that a bus or a HAT may take."""
    sections = tuple(walk_sections(root, document.tree))
    used = tuple(_gpio_lines(sections))
    for path, number in used:
        if number in _OF_A_HAT:
            yield _(
                "{path}: GPIO{number} belongs to the memory of a HAT; choose another line",
                path=dotted(path),
                number=number,
            )
    for path, line, device in _on_a_bus(sections, used):
        if line.freed_by:
            advice = _(
                "choose another line, or write {freed_by} to /boot/firmware/config.txt",
                freed_by=line.freed_by,
            )
            yield f"{dotted(path)}: {_taken(line, device)}; {advice}"


def _taken(line: BusLine, device: KeyPath) -> str:
    return _(
        "GPIO{number} belongs to {owner}, which {device} uses",
        number=line.number,
        owner=line.owner,
        device=dotted(device),
    )


def _on_a_bus(
    sections: Iterable[Section], used: Iterable[tuple[KeyPath, int]]
) -> Iterator[tuple[KeyPath, BusLine, KeyPath]]:
    """Yield each setting with a line that a bus takes: its path, the line, the bus's device."""
    taken = [
        (line, path) for path, model, section in sections for line in _bus_lines(model, section)
    ]
    for path, number in used:
        for line, device in sorted(taken):
            if line.number == number:
                yield path, line, device
                break


def _bus_lines(model: Model, section: dict[str, Any]) -> frozenset[BusLine]:
    """Return the lines that a driver's bus or board takes, as far as its settings can be read."""
    if not hasattr(model, "permissions") or not hasattr(model, "open"):
        return frozenset()
    try:
        lines: frozenset[BusLine] = model.model_validate(section).permissions().lines
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors() if fault["loc"]}
    else:
        return lines
    if wrong.isdisjoint(section):
        return frozenset()
    return _bus_lines(model, {key: text for key, text in section.items() if key not in wrong})


def _gpio_lines(sections: Iterable[Section]) -> Iterator[tuple[KeyPath, int]]:
    """Yield the path and the line of each setting that names one."""
    for path, field, value in values_in(sections):
        if any(isinstance(marker, GpioLine) for marker in field_annotations(field)):
            for line in _line(value):
                yield path, line


def _line(value: Any) -> list[int]:
    """Return the line that a value names, if it is one; another check reports what is not."""
    try:
        line = read_pin(value)
    except ValueError:
        return []
    return [line] if isinstance(line, int) else []


def _of_inputs(document: Document, key: str) -> Iterator[tuple[KeyPath, str]]:
    inputs = document.tree.get("inputs")
    for number, entry in enumerate(inputs if isinstance(inputs, list) else ()):
        value = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            yield ("inputs", number, key), value
