"""The power goes in the middle of a signed update at night, in a system whose whole disk is logged: at each
step there is left what the disk must keep, with or without what it was about to write. That is booted.

``tests/system/install/test_power_cuts.py`` has the same steps, of first installs too, sooner: in a
container, which loses no written byte.
"""

from __future__ import annotations

import shutil
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.support.processes import eventually
from tests.system.rig import counter, installed, logged_disk, steps
from tests.system.rig.guest import Done, Guest
from tests.system.rig.logged_disk import ON_LOGGED_ROOT
from tests.system.rig.outside import Outside
from tests.system.rig.write_log import WriteLog

NOTE_STEPS = steps.hook(r"""
  [ -e /dev/mapper/root ] || return 0
  dmsetup message root 0 mark "step:${BASH_COMMAND//[^A-Za-z0-9]/-}"
""")
MORE_MOMENTS = 8  # while the bundle is unpacked and pip writes thousands of files, for instance
_HOOKED = "[Service]\nEnvironment=BASH_ENV=/root/steps\n"
_IN_A_HURRY = f"{_HOOKED}Environment=KIOSK_TRIAL_SECONDS=5\n"
READY = "/var/lib/kiosk-updates/new.bundle.tar"
INSTALL = "/opt/kiosk/current/share/scripts/install"


class Update:
    """A signed bundle, and a counter that trusts its key."""

    def __init__(self, folder: Path) -> None:
        key, self._signers = counter.new_key(folder)
        self._bundle = counter.bundle_of_another_version(folder, key)

    def prepare(self, guest: Guest) -> str:
        """Trust the key, and note the steps of the installed release; return its name."""
        guest.write("/etc/kiosk/update-signers", self._signers)
        guest.write("/root/steps", NOTE_STEPS)
        guest.write("/etc/systemd/system/kiosk-trial.service.d/steps.conf", _IN_A_HURRY)
        guest.write("/etc/systemd/system/kiosk-update.service.d/steps.conf", _HOOKED)
        guest.shell("""
            cd /opt/kiosk/current/share/scripts
            sed -i 's#/bin/bash -p#/bin/bash#' install installer/main installer/nightly
            sed -i 's#"${kept\\[@\\]}"#& BASH_ENV="${BASH_ENV:-}"#' install
            grep -q 'BASH_ENV="${BASH_ENV:-}" /bin/bash' install
        """)
        self.lay_ready(guest)
        return current(guest)

    def lay_ready(self, guest: Guest) -> None:
        """Put the bundle where the nightly update looks for it."""
        guest.share(self._bundle.parent, "/media")
        guest.shell(f"""
            mkdir -p $(dirname {READY})
            cp /media/{self._bundle.name}.sig {READY}.sig
            cp /media/{self._bundle.name} {READY}.part
            mv {READY}.part {READY}
            umount /media
        """)

    def installs(self, guest: Guest) -> str:
        """Run the nightly update; return the release that runs then."""
        done = guest.try_("systemctl", "start", "kiosk-update.service", within=1500)
        assert done.status == 0, guest("journalctl", "-u", "kiosk-update", "-u", "kiosk-trial")
        return current(guest)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory, installed_disk: Path) -> Update:
    assert installed_disk.exists()  # otherwise there is nothing to update, and the reason is said
    return Update(tmp_path_factory.mktemp("update"))


def test_an_update_survives_a_power_cut_at_each_of_its_steps(
    installed_disk: Path, new: Update, tmp_path: Path
) -> None:
    """Of the disks on which a boot finds the same, one is booted."""
    rng = Random(7)
    disk = logged_disk.root_disk(installed_disk, tmp_path)
    with Outside(tmp_path) as outside:
        guest = Guest(tmp_path, None, disk.disks, words=ON_LOGGED_ROOT, lines=outside.plug_in)
        disk.begin()
        with guest:
            old = new.prepare(guest)
            sold = outside.sells()
            guest.power_off()
        disk.begin()
        with guest:
            newer = new.installs(guest)
            assert newer != old
        points = moments(log := disk.log(), rng)
        assert len(points) > 25
        booted: set[tuple[str, ...]] = set()
        for at in points:
            (folder := tmp_path / f"cut-{at}").mkdir()
            crashed = disk.crashed(log, at, rng, folder / "crashed")
            found = what_decides(crashed, {old, newer})
            if found not in booted:
                booted.add(found)
                with Guest(folder, crashed, lines=outside.plug_in) as guest:
                    survives(guest, {old, newer}, sold, outside)
                    if len(booted) == 2:  # what was left in the middle does not matter
                        new.lay_ready(guest)
                        assert new.installs(guest) == newer
            shutil.rmtree(folder)
        assert len(booted) > 4
        sys.stdout.write(f"{len(points)} power cuts in an update, {len(booted)} booted\n")


