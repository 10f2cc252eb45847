"""What several tests of the booted system share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.rig import disks, image, installed
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside
from tests.system.rig.shop import OLED, Shop


@pytest.fixture(scope="session")
def fresh_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk of a bare system in which scripts/install was run, and nothing was answered."""
    if reason := disks.why_not():
        pytest.skip(reason)
    base = tmp_path_factory.getbasetemp()
    # Of the workers of pytest-xdist, one makes it, and the others wait.
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "fresh-disk"
    with image.only_one(made):
        if not made.exists():
            draft = made.with_suffix(".unfinished")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            installed.fresh(draft)
            draft.rename(made)
    return made / "disk"


@pytest.fixture(scope="session")
def installed_disk(fresh_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk of a system with the kiosk, its configuration and its token."""
    return installed.configured(fresh_disk, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def shop(fresh_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A booted counter with everything plugged in and an OLED; one for all tests of a file."""
    folder = tmp_path_factory.mktemp("shop")
    with Outside(folder) as outside, Guest(folder, fresh_disk, lines=outside.plug_in) as guest:
        shop = Shop(guest, outside)
        shop.furnish(OLED)
        yield shop
