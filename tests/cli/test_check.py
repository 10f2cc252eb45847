"""``kiosk check`` and ``kiosk schema``, as a technician and as a program sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from tests.config.counter import COUNTER, COUNTERS, changed


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"TOKEN": "x"})
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.yaml"
    path.write_text(changed("KIOSK_TOKEN", "TOKEN"))
    return path


def test_a_good_file_is_reported_as_fine(file: Path) -> None:
    file.write_text(file.read_text().replace("/dev/ttyUSB0", "/dev/null"))
    assert run("check", file) == (0, f"{file}: fine\nready to sell\n", "")
    assert run("check", "--json", file) == (0, "[]\n", "")


def test_a_device_that_is_not_there_is_a_warning(file: Path) -> None:
    file.write_text(file.read_text().replace("/dev/ttyUSB0", "/dev/ttyNOWHERE"))
    code, _, err = run("check", file)
    assert code == 0
    assert "serial_line.port: /dev/ttyNOWHERE is not there; plug it in, or correct port" in err


def test_a_faulty_file_is_told_line_by_line_and_exits_1(file: Path) -> None:
    file.write_text(changed("ARS", "ARG").replace("KIOSK_TOKEN", "TOKEN"))
    code, out, err = run("check", file)
    assert (code, err) == (1, "")
    fault = f"{file}:1:50: kiosk.currency: 'ARG' is not a valid value; did you mean ARS?\n"
    assert out == f"{fault}not ready: 1 fault\n"


def test_programs_get_the_same_faults_as_json(file: Path) -> None:
    file.write_text(changed("ARS", "ARG"))
    code, out, _ = run("check", "--json", file)
    assert code == 1
    assert json.loads(out) == [
        {
            "file": str(file),
            "line": 1,
            "column": 50,
            "key": "kiosk.currency",
            "message": "'ARG' is not a valid value; did you mean ARS?",
            "level": "bad",
        }
    ]


def test_a_missing_token_is_a_warning_only(file: Path) -> None:
    file.write_text(COUNTER)
    code, out, err = run("check", file)
    assert (code, out) == (0, f"{file}: fine\nready to sell, with 2 warnings\n")
    assert err.startswith(f"{file}: warning, on this computer: orders.token (env KIOSK_TOKEN)")


@pytest.mark.parametrize("command", [["check"], ["check", "--json"], ["schema", "--manual"]])
def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, command: list[str]) -> None:
    code, out, err = run(*command, tmp_path / "missing.yaml")
    assert (code, out) == (2, "")
    assert "check its name and its permissions" in err


@pytest.mark.parametrize("shipped", COUNTERS, ids=lambda path: path.name)
def test_every_shipped_file_is_fine(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shipped.parent)  # its price list may be beside it, or only on the kiosk
    prices = tmp_path / "prices.csv"
    prices.write_text("code,title,price\n42,Pan,900\n")
    file = tmp_path / shipped.name
    file.write_text(shipped.read_text().replace("/etc/kiosk/prices.csv", str(prices)))
    code, out, _ = run("check", file)
    assert code == 0
    fine, *panel, summary = out.splitlines()
    assert summary.startswith("ready to sell")
    assert fine == f"{file}: fine"
    assert all(line.startswith(f"{file}: display: pass: a QR module is 0.") for line in panel)


def test_the_schema_has_what_an_editor_needs() -> None:
    code, out, _ = run("schema")
    printed = json.loads(out)
    assert code == 0
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed["properties"]["display"]["discriminator"]["mapping"].keys() >= {"oled", "fake"}
    sale = printed["$defs"]["SaleSettings"]
    assert sale["additionalProperties"] is False
    assert sale["properties"]["on_new_amount"]["enum"] == ["replace", "busy"]
    assert sale["properties"]["expires_after"]["default"] == "5 min"
    assert sale["properties"]["expires_after"]["description"]


def test_a_faulty_file_gets_no_manual(file: Path) -> None:
    file.write_text(changed("ARS", "ARG"))
    code, out, err = run("schema", "--manual", file)
    assert (code, out) == (2, "")
    assert "did you mean ARS?" in err
