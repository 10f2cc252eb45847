"""What the tests of scripts/install share: a bare system, and one with the kiosk on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.rig import counter, nspawn
from tests.system.rig.nspawn import Machine


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system on which nothing of ours is installed."""
    if reason := nspawn.why_not():
        pytest.skip(reason)
    return counter.unpack(tmp_path_factory.mktemp("bare") / "root")


@pytest.fixture(scope="package")
def installed(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A system with the kiosk, switched off."""
    with counter.copied(bare, tmp_path_factory.mktemp("installed") / "root") as root:
        with Machine(root, network=False) as machine:
            counter.install_first(machine)
        yield root


@pytest.fixture
def system(bare: Path, tmp_path: Path) -> Iterator[Path]:
    with counter.copied(bare, tmp_path / "root") as root:
        yield root


@pytest.fixture
def kiosk(installed: Path, tmp_path: Path) -> Iterator[Path]:
    with counter.copied(installed, tmp_path / "root") as root:
        yield root
