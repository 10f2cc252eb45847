"""The examples of real devices: each has a recording, and reads from it what its text file says."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app

DEVICES = Path(__file__).parents[2] / "config" / "examples" / "devices"
TOKEN = {"KIOSK_TOKEN": "any"}


@pytest.mark.parametrize("example", sorted(DEVICES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_recording_replays_to_its_amounts(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEVICES)
    words = ["replay", str(example.with_suffix(".jsonl")), "-c", example.name]
    replayed = CliRunner().invoke(app, words, env=TOKEN)
    assert replayed.exit_code == 0, replayed.stderr
    assert replayed.stdout == example.with_suffix(".txt").read_text()


@pytest.mark.parametrize("example", sorted(DEVICES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_has_no_faults(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEVICES)
    checked = CliRunner().invoke(app, ["check", example.name], env=TOKEN)
    assert checked.exit_code == 0, checked.stdout
    assert "rows refused" not in checked.stderr
