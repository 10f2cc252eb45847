"""The rig of the end-to-end tests, plugged together."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.rig import Api, Counter, Register, fake_api


@pytest.fixture
def api() -> Iterator[Api]:
    with fake_api() as api:
        yield api


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    register = Register(tmp_path / "register")
    yield register
    register.unplug()


@pytest.fixture
def counter(tmp_path: Path, api: Api, register: Register) -> Counter:
    return Counter(tmp_path, api.url, register.path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, stderr=-3).returncode:
        pytest.skip("a small disk can't be mounted here (that takes root)")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def ordinary() -> tuple[str, ...]:
    """A command that runs others without root's right to every file."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("files of another user take root to make, and setpriv to run into")
    return "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"
