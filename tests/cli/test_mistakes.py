"""Each mistake of ``mistakes.yaml`` gets exactly its messages, in three languages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.config.counter import COUNTER
from tests.support.examples import sampled
from tests.support.tables import cases_of

TABLE = Path(__file__).with_name("mistakes.yaml")
MISTAKES = cases_of(TABLE)
FINE = {"fine", "sin fallas", "sem falhas"}


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Write a file with each mistake; return the mistakes by the names of their files."""
    base = COUNTER.replace("/dev/ttyUSB0", "/dev/null")  # a device that every computer has
    made = {}
    for number, row in enumerate(MISTAKES):
        text = base
        if "mode" in row:
            text = text.replace("COUNTER1", f"COUNTER1\n  mode: {row['mode']}")
        assert text.count(row["old"]) == 1, row["mistake"]
        name = f"{number:02}.yaml"
        (folder / name).write_text(text.replace(row["old"], row["new"]), "utf-8")
        made[name] = row
    return made


@pytest.mark.parametrize("language", sampled(["en", "es", "pt"], 3))
def test_each_mistake_has_exactly_its_messages(tmp_path: Path, language: str) -> None:
    rows = files(tmp_path)
    words = [sys.executable, "-m", "kiosk", "--lang", language, "check", *rows]
    done = subprocess.run(
        words,
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"KIOSK_TOKEN": "APP_USR-TEST-1", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    said = defaultdict(list)
    for line in f"{done.stderr}{done.stdout}".splitlines():
        name, colon, message = line.partition(":")
        if colon and name in rows and message.strip() not in FINE:
            said[name].append(message.strip())
    assert {rows[name]["mistake"]: lines for name, lines in said.items()} == {
        row["mistake"]: row[language] for row in rows.values()
    }
    assert done.returncode == 1
    faults = sum(not is_warning(line) for lines in said.values() for line in lines)
    if language == "en":
        assert done.stdout.splitlines()[-1] == f"not ready: {faults} faults"


def is_warning(line: str) -> bool:
    return "warning" in line.split(": ", maxsplit=1)[0] or "warning" in line.split(": ")[1]


def test_there_are_forty_mistakes_at_least_each_once() -> None:
    assert len({row["mistake"] for row in MISTAKES}) == len(MISTAKES) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_a_full_disk_is_told_in_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "kiosk.yaml").write_text(COUNTER.replace("/dev/ttyUSB0", "/dev/null"))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kiosk", command, "kiosk.yaml"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == "nothing more can be written: the disk is full; make room, and try again"
    assert "Traceback" not in done.stderr
