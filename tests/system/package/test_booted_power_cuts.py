"""The power goes while dpkg upgrades the package, in a booted system whose whole disk is logged.

What the disk must keep, with or without what it was about to write, is booted: the counter sells, and
dpkg can go on. ``test_power_cuts.py`` has the same steps sooner, in a container.
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
from tests.system.rig.logged_disk import ON_LOGGED_ROOT
from tests.system.rig.outside import Outside
from tests.system.rig.packages import ENV_WITH_HOOK, HOOKED_ENV
from tests.system.test_update_power_cuts import NOTE_STEPS, current, moments

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


def is_ready_to_sell(guest: Guest, releases: set[str]) -> None:
    """The boot ends a trial."""
    guest.eventually("test", "!", "-e", "/opt/kiosk/trial", within=600)
    eventually(lambda: installed.status(guest)["state"] == "idle", within=300)
    assert current(guest) in releases


def test_an_upgrade_survives_a_power_cut_at_each_of_its_steps(
    disk_with_package: Path, debs: dict[str, Path], tmp_path: Path
) -> None:
    rng = Random(11)
    disk = logged_disk.root_disk(disk_with_package, tmp_path)
    with Outside(tmp_path) as outside:
        guest = Guest(tmp_path, None, disk.disks, words=ON_LOGGED_ROOT, lines=outside.plug_in)
        disk.begin()
        with guest:
            note_steps(guest)
            old = current(guest)
            sold = outside.sells()
            guest.power_off()
        disk.begin()
        with guest:
            upgrade(guest, debs["1.0.1"])
            new = current(guest)
        log = disk.log()
        points = moments(log, rng)
        points = sorted({*points, *rng.sample(range(points[0]), _WHILE_DPKG_UNPACKS)})
        assert len(points) > 25
        for number, at in enumerate(points):
            (folder := tmp_path / f"cut-{at}").mkdir()
            crashed = disk.crashed(log, at, rng, folder / "crashed")
            with Guest(folder, crashed, lines=outside.plug_in) as guest:
                is_ready_to_sell(guest, {old, new})
                assert installed.rows(guest)[0]["reference"] == sold
                outside.sells()
                if number % 5 == 0:  # each takes some minutes
                    guest.try_("dpkg", "--configure", "-a", within=1500)
                    upgrade(guest, debs["1.0.1"])
                    outside.sells()
            shutil.rmtree(folder)
        sys.stdout.write(f"{len(points)} power cuts in the middle of an upgrade by dpkg\n")
