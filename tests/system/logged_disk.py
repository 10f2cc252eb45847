"""The journal's own disk, with a log of all that is written to it: see ``write_log``.

Inside, the kernel's dm-log-writes stands between the file system and the disk. After a power cut the
disk is made anew from the log, with what was not flushed dropped at random.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from tests.system.guest import Guest
from tests.system.write_log import WriteLog

_MEGABYTES = 64
_SECTORS = _MEGABYTES * 2048
_UNIT = f"""\
[Unit]
Description=The journal's disk, logged
Before=kiosk.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'dmsetup create state --table "0 {_SECTORS} log-writes /dev/ubdb /dev/ubdc" && \\
    mount /dev/mapper/state /var/lib/kiosk'
[Install]
RequiredBy=kiosk.service
"""


class LoggedDisk:
    """A disk for /var/lib/kiosk, at the end of each life of the system what its log makes of it."""

    def __init__(self, folder: Path) -> None:
        self._disk, self._log = folder / "state", folder / "log"
        self._before = folder / "state-before"  # as it was when this life began
        self._marked: set[str] = set()
        self._disk.touch()
        subprocess.run(["mke2fs", "-q", "-t", "ext4", self._disk, f"{_MEGABYTES}M"], check=True)

    @property
    def disks(self) -> list[str | Path]:
        """What the guest has besides its root."""
        return [self._disk, self._log]

    @staticmethod
    def put_in_place(guest: Guest) -> None:
        """Have the journal there from the next boot on."""
        guest.write("/etc/systemd/system/logged.service", _UNIT)
        guest("systemctl", "enable", "logged.service")

    def begin(self) -> None:
        """Begin a new log; the system is off."""
        subprocess.run(["cp", "--sparse=always", self._disk, self._before], check=True)
        self._log.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            log.truncate(4 * _MEGABYTES << 20)

    def mark(self, guest: Guest, *promises: str) -> None:
        """Note in the log, once each, what the world has been told."""
        for promise in promises:
            if promise not in self._marked:
                guest("dmsetup", "message", "state", "0", "mark", promise)
                self._marked.add(promise)

    def lose_power(self, rng: Random) -> WriteLog:
        """Make the disk what it is after a cut at the end of the log; return the log."""
        log = WriteLog(self._log)
        self._fall_to(self._disk, log, len(log.entries), rng)
        return log

    def crashed(self, log: WriteLog, at: int, rng: Random, folder: Path) -> list[dict[str, Any]]:
        """Return the journal's rows after a cut at that entry; AssertionError if it is not sound."""
        disk = folder / "crashed"
        self._fall_to(disk, log, at, rng)
        repaired = subprocess.run(["e2fsck", "-p", disk], capture_output=True, check=False)
        assert repaired.returncode in (0, 1), repaired.stdout
        files = folder / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        command = ["debugfs", "-R", f"rdump / {files}", str(disk)]
        subprocess.run(command, check=True, capture_output=True)
        return sound_rows(files / "journal.sqlite3")

    def _fall_to(self, disk: Path, log: WriteLog, at: int, rng: Random) -> None:
        subprocess.run(["cp", "--sparse=always", self._before, disk], check=True)
        log.crash(disk, at, rng)


def sound_rows(journal: Path) -> list[dict[str, Any]]:
    """Return the sales of a journal whose integrity SQLite vouches for; none if it is not there yet."""
    if not journal.exists():
        return []
    with closing(sqlite3.connect(journal)) as db:
        db.row_factory = sqlite3.Row
        assert [tuple(row) for row in db.execute("PRAGMA integrity_check")] == [("ok",)]
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sales'").fetchone():
            return []
        return [dict(row) for row in db.execute("SELECT * FROM sales ORDER BY rowid")]
