"""The house: who may import whom, one name for one thing, and no hardware needed to load it."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import kiosk
from tests.support.parsed import nodes_of, parsed

ROOT = Path(kiosk.__file__).parent
FOLDERS = {"inputs", "sale", "orders", "display", "signals"}
VOCABULARY = {"kiosk.sale", "kiosk.sale.words", "kiosk.sale.events", "kiosk.sale.effects"}
HARDWARE = {"inky", "gpiozero", "luma", "serial", "lgpio", "smbus2", "spidev", "RPi"}

# What each room may import besides itself, ``base`` and (but for ``base``) the sale's vocabulary.
MAY_IMPORT: dict[str, set[str]] = {
    "base": set(),
    **{folder: set() for folder in FOLDERS},
    "journal": set(),
    "service": set(),
    "fleet": {"journal", "box"},
    "relay": {"fleet", "orders", "config", "service"},
    "box": set(),
    "paper": set(),
    "wiring": {"paper"},
    "config": {*FOLDERS, "journal", "service", "box"},
    "shell": {"inputs", "orders", "display", "journal", "fleet", "box"},
    "app": {*FOLDERS, "journal", "config", "service", "shell"},
    "handover": {"service", "shell", "app"},
    "beside": {"config", "service", "fleet", "shell", "app"},
    "daemon": {"journal", "config", "service", "shell", "app", "handover", "beside"},
    "simulator": {*FOLDERS, "app", "config", "daemon", "handover", "journal", "service", "shell"},
    "cli": {
        *FOLDERS,
        "journal",
        "config",
        "service",
        "box",
        "paper",
        "wiring",
        "shell",
        "daemon",
        "fleet",
        "relay",
        "simulator",
    },
    "__main__": {"cli"},
}

# The same part in several folders, and so the same name.
SAME_PART = {"__init__", "settings", "fake"}


@cache
def modules() -> list[str]:
    return [module.name for module in pkgutil.walk_packages([str(ROOT)], "kiosk.")]


@cache
def source(module: str) -> Path:
    path = ROOT.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def nodes(module: str) -> list[ast.AST]:
    return nodes_of(source(module))


@cache
def imports(module: str, top_level_only: bool = False) -> list[str]:
    found = []
    for node in parsed(source(module)).body if top_level_only else nodes(module):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def is_vocabulary(imported: str) -> bool:
    module, _, name = imported.rpartition(".")
    return imported in VOCABULARY or (module in VOCABULARY - {"kiosk.sale"} and bool(name))


def forbidden(module: str) -> Iterator[str]:
    """Yield what the module imports from a floor above or from next door."""
    allowed = {room(module), "base", *MAY_IMPORT[room(module)]}
    for imported in imports(module):
        if not imported.startswith("kiosk.") or room(imported) in allowed:
            continue
        if room(module) != "base" and is_vocabulary(imported):
            continue
        yield imported


def test_nobody_imports_from_a_floor_above_or_from_next_door() -> None:
    assert {module: found for module in modules() if (found := list(forbidden(module)))} == {}


def test_no_folder_of_the_display_imports_one_above_it() -> None:
    floors = [f"kiosk.display.{folder}" for folder in ("fonts", "chips", "qr", "screens")]
    above = {
        module: [name for name in imports(module) if name.startswith(tuple(floors[number:]))]
        for number, floor in enumerate(floors, start=1)
        for module in modules()
        if module.startswith(floor) or (number == 1 and module == "kiosk.display")
    }
    assert {module: found for module, found in above.items() if found} == {}


def test_the_sale_is_pure() -> None:
    for module in (name for name in modules() if name.startswith("kiosk.sale.")):
        ours = {name for name in imports(module) if name.startswith("kiosk.")}
        assert all(
            name.startswith(
                ("kiosk.sale", "kiosk.base.money", "kiosk.base.localized_text", "kiosk.base.frozen")
            )
            or name == "kiosk.base"
            for name in ours
        ), module
        theirs = {name.split(".")[0] for name in imports(module)} - {"kiosk"}
        assert theirs <= {
            "__future__", "bisect", "collections", "dataclasses", "enum", "itertools", "math",
            "typing", "zlib",
        }, module  # fmt: skip


def test_each_class_name_stands_for_one_thing() -> None:
    where = defaultdict(list)
    for module in modules():
        for node in nodes(module):
            if isinstance(node, ast.ClassDef):
                where[node.name].append(module)
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


def test_each_module_name_stands_for_one_thing() -> None:
    where = defaultdict(list)
    for module in modules():
        if source(module).stem not in SAME_PART:
            where[source(module).stem].append(module)
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


def test_a_short_file_with_a_single_user_joins_it() -> None:
    """But not if its user imports it only when it is needed."""
    users = defaultdict(set)
    for module in modules():
        for imported in imports(module):
            users[imported].add(module)
    short = [
        module
        for module in modules()
        if source(module).stem != "__init__"
        and len(source(module).read_text().splitlines()) < 40
        and len(users[module]) == 1
        and all(module in imports(user, top_level_only=True) for user in users[module])
    ]
    assert short == []


def test_a_folder_of_more_than_ten_files_says_what_it_is_for() -> None:
    folders = {source(module).parent for module in modules()}
    large = [each for each in folders if len(list(each.glob("*.py"))) > 10]
    assert [str(each) for each in large if not (each / "README.md").exists()] == []


def test_a_readme_names_only_files_that_exist() -> None:
    missing = [
        f"{readme.relative_to(ROOT)}: {name}"
        for readme in ROOT.rglob("README.md")
        for name in re.findall(r"`([\w/]+\.py)`", readme.read_text())
        if "NAME" not in name and not list(readme.parent.rglob(name))
        if not any((place / name).exists() for place in (ROOT, ROOT.parent, ROOT.parent / "tests"))
        if not list((ROOT.parent / "tests" / readme.parent.relative_to(ROOT)).rglob(name))
    ]
    assert missing == []


def test_the_glossary_has_forty_words_at_most_each_once_and_in_order() -> None:
    glossary = (ROOT / "README.md").read_text().split("## Glossary\n")[1]
    words = re.findall(r"^\| ([^|]+) \|", glossary, re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert len(words) <= 40


def attributes_made_late(node: ast.ClassDef) -> set[str]:
    """Return the attributes that a method other than ``__init__`` assigns first."""
    targets: dict[bool, set[str]] = {True: set(), False: set()}
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            targets[True].add(each.target.id)
        elif isinstance(each, ast.Assign):
            targets[True] |= {name.id for name in each.targets if isinstance(name, ast.Name)}
        elif isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assigned = (
                part.attr
                for part in ast.walk(each)
                if isinstance(part, ast.Attribute)
                and isinstance(part.ctx, ast.Store)
                and isinstance(part.value, ast.Name)
                and part.value.id == "self"
            )
            targets[each.name == "__init__"] |= set(assigned)
    return targets[False] - targets[True]


def test_every_attribute_is_made_in_init() -> None:
    late = {
        f"{module}.{node.name}": names
        for module in modules()
        for node in nodes(module)
        if isinstance(node, ast.ClassDef) and (names := attributes_made_late(node))
    }
    assert late == {}


def hardware(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports(module, top_level_only=True)} & HARDWARE


def test_no_hardware_at_import() -> None:
    assert {module: found for module in modules() if (found := hardware(module))} == {}


def test_the_voice_is_imported_only_where_one_is_configured() -> None:
    for module in (name for name in modules() if not name.startswith("kiosk.signals.voice")):
        if room(module) != "cli":
            voice = {name for name in imports(module, top_level_only=True) if ".voice." in name}
            assert voice <= {
                "kiosk.signals.voice.settings",
                "kiosk.signals.voice.settings.VoiceSettings",
            }, module


@pytest.mark.slow  # it imports 400 modules in a process of its own
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
