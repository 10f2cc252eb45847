"""The house: who may import whom, and that it loads on a computer without any hardware."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk

ROOT = Path(kiosk.__file__).parent
FOLDERS = {"inputs", "sale", "orders", "display", "signals"}
GROUND = {"money", "errors", "settings", "world", "reopen", "clock", "needs", "durable"}
VOCABULARY = {"kiosk.sale.words", "kiosk.sale.events", "kiosk.sale.effects"}
HARDWARE = {"inky", "gpiozero", "luma", "serial", "lgpio", "smbus2", "spidev", "RPi"}

# What each room may import besides itself, the ground floor and the sale's vocabulary.
MAY_IMPORT: dict[str, set[str]] = {
    "money": {"errors"},
    "errors": set(),
    "settings": {"money"},
    "world": set(),
    "reopen": set(),
    "clock": set(),
    "needs": set(),
    "durable": set(),
    **{folder: set() for folder in FOLDERS},
    "journal": set(),
    "service": set(),
    "config": {*FOLDERS, "journal", "service"},
    "record": {"journal"},
    "calls": {"orders", "record"},
    "app": {*FOLDERS, "journal", "config", "service", "record", "calls"},
    "relay": {"inputs", "service", "app"},
    "daemon": {"inputs", "journal", "config", "service", "app", "relay"},
    "simulator": {*FOLDERS, "app", "config", "journal", "service"},
    "cli": {*FOLDERS, "journal", "config", "service", "daemon", "simulator"},
    "__main__": {"cli"},
}


def modules() -> list[str]:
    return [module.name for module in pkgutil.walk_packages([str(ROOT)], "kiosk.")]


def source(module: str) -> Path:
    path = ROOT.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str, top_level_only: bool = False) -> Iterator[str]:
    tree = ast.parse(source(module).read_text())
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", modules())
def test_nobody_imports_from_a_floor_above_or_from_next_door(module: str) -> None:
    allowed = {room(module), *GROUND, *MAY_IMPORT[room(module)]}
    for imported in imports(module):
        if not imported.startswith("kiosk.") or imported in VOCABULARY:
            continue
        if any(imported.startswith(f"{word}.") for word in VOCABULARY):
            continue
        if imported == "kiosk.sale" or room(imported) in allowed:
            continue
        pytest.fail(f"{module} must not import {imported}")


@pytest.mark.parametrize(
    "module",
    [m for m in modules() if m.startswith("kiosk.sale.") and m != "kiosk.config.sale_settings"],
)
def test_the_sale_is_pure(module: str) -> None:
    ours = {name for name in imports(module) if name.startswith("kiosk.")}
    assert {room(name) for name in ours} <= {"sale", "money"}
    theirs = {name.split(".")[0] for name in imports(module)} - {"kiosk"}
    assert theirs <= {
        "__future__", "collections", "dataclasses", "enum", "math", "typing", "zlib",
    }  # fmt: skip


@pytest.mark.parametrize("module", modules())
def test_no_hardware_at_import(module: str) -> None:
    assert not {name.split(".")[0] for name in imports(module, top_level_only=True)} & HARDWARE


def test_every_module_imports_on_a_computer_without_hardware() -> None:
    names = [name for name in modules() if not name.endswith("__main__")]
    check = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
loaded = {HARDWARE!r} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-W", "error", "-c", check], check=True)


def test_the_front_door_stays_short() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= 150
