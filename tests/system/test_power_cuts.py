"""The power goes in mid-sale and in mid-update: the whole machine is killed, and of its disk there is
left what a disk must keep, with or without what it was about to write.
"""

from __future__ import annotations

import shutil
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from select import select
from time import monotonic

from tests.e2e.kills import agreement, something_happens
from tests.e2e.rig import eventually
from tests.system import counter, installed, logged_disk, steps
from tests.system.guest import Guest
from tests.system.logged_disk import ON_LOGGED_ROOT, LoggedDisk
from tests.system.outside import Outside
from tests.system.write_log import WriteLog

CUTS = 20
POINTS = 3  # further moments of each life at which the cut might have come


def test_twenty_power_cuts_amid_sales_lose_none_and_invent_none(
    installed_disk: Path, tmp_path: Path
) -> None:
    rng = Random(20)
    with Outside(tmp_path) as outside:
        disk = logged_disk.journal_disk(tmp_path)
        guest = Guest(tmp_path, installed_disk, disk.disks, lines=outside.plug_in)
        disk.begin()
        with guest:
            logged_disk.put_in_place(guest)
            guest.power_off()
        for _ in range(CUTS):
            disk.begin()
            with guest:
                a_short_life(rng, outside, guest, disk)
            log = disk.lose_power(rng)
            for _ in range(POINTS):
                at = rng.randrange(len(log.entries) + 1)
                crashed = disk.crashed(log, at, rng, tmp_path / "crashed")
                promises_are_kept(log.marks(at), logged_disk.rows_on(crashed))
        disk.begin()
        with guest:
            eventually(lambda: installed.status(guest)["state"] in ("idle", "finished"), within=60)
            eventually(lambda: all(row["outcome"] for row in installed.rows(guest)), within=60)
            said = agreement(outside.api.orders(), installed.rows(guest))
            sys.stdout.write(f"{CUTS} power cuts, {CUTS * POINTS} crash points, {said}\n")
            assert guest("find", "/var/lib/kiosk", "-name", "*.unreadable-*") == ""
            outside.sells()


def a_short_life(rng: Random, outside: Outside, guest: Guest, disk: LoggedDisk) -> None:
    """Sell for some seconds, and note what the service and the register have been told."""
    end = monotonic() + rng.uniform(0.2, 8.0)
    while (left := end - monotonic()) > 0:
        select([], [], [], min(left, rng.uniform(0.0, 0.6)))
        something_happens(rng, outside.api, outside.register.send)
        orders = outside.api.orders()
        payable = [order for order in orders if order["status"] == "created"]
        assert len(payable) <= 1, f"payable at once: {payable}"
        answers = [line.split() for line in outside.register.heard_lines()]
        disk.mark(guest, *(f"opened:{order['external_reference']}" for order in orders))
        disk.mark(guest, *(f"{answer[0]}:{answer[-1]}" for answer in answers))


def promises_are_kept(marks: list[str], rows: list[dict[str, object]]) -> None:
    """See that the journal knows what the world had been told before the cut."""
    known = {row["reference"]: row["outcome"] for row in rows}
    for promise in marks:
        what, _, reference = promise.partition(":")
        assert reference in known, promise
        if what == "PAID":
            assert known[reference] == "paid", promise
        elif what == "FAIL":
            assert known[reference], promise


# --- in mid-update ---

NOTE_STEPS = steps.hook(r"""
  [ -e /dev/mapper/root ] || return 0
  dmsetup message root 0 mark "step:${BASH_COMMAND//[^A-Za-z0-9]/-}"
""")
MORE_MOMENTS = 8  # while pip writes thousands of files, for instance
JUDGE_TOO = "[Service]\nEnvironment=BASH_ENV=/root/steps KIOSK_TRIAL_SECONDS=5\n"


def test_an_update_survives_a_power_cut_at_each_of_its_steps(
    installed_disk: Path, tmp_path: Path
) -> None:
    """Those between which nothing is written are one."""
    rng = Random(7)
    disk = logged_disk.root_disk(installed_disk, tmp_path)
    with Outside(tmp_path) as outside:
        guest = Guest(tmp_path, None, disk.disks, words=ON_LOGGED_ROOT, lines=outside.plug_in)
        disk.begin()
        with guest:
            releases = bring_another_version(guest)
            sold = outside.sells()
            guest.power_off()
        disk.begin()
        with guest:
            update(guest)
            releases.add(current(guest))
            assert len(releases) == 2
        log = disk.log()
        points = moments(log, rng)
        assert len(points) > 25
        for at in points:
            (folder := tmp_path / f"cut-{at}").mkdir()
            crashed = disk.crashed(log, at, rng, folder / "crashed")
            with Guest(folder, crashed, lines=outside.plug_in) as guest:
                is_one_whole_release(guest, releases)
                assert installed.rows(guest)[0]["reference"] == sold
                outside.sells()
                if at == points[-1]:
                    update(guest)
            shutil.rmtree(folder)
        sys.stdout.write(f"{len(points)} power cuts amid an update\n")


def moments(log: WriteLog, rng: Random) -> list[int]:
    """Return before which entries the power goes: steps with writes in between, and some others."""
    is_step = [entry.mark.startswith("step:") for entry in log.entries]
    apart = [at for at, (step, next_too) in enumerate(pairwise(is_step)) if step and not next_too]
    return sorted({*apart, *rng.sample(range(apart[0], len(log.entries)), MORE_MOMENTS)})


def bring_another_version(guest: Guest) -> set[str]:
    """Lay a second checkout beside the first; return the release that runs."""
    guest.shell("""
        cp -r /root/kiosk /root/other
        for file in kiosk/__init__.py systemd/kiosk.service systemd/kiosk-trial.service; do
          echo "# another version" >>/root/other/$file
        done
    """)
    guest.write("/root/steps", NOTE_STEPS)
    guest.write("/etc/systemd/system/kiosk-trial.service.d/steps.conf", JUDGE_TOO)
    return {current(guest)}


def current(guest: Guest) -> str:
    return guest("readlink", "/opt/kiosk/current").strip().removeprefix("releases/")


def update(guest: Guest) -> None:
    """Update to the other version, as a technician does."""
    guest.share(counter.wheels(), "/media")
    install = "/root/other/scripts/install"
    guest(install, "--from", "/media", within=900, BASH_ENV="/root/steps")


def is_one_whole_release(guest: Guest, releases: set[str]) -> None:
    """With the boot a trial comes to its end; then the program and its units belong together."""
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