def survives(guest: Guest, releases: set[str], sold: str, outside: Outside) -> None:
    """Check that the counter sells, and knows what was sold before."""
    is_one_whole_release(guest, releases)
    assert guest.try_("test", "-e", "/opt/kiosk/incoming").status == 1
    assert installed.rows(guest)[0]["reference"] == sold
    outside.sells()


def moments(log: WriteLog, rng: Random) -> list[int]:
    """Return the entries before which the power is cut: each step, and some others.

    Steps between which nothing is written are one.
    """
    is_step = [entry.mark.startswith("step:") for entry in log.entries]
    apart = [at for at, (step, next_too) in enumerate(pairwise(is_step)) if step and not next_too]
    return sorted({*apart, *rng.sample(range(apart[0], len(log.entries)), MORE_MOMENTS)})


def what_decides(disk: Path, releases: set[str]) -> tuple[str, ...]:
    """Return what is on a disk of all that an update writes and a boot reads.

    The release is whole, at any moment.
    """
    (link,) = logged_disk.contents(disk, "/opt/kiosk/current")
    release = link.removeprefix("-> releases/")
    assert release in releases
    program, *parts = logged_disk.contents(
        disk, *(f"/opt/kiosk/releases/{release}/{part}" for part in _PARTS)
    )
    assert program.startswith(f"#!/opt/kiosk/releases/{release}/bin/python")
    assert all(parts)
    return logged_disk.contents(disk, *_DECIDE)


_PARTS = ("bin/kiosk", "share/made-from", "lib/python3.11/site-packages/kiosk/app.py")
_UNITS = "/usr/local/lib/systemd/system"
_DECIDE = (
    *(f"/opt/kiosk/{name}" for name in ("current", "previous", "trial", "refused")),
    *(f"{_UNITS}/kiosk{name}.service" for name in ("", "-trial", "-failed", "-update")),
    "/etc/systemd/system/kiosk.service.d/50-devices.conf",
    "/etc/kiosk/kiosk.yaml",
    "/etc/kiosk/update-signers",
)


def current(guest: Guest) -> str:
    return guest("readlink", "/opt/kiosk/current").strip().removeprefix("releases/")


def is_one_whole_release(guest: Guest, releases: set[str]) -> None:
    """The boot ends a trial; then the program and its units are of the same release."""
    guest.eventually("test", "!", "-e", "/opt/kiosk/trial", within=600)
    eventually(lambda: installed.status(guest)["state"] == "idle", within=300)
    assert current(guest) in releases
    assert guest("systemctl", "--failed", "--plain", "--no-legend") == ""
    guest.shell("""
        test -e /opt/kiosk/previous/whole
        for unit in kiosk.service kiosk-trial.service; do
          cmp /opt/kiosk/current/share/systemd/$unit /usr/local/lib/systemd/system/$unit
        done
    """)


# --- at night, nothing is cut ---


HAS_ENDED = "systemctl show -P ActiveState kiosk-update | grep -qE '^(inactive|failed)$'"


def by_hand(guest: Guest, *words: str) -> Done:
    return guest.try_(INSTALL, *words, "--from", READY, within=300)


def evil_takes_its_place(guest: Guest) -> None:
    """Put another bundle, with one byte changed, where the good one is."""
    guest.shell(f"""
        cp {READY} /root/evil
        printf '\\1' | dd of=/root/evil bs=1 seek=100000 conv=notrunc status=none
        mv /root/evil {READY}
    """)


def test_two_updates_at_once_in_1970_with_a_bundle_that_is_replaced_are_one_good_update(
    installed_disk: Path, new: Update, tmp_path: Path
) -> None:
    with (
        Outside(tmp_path) as outside,
        Guest(tmp_path, installed_disk, lines=outside.plug_in) as guest,
    ):
        old = new.prepare(guest)
        evil_takes_its_place(guest)
        refused = by_hand(guest)
        assert (refused.status, "its signature is not for these bytes" in refused.err) == (3, True)
        assert guest("ls", "/opt/kiosk/releases").split() == [old]
        assert guest.try_("test", "-e", "/opt/kiosk/incoming").status == 1
        new.lay_ready(guest)
        guest("date", "--set=1970-01-02 03:04:05")
        guest("systemctl", "start", "--no-block", "kiosk-update.service")
        guest.eventually("test", "-e", "/opt/kiosk/incoming/tree/scripts/install", within=120)
        other = by_hand(guest)
        assert (other.status, "another installer is running" in other.err) == (1, True)
        evil_takes_its_place(guest)  # what was checked is unpacked already
        guest.eventually("sh", "-c", HAS_ENDED, within=1500)
        log = guest("journalctl", "-u", "kiosk-update", "-u", "kiosk-trial", "-o", "cat")
        assert "the clock says 1970-01-02, before the installed release was made" in log
        assert current(guest) != old, log
        assert guest.try_("test", "-e", "/opt/kiosk/incoming").status == 1
        is_one_whole_release(guest, {current(guest)})
        outside.sells()
