"""``kiosk wiring``: right and wrong use, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from tests.config.counter import COUNTER, SHIPPED, changed

FILES = sorted(SHIPPED.glob("examples/**/*.yaml"))


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["wiring", *map(str, words)], env={"KIOSK_TOKEN": "x"})
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_example_is_drawn(file: Path, tmp_path: Path) -> None:
    drawing = tmp_path / "wiring.svg"
    assert run(file, "-o", drawing) == (0, "", "")
    assert ElementTree.parse(drawing).getroot().attrib["width"] == "210mm"


def test_the_table_names_pins_resistors_and_parts() -> None:
    code, out, _ = run(SHIPPED / "examples/argentina.yaml")
    assert code == 0
    assert "  red    GPIO17  pin 11  yellow  220 Ω\n" in out
    assert "  1 × resistor 1 kΩ, 1/4 W\n" in out


def test_it_speaks_the_technicians_language() -> None:
    _, out, _ = run(SHIPPED / "examples/argentina.yaml", "--lang", "es")
    assert "  rojo   GPIO17  pin 11  amarillo  220 Ω\n" in out
    assert "zumbador pasivo" in out


def test_programs_get_json_in_english() -> None:
    _, out, _ = run(SHIPPED / "examples/argentina.yaml", "--json", "--lang", "es")
    buzzer = next(p for p in json.loads(out)["parts"] if p["setting"] == "signals.buzzer")
    assert buzzer["wires"][1] == {
        "terminal": "B",
        "to": "GPIO18",
        "pin": 12,
        "joins": None,
        "colour": "yellow",
        "through": "1 kΩ",
        "clashes": False,
    }


def test_conflicts_are_drawn_and_said(tmp_path: Path) -> None:
    file, drawing = tmp_path / "kiosk.yaml", tmp_path / "wiring.svg"
    buttons = "".join(f"  - {{driver: button, name: {n}, pin: 5}}\n" for n in ("one", "two"))
    file.write_text(changed("orders:", buttons + "orders:"))
    code, out, err = run(file, "-o", drawing)
    said = "GPIO5 (pin 29) has several users: inputs.one, inputs.two; give each its own line\n"
    assert (code, out, err) == (1, "", said)
    assert "CONFLICT: GPIO5" in drawing.read_text()
    assert " ".join(run(file)[1].split()).endswith(f"CONFLICT: {said.strip()}")


def with_inputs(tmp_path: Path, lines: str) -> Path:
    file = tmp_path / "kiosk.yaml"
    file.write_text(changed("orders:", f"{lines}orders:"))
    return file


def test_more_parts_than_a_page_holds(tmp_path: Path) -> None:
    lines = "".join(f"  - {{driver: button, name: b{pin}, pin: {pin}}}\n" for pin in range(4, 17))
    file, drawing = with_inputs(tmp_path, lines), tmp_path / "wiring.svg"
    code, out, err = run(file, "-o", drawing)
    second = tmp_path / "wiring-2.svg"
    assert (code, out, err) == (0, "", f"{drawing}: written\n{second}: written\n")
    assert ElementTree.parse(second).getroot().attrib["height"] == "297mm"
    code, _, err = run(file, "-o", "/dev/null")
    assert (code, "name a file that ends in .svg" in err) == (2, True)


def test_forty_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for language in ("en", "es", "pt"):
        _, out, _ = run(SHIPPED / "examples/argentina.yaml", "--lang", language)
        assert max(map(len, out.splitlines())) <= 40


@pytest.mark.parametrize(
    "lines",
    [
        "  - {driver: button, name: a, pin: 5}\n  - {driver: button, name: b, pin: 5}\n",
        "  - {driver: button, name: a, pin: 2}\n",
        "  - {driver: button, name: a, pin: 5}\n  - {driver: button, name: b, pin: 6}\n",
        "  - {driver: scanner_serial, name: a, port: /dev/ttyUSB0}\n",
        "  - {driver: scanner_serial, name: a, port: /dev/ttyUSB7}\n",
    ],
)
def test_check_and_wiring_find_the_same_conflicts(tmp_path: Path, lines: str) -> None:
    file = with_inputs(tmp_path, lines)
    checked = CliRunner().invoke(app, ["check", str(file)], env={"KIOSK_TOKEN": "x"})
    clashes = "already used by" in checked.stdout or "belongs to" in checked.stdout
    assert ("CONFLICT" in run(file)[1]) is clashes


def test_a_file_with_other_faults_is_not_drawn(tmp_path: Path) -> None:
    file, drawing = tmp_path / "kiosk.yaml", tmp_path / "wiring.svg"
    file.write_text(changed("ARS", "ARG"))
    code, out, err = run(file, "-o", drawing)
    assert (code, out) == (2, "")
    assert "kiosk.currency: 'ARG' is not a valid value; did you mean ARS?" in err
    assert not drawing.exists()


def test_a_missing_file_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert run(tmp_path / "none.yaml")[0] == 2
    file = tmp_path / "kiosk.yaml"
    file.write_text(COUNTER)
    code, _, err = run(file, "-o", tmp_path / "none" / "wiring.svg")
    assert code == 1
    assert "the drawing can't be written (No such file or directory)" in err


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(COUNTER)
    code, _, err = run(file, "-o", "/dev/full")
    assert (code, "No space left on device" in err) == (1, True)
