"""The shell scripts, as shellcheck judges them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = sorted(
    str(path.relative_to(ROOT))
    for folder in ("scripts", "scripts/installer", ".ci")
    for path in (ROOT / folder).iterdir()
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
)


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="no shellcheck here: apt install shellcheck"
)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_script_and_all_that_it_reads_has_none_of_the_known_traps(program: str) -> None:
    done = subprocess.run(
        ["shellcheck", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0
