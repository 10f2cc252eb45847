"""The table of what a device installs is true: it fits the locks and the package index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.platforms import DEBIAN, LOCKS, PLATFORMS, TABLE, locked, names, table, title


def rows() -> dict[str, list[str]]:
    lines = [line.strip("|\n ").split(" | ") for line in TABLE.read_text().splitlines()]
    return {cells[0]: cells[1:] for cells in lines if len(cells) > 1 and cells[0][0].islower()}


def test_the_table_has_just_what_is_locked_and_what_is_debians() -> None:
    device, inky = (locked(name) for name in LOCKS)
    needs = {**inky, **device}
    assert rows().keys() - {"package"} == {
        *(title(line, device) for line in needs),
        *(DEBIAN.keys() - names(needs)),
    }


def test_what_is_not_locked_for_a_platform_comes_from_debian_or_is_not_needed_there() -> None:
    device, inky = (locked(name) for name in LOCKS)
    for line, need in {**inky, **device}.items():
        for platform, cell in zip(PLATFORMS, rows()[title(line, device)], strict=True):
            assert (cell in {"wheel", "pure"}) == platform.wants(need), (line, platform)


def test_a_module_of_debians_is_never_locked_where_a_device_would_have_to_compile_it() -> None:
    for lock in LOCKS:
        assert "spidev" not in names(locked(lock))
        for need in (need for need in locked(lock).values() if need.name == "lgpio"):
            assert [platform.python for platform in PLATFORMS if platform.wants(need)] == [
                "3.11"
            ] * 2


def test_the_index_and_debian_have_what_the_table_says(tmp_path: Path) -> None:
    if not shutil.which("apt-get"):
        pytest.skip("no apt-get here to ask Debian with")
    probe = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    asked = subprocess.run([*probe, "--dest", tmp_path, "segno"], capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("the package index does not answer")
    assert table() == TABLE.read_text()
