"""The read-only root of the manual: nothing but the journal is written to the card."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.support.processes import eventually
from tests.system.rig import installed
from tests.system.rig.counter import CHECKOUT
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside

_DISKS = {"/dev/mmcblk0p2": "/dev/ubda", "/dev/mmcblk0p3": "/dev/ubdb"}


def fstab() -> str:
    """Return the manual's table of mounts, for the disks of the booted system."""
    page = (CHECKOUT / "kiosk/manual/start/installed.md").read_text()
    found = re.search(r"```text\n(/dev/mmcblk0p2 .*?)```", page, re.DOTALL)
    assert found
    text = found[1]
    for theirs, ours in _DISKS.items():
        text = text.replace(theirs, ours)
    return text


def sectors_written(guest: Guest, disk: str) -> int:
    """Return how many since the boot (the kernel's Documentation/block/stat.rst, field 7)."""
    return int(guest.read(f"/sys/block/{disk}/stat").split()[6])


def test_it_sells_while_nothing_but_the_journal_is_written(
    installed_disk: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.touch()
    subprocess.run(["mke2fs", "-q", "-t", "ext4", state, "64M"], check=True)
    with Outside(tmp_path) as outside:
        guest = Guest(tmp_path, installed_disk, [state], words=["ro"], lines=outside.plug_in)
        with guest:
            guest.write("/etc/fstab", fstab())
            guest.power_off()
        with guest:
            assert guest("systemctl", "--failed", "--plain", "--no-legend") == ""
            eventually(lambda: installed.status(guest)["state"] == "idle", within=300)
            assert guest.try_("touch", "/etc/anything").status != 0
            for _ in range(3):
                outside.sells()
            guest("sync")
            assert sectors_written(guest, "ubda") == 0
            assert sectors_written(guest, "ubdb") > 0
        with guest:  # after a power cut
            assert [row["outcome"] for row in installed.rows(guest)] == ["paid"] * 3
            outside.sells()
