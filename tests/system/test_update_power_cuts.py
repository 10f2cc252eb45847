"""The power goes in mid-update, in a system whose whole disk is logged: at each step of the update
there is left what the disk must keep, with or without what it was about to write. That is booted.

``tests/system/install/test_power_cuts.py`` has the same steps, of first installs too, sooner: in a
container, which loses no written byte.
"""

from __future__ import annotations

import shutil
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.support.processes import eventually
from tests.system.rig import counter, installed, logged_disk, steps
from tests.system.rig.guest import Guest
from tests.system.rig.logged_disk import ON_LOGGED_ROOT
from tests.system.rig.outside import Outside
from tests.system.rig.write_log import WriteLog

NOTE_STEPS = steps.hook(r"""
  [ -e /dev/mapper/root ] || return 0
  dmsetup message root 0 mark "step:${BASH_COMMAND//[^A-Za-z0-9]/-}"
""")
MORE_MOMENTS = 8  # while pip writes thousands of files, for instance
JUDGE_TOO = "[Service]\nEnvironment=BASH_ENV=/root/steps KIOSK_TRIAL_SECONDS=5\n"


def test_an_update_survives_a_power_cut_at_each_of_its_steps(
    installed_disk: Path, tmp_path: Path
) -> None:
    rng = Random(7)
    disk = logged_disk.root_disk(installed_disk, tmp_path)
    with Outside(tmp_path) as outside:
        guest = Guest(tmp_path, None, disk.disks, words=ON_LOGGED_ROOT, lines=outside.plug_in)
        disk.begin()
        with guest:
            old = bring_another_version(guest)
            sold = outside.sells()
            guest.power_off()
        disk.begin()
        with guest:
            update(guest)
            new = current(guest)
            assert new != old
        log = disk.log()
        points = moments(log, rng)
        assert len(points) > 25
        for at in points:
            (folder := tmp_path / f"cut-{at}").mkdir()
            crashed = disk.crashed(log, at, rng, folder / "crashed")
            with Guest(folder, crashed, lines=outside.plug_in) as guest:
                is_one_whole_release(guest, {old, new})
                assert installed.rows(guest)[0]["reference"] == sold
                outside.sells()
                if at == points[-1]:
                    update(guest)
                    assert current(guest) == new
            shutil.rmtree(folder)
        sys.stdout.write(f"{len(points)} power cuts amid an update\n")


def moments(log: WriteLog, rng: Random) -> list[int]:
    """Return the entries before which the power is cut: each step, and some others.

    Steps between which nothing is written are one.
    """
    is_step = [entry.mark.startswith("step:") for entry in log.entries]
    apart = [at for at, (step, next_too) in enumerate(pairwise(is_step)) if step and not next_too]
    return sorted({*apart, *rng.sample(range(apart[0], len(log.entries)), MORE_MOMENTS)})


def bring_another_version(guest: Guest) -> str:
    """Put a second checkout beside the first; return the release that runs."""
    guest.shell("""
        cp -r /root/kiosk /root/other
        for file in kiosk/__init__.py systemd/kiosk.service systemd/kiosk-trial.service; do
          echo "# another version" >>/root/other/$file
        done
    """)
    guest.write("/root/steps", NOTE_STEPS)
    guest.write("/etc/systemd/system/kiosk-trial.service.d/steps.conf", JUDGE_TOO)
    return current(guest)


def current(guest: Guest) -> str:
    return guest("readlink", "/opt/kiosk/current").strip().removeprefix("releases/")


def update(guest: Guest) -> None:
    """Update to the other version, as a technician does."""
    guest.share(counter.wheels(), "/media")
    install = steps.open_to_hooks("/root/other/scripts/install", "--from", "/media")
    guest(*install, within=900, BASH_ENV="/root/steps")


def is_one_whole_release(guest: Guest, releases: set[str]) -> None:
    """The boot ends a trial; then the program and its units are of the same release."""
    guest.eventually("test", "!", "-e", "/opt/kiosk/trial", within=120)
    eventually(lambda: installed.status(guest)["state"] == "idle", within=60)
    assert current(guest) in releases
    assert guest("systemctl", "--failed", "--plain", "--no-legend") == ""
    guest.shell("""
        test -e /opt/kiosk/previous/whole
        for unit in kiosk.service kiosk-trial.service; do
          cmp /opt/kiosk/current/share/systemd/$unit /usr/local/lib/systemd/system/$unit
        done
    """)
