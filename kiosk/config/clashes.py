"""Clashes: two settings that use the same GPIO line, port, device or name.

They are searched for in the file's text, not in the finished settings, so that they are reported
together with all other faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kiosk.base.settings import GpioLine, Pin
from kiosk.config.fault import ConfigFault, KeyPath, dotted
from kiosk.config.settings_models import Model, field_annotations, walk_values
from kiosk.config.yaml_tree import Document

_PIN: TypeAdapter[int] = TypeAdapter(Pin)


def clashes(document: Document, root: Model) -> Iterator[ConfigFault]:
    """Yield a fault for each second use of a GPIO line, a serial port or an input's name."""
    yield from _twice(document, _gpio_lines(document, root), "choose another line")
    yield from _twice(document, _of_inputs(document, "port"), "give each input its own port")
    yield from _twice(document, _of_inputs(document, "device"), "give each input its own device")
    yield from _twice(document, _of_inputs(document, "name"), "choose another name")


def _twice(
    document: Document, uses: Iterable[tuple[KeyPath, str]], advice: str
) -> Iterator[ConfigFault]:
    first: dict[str, KeyPath] = {}
    for path, what in uses:
        if what in first:
            place = document.values.get(path) or document.place(path)
            line = document.place(first[what]).line
            used = f"{what} is already used by {dotted(first[what])} (line {line})"
            yield ConfigFault(place, dotted(path), f"{used}; {advice}")
        else:
            first[what] = path


def _gpio_lines(document: Document, root: Model) -> Iterator[tuple[KeyPath, str]]:
    for path, field, value in walk_values(root, document.tree):
        if any(isinstance(marker, GpioLine) for marker in field_annotations(field)):
            for line in _line(value):
                yield path, f"GPIO{line}"


def _line(value: Any) -> list[int]:
    """Return the line that a value names, if it is one; another check reports what is not."""
    try:
        return [_PIN.validate_python(value)]
    except ValidationError:
        return []


def _of_inputs(document: Document, key: str) -> Iterator[tuple[KeyPath, str]]:
    inputs = document.tree.get("inputs")
    for number, entry in enumerate(inputs if isinstance(inputs, list) else ()):
        value = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            yield ("inputs", number, key), value
