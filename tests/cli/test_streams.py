"""Where a command writes and reads: a closed stream, a pipe that ends, an old encoding, a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.counter import COUNTER

KIOSK = f"{sys.executable} -m kiosk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kiosk.yaml").write_text(COUNTER)
    return tmp_path


def shell(folder: Path, line: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line as bash does, with ``kiosk`` in it."""
    return subprocess.run(
        ["bash", "-c", line.replace("kiosk ", f"{KIOSK} ", 1)], cwd=folder, check=False,
        capture_output=True, env=os.environ | {"KIOSK_TOKEN": "APP_USR-TEST-1"} | environ,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("kiosk setup -c new.yaml <&-", 2),
        ("kiosk bundle -c kiosk.yaml -o b.tar.gz <&- >&-", 2),
        ("kiosk manual mounting <&- >&-", 0),
        ("kiosk check kiosk.yaml <&- >&- 2>&-", 0),
    ],
)
def test_a_closed_stream_is_an_empty_one(folder: Path, line: str, code: int) -> None:
    done = shell(folder, line)
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)
    assert {each.name for each in folder.iterdir()} == {"kiosk.yaml"}


@pytest.mark.parametrize("command", ["manual mounting", "schema"])
def test_a_pipe_that_ends_is_no_error(folder: Path, command: str) -> None:
    done = shell(folder, f"kiosk {command} | head -1")
    assert (len(done.stdout.splitlines()), done.stderr) == (1, b"")


def test_a_character_that_the_output_does_not_have_is_a_question_mark(folder: Path) -> None:
    done = shell(folder, "kiosk manual mounting --lang es", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Después".encode("latin-1") in done.stdout
    assert b"\n? Advertencia" in done.stdout  # a bar beside the note
