"""The JSON Schema: an editor that follows it has nothing against a file that the kiosk takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kiosk.config.sections import json_schema
from tests.config.counter import COUNTERS

SCHEMA = json_schema()
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}  # fmt: skip


def objections(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """Check as much of JSON Schema as ours uses, the way an editor does."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from objections(value, SCHEMA["$defs"][name], where)
    for several in ("oneOf", "anyOf"):
        options = schema.get(several, ())
        if options and all(list(objections(value, option, where)) for option in options):
            yield f"{where}: {value!r} fits no option"
    kinds = schema.get("type", list(TYPES))
    if not isinstance(
        value, tuple(TYPES[kind] for kind in [kinds] * isinstance(kinds, str) or kinds)
    ):
        yield f"{where}: {value!r} is no {kinds}"
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{where}: {value!r} is none of the choices"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{where}: {value!r} does not look right"
    if isinstance(value, int) and not schema.get("minimum", value) <= value:
        yield f"{where}: {value!r} is too little"
    for number, item in enumerate(value if isinstance(value, list) else ()):
        yield from objections(item, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict) and "properties" in schema:
        yield from objections_to_keys(value, schema, where)


def objections_to_keys(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{where}: {key} is missing"
    for key, item in value.items():
        if key not in schema["properties"]:
            yield f"{where}: {key} is unknown"
        elif item is not None:
            yield from objections(item, schema["properties"][key], f"{where}.{key}")


@pytest.mark.parametrize("file", COUNTERS, ids=lambda path: path.name)
def test_an_editor_has_nothing_against_the_shipped_files(file: Path) -> None:
    assert list(objections(yaml.safe_load(file.read_text()), SCHEMA, file.name)) == []


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("kiosk", {"name": "x", "currency": "EUR"}),
        ("kiosk", {"name": "x", "currency": "ARS", "langage": "es"}),
        ("sale", {"expires_after": 300}),
        ("display", {"driver": "olde"}),
        ("inputs", {}),
        ("inputs", [{"driver": "button", "pin": "GPIO 17"}]),
        ("signals", {"driver": "gpio", "sound": "maybe"}),
    ],
)
def test_an_editor_underlines_what_the_kiosk_would_refuse(section: str, value: Any) -> None:
    assert list(objections(value, SCHEMA["properties"][section], section))


def test_every_setting_shows_its_explanation_in_the_editor() -> None:
    for name, model in SCHEMA["$defs"].items():
        for key, setting in model.get("properties", {}).items():
            explained = setting.get("description") or "$ref" in setting
            assert explained or key == "driver", f"{name}.{key}"
