"""``kiosk status`` and ``kiosk watch``: is each input connected, and what does it read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kiosk.cli.verbs import app
from tests.config.counter import COUNTER

LATEST = [
    {"number": 1, "verdict": "accepted", "text": "5.00 ARS"},
    {"number": 2, "verdict": "unread", "text": "TOTAL: a label, but no number behind it"},
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.yaml"
    path.write_text(f"{COUNTER}service: {{status_file: {tmp_path / 'status.json'}}}\n")
    return path


def written(config: Path, **till: Any) -> None:
    counts = {"accepted": 3, "rejected": 1, "unread": 2, "repeated": 0, "noisy": False}
    connection = {"connected": True, "since": 1000.0, "why": ""}
    state = {"till": connection | counts | {"latest": LATEST} | till}
    status = {"state": "idle", "reference": None, "health": {}, "inputs": state, "pid": os.getpid()}
    (config.parent / "status.json").write_text(json.dumps(status))


def kiosk(*words: object) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(app, arguments, env={"KIOSK_TOKEN": "x", "TZ": "UTC"})


def test_the_status_says_whether_each_input_is_connected(config: Path) -> None:
    written(config)
    done = kiosk("status", "-c", config)
    assert done.exit_code == 0
    assert "till: connected since 1970-01-01" in done.stdout
    assert "3 accepted, 1 rejected, 2 unread, 0 repeated" in done.stdout
    written(config, connected=False, why="/dev/ttyUSB0: nothing is plugged in there")
    done = kiosk("status", "-c", config)
    assert done.exit_code == 1
    assert "till: not connected since 1970-01-01" in done.stdout
    assert "(/dev/ttyUSB0: nothing is plugged in there)" in done.stdout
    assert kiosk("status", "--json", "-c", config).exit_code == 1


def test_watching_an_input_shows_its_latest_readings(config: Path) -> None:
    written(config)
    done = kiosk("watch", "till", "-c", config, "--for", "0.1")
    assert done.exit_code == 0
    first, *readings = done.stdout.splitlines()
    assert first.startswith("till: connected since")
    assert [line.strip() for line in readings] == [
        "accepted: 5.00 ARS",
        "unread: TOTAL: a label, but no number behind it",
    ]
    written(config, connected=False, why="gone")
    assert kiosk("watch", "till", "-c", config, "--for", "0.1").exit_code == 1


def test_an_input_that_is_not_there_is_an_error_message(config: Path) -> None:
    written(config)
    done = kiosk("watch", "door", "-c", config)
    assert (done.exit_code, done.stderr) == (2, "there is no input door; write one of: till\n")
    (config.parent / "status.json").unlink()
    assert "the kiosk is not running" in kiosk("watch", "till", "-c", config).stderr
