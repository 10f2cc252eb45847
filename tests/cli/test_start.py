"""A command imports what it needs, and nothing else: on a small Pi each module costs time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_group

from kiosk.cli import LEFT_OUT
from kiosk.cli.verbs import FILE_OF, app
from tests.config.counter import COUNTER
from tests.support.examples import sampled
from tests.support.imported import ASKED, imported, packages

HEAVY = {
    "PIL",
    "anyio",
    "click",
    "httpx",
    "luma",
    "pydantic",
    "rich",
    "segno",
    "sqlite3",
    "trio",
    "yaml",
}
DRIVERS = {
    f"kiosk.{folder}.{driver}"
    for folder, names in {
        "display": "epaper framebuffer inky lcd oled",
        "inputs": "button command ecr_terminal escpos_printer pole_display scanner_hid tef_files",
        "orders": "attended_qr dynamic_qr",
        "signals": "gpio",
    }.items()
    for driver in names.split()
}


def modules_of(*words: str) -> set[str]:
    """Run a command, and return the modules that it imports."""
    command = [sys.executable, "-m", "kiosk", *words]
    environ = {**os.environ, **ASKED, "KIOSK_TOKEN": "TEST"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environ)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    return imported(done.stderr)


@pytest.mark.parametrize(
    "words",
    sampled(
        [
            "--version",
            "--help",
            "run --help",
            "check --help",
            "orders refund --help",
            "pos stores --help",
        ],
        3,
    ),
)
def test_version_and_help_need_nothing_heavy(words: str) -> None:
    modules = modules_of(*words.split())
    assert packages(modules) & HEAVY == set()
    assert not any(module.startswith(("kiosk.config", "kiosk.orders")) for module in modules)


def test_the_help_of_a_verb_imports_no_other_file_of_verbs() -> None:
    files = {f"kiosk.cli.verbs.{file}" for file in FILE_OF.values()}
    assert modules_of("run", "--help") & files == {"kiosk.cli.verbs.counter_verbs"}


def test_check_imports_the_drivers_of_the_file_only(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(COUNTER)
    modules = modules_of("check", str(file))
    assert {"kiosk.inputs.serial_line", "kiosk.display.fake", "kiosk.orders.mercadopago"} <= modules
    assert modules & DRIVERS == set()
    assert (
        packages(modules) & {"click", "gpiozero", "luma", "rich", "starlette", "trio", "uvicorn"}
        == set()
    )


def test_each_verb_stands_in_the_file_that_the_list_names() -> None:
    for verb, file in FILE_OF.items():
        group = get_group(import_module(f"kiosk.cli.verbs.{file}").app)
        assert isinstance(group, TyperGroup)
        assert verb in group.commands
    in_files = {
        verb
        for file in FILE_OF.values()
        for verb in get_group(import_module(f"kiosk.cli.verbs.{file}").app).commands
    }
    assert in_files == {*FILE_OF} == {*get_group(app).commands}


def test_what_is_left_out_is_there_and_the_http_libraries_do_without_it() -> None:
    for module in LEFT_OUT:
        assert find_spec(module), f"{module} is not there any more; remove it from LEFT_OUT"
    check = f"""
import sys
sys.modules.update({LEFT_OUT!r})
import httpcore, httpx
assert httpcore.AnyIOBackend and httpcore.AsyncHTTP11Connection and httpx.AsyncBaseTransport
assert not {{"click", "pygments", "rich", "attr"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", check], check=True)
