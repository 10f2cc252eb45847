"""The power goes while dpkg upgrades the package, in a booted system whose whole disk is logged.

What the disk must keep, with or without what it was about to write, is booted, unless a boot finds the
same there as before: the counter sells. After some of the cuts the package is installed again.
``test_power_cuts.py`` has the same steps sooner, in a container.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from random import Random

import pytest

from tests.support.processes import eventually
from tests.system.rig import disks, installed, logged_disk
from tests.system.rig.guest import Guest
from tests.system.rig.logged_disk import ON_LOGGED_ROOT, LoggedDisk
from tests.system.rig.outside import Outside
from tests.system.rig.packages import ENV_WITH_HOOK, HOOKED_ENV
from tests.system.test_update_power_cuts import NOTE_STEPS, current, moments, what_decides

_TRIAL = "[Service]\nEnvironment=BASH_ENV=/root/hook KIOSK_TRIAL_SECONDS=5\n"
_WHILE_DPKG_UNPACKS = 6


@pytest.fixture(scope="module")
def disk_with_package(debs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    if reason := disks.why_not():
        pytest.skip(reason)
    return installed.from_package(debs["1.0.0"], tmp_path_factory.mktemp("package"))


def note_steps(guest: Guest) -> None:
    guest.write("/root/hook", NOTE_STEPS)
    guest.write(HOOKED_ENV, ENV_WITH_HOOK)
    guest("chmod", "755", HOOKED_ENV)
    guest.write("/etc/systemd/system/kiosk-trial.service.d/steps.conf", _TRIAL)
    guest("systemctl", "daemon-reload")


def upgrade(guest: Guest, deb: Path) -> None:
    guest.share(deb.parent, "/media")
    guest("dpkg", "-i", f"/media/{deb.name}", within=1500)
    assert current(guest).startswith("1.0.1-")
    assert guest("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "kiosk") == "ii "


def survives(guest: Guest, releases: set[str], sold: str, outside: Outside) -> None:
    """Check that the counter sells, and knows what was sold before. The boot ends a trial."""
    guest.eventually("test", "!", "-e", "/opt/kiosk/trial", within=600)
    eventually(lambda: installed.status(guest)["state"] == "idle", within=300)
    assert current(guest) in releases
    assert installed.rows(guest)[0]["reference"] == sold
    outside.sells()


def completes(guest: Guest, deb: Path, outside: Outside) -> None:
    """Do what the manual says, and install the package again; it takes some minutes."""
    guest.try_("dpkg", "--configure", "-a", within=1500)
    upgrade(guest, deb)
    outside.sells()


def logged_upgrade(
    disk: LoggedDisk, folder: Path, outside: Outside, deb: Path
) -> tuple[set[str], str]:
    """Sell, and upgrade while all writes are logged; return both releases, and what was sold."""
    guest = Guest(folder, None, disk.disks, words=ON_LOGGED_ROOT, lines=outside.plug_in)
    disk.begin()
    with guest:
        note_steps(guest)
        old = current(guest)
        sold = outside.sells()
        guest.power_off()
    disk.begin()
    with guest:
        upgrade(guest, deb)
        return {old, current(guest)}, sold


def test_an_upgrade_survives_a_power_cut_at_each_of_its_steps(
    disk_with_package: Path, debs: dict[str, Path], tmp_path: Path
) -> None:
    rng, new = Random(11), debs["1.0.1"]
    disk = logged_disk.root_disk(disk_with_package, tmp_path)
    booted: set[tuple[str, ...]] = set()
    with Outside(tmp_path) as outside:
        releases, sold = logged_upgrade(disk, tmp_path, outside, new)
        steps = moments(log := disk.log(), rng)
        points = sorted({*steps, *rng.sample(range(steps[0]), _WHILE_DPKG_UNPACKS)})
        to_complete = points[:: len(points) // 3]  # each takes some minutes
        for at in points:
            (folder := tmp_path / f"cut-{at}").mkdir()
            crashed = disk.crashed(log, at, rng, folder / "crashed")
            found = what_decides(crashed, releases)
            if found not in booted or at in to_complete:
                booted.add(found)
                with Guest(folder, crashed, lines=outside.plug_in) as guest:
                    survives(guest, releases, sold, outside)
                    if at in to_complete:
                        completes(guest, new, outside)
            shutil.rmtree(folder)
    sys.stdout.write(f"{len(points)} power cuts in an upgrade by dpkg, {len(booted)} systems\n")
    assert (len(points) > 25, len(booted) > 4) == (True, True)
