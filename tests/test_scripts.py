"""The shell scripts, as shellcheck judges them; and what the installer brings."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.examples import sampled

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = sorted(
    str(path.relative_to(ROOT))
    for folder in ("scripts", "scripts/debian", "scripts/installer", ".ci")
    for path in (ROOT / folder).iterdir()
    if path.is_file() and path.read_bytes().startswith((b"#!/usr/bin/env bash", b"#!/bin/bash"))
)


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="no shellcheck here: apt install shellcheck"
)
@pytest.mark.parametrize("program", sampled(PROGRAMS, 4))
def test_a_script_and_all_that_it_reads_has_none_of_the_known_traps(program: str) -> None:
    done = subprocess.run(
        ["shellcheck", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0


VOICE = "signals:\n  driver: gpio\n  voice:\n    device: plughw:CARD=Device\n"


@pytest.mark.parametrize(
    ("configuration", "packages"),
    [
        ("signals: {driver: gpio}\n", []),
        ("signals:\n  driver: gpio\n  #voice:\n", []),
        (VOICE, ["alsa-utils", "espeak-ng"]),
        ("signals: {driver: gpio, voice: {}}\n", ["alsa-utils", "espeak-ng"]),
        (VOICE + "    words: /etc/kiosk/words\n", ["alsa-utils"]),
        (VOICE + "    #words: /etc/kiosk/words\n", ["alsa-utils", "espeak-ng"]),
    ],
)
def test_the_programs_of_a_voice_are_installed_only_where_one_is_configured(
    tmp_path: Path, configuration: str, packages: list[str]
) -> None:
    (tmp_path / "kiosk.yaml").write_text(configuration)
    script = (
        "set -eu; . scripts/installer/source.sh; . scripts/installer/packages.sh; voice_packages"
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env={"etc": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == packages
