"""What several tests of the booted system share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.rig import disks, installed
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside
from tests.system.rig.shop import OLED, Shop


@pytest.fixture(scope="session")
def installed_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk of a booted system in which scripts/install was run, shut down properly."""
    if reason := disks.why_not():
        pytest.skip(reason)
    return installed.make(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def shop(installed_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A booted counter with everything plugged in and an OLED; one for all tests of a file."""
    folder = tmp_path_factory.mktemp("shop")
    with Outside(folder) as outside, Guest(folder, installed_disk, lines=outside.plug_in) as guest:
        shop = Shop(guest, outside)
        shop.furnish(OLED)
        yield shop
