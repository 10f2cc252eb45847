"""The parts of the end-to-end tests, connected."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.rig import Api, Counter, Register, fake_api
from tests.fleet.mosquitto import Mosquitto, running_broker
from tests.model.facts import unlike_the_model


@pytest.fixture(autouse=True)
def every_journal_is_one_of_the_model(tmp_path: Path) -> Iterator[None]:
    """After the test, replay what the daemons wrote: see ``tests/model/facts.py``."""
    yield
    for path in tmp_path.rglob("journal.sqlite3"):
        assert unlike_the_model(path) == []


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
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, stderr=-3).returncode:
        pytest.skip("a small disk can't be mounted here (it needs root)")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    with running_broker(folder) as broker:
        yield broker
