"""A disk of the booted system with a log of all that is written to it: see ``write_log``.

Inside, the kernel's dm-log-writes stands between the file system and the disk. What a power cut might
have left at any moment is made from the log, with what was not flushed dropped at random.

There are two: ``journal_disk`` has /var/lib/kiosk on it, ``root_disk`` the whole system.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from tests.support.processes import eventually
from tests.system.rig.guest import Guest
from tests.system.rig.write_log import WriteLog

UNHEARD = "unheard"  # the mark after which nobody gets the system's messages
_MEGABYTES = 64  # the journal's
_LOG_SIZE = 4 << 30  # bytes; the file takes space only where it is written
_UNIT = f"""\
[Unit]
Description=The journal's disk, logged
Before=kiosk.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'dmsetup create state --table "0 {_MEGABYTES * 2048} log-writes /dev/ubdb /dev/ubdc" && \\
    mount /dev/mapper/state /var/lib/kiosk'
[Install]
RequiredBy=kiosk.service
"""


class LoggedDisk:
    """The disk in this file. Inside it is /dev/ubdb, its log /dev/ubdc, both as /dev/mapper/NAME."""

    def __init__(self, disk: Path, name: str) -> None:
        self._disk, self._name = disk, name
        self._log = disk.with_name(f"{disk.name}.log")
        self._before = disk.with_name(f"{disk.name}.before")  # as it was when the log began
        self._marked: set[str] = set()

    @property
    def disks(self) -> list[str | Path]:
        """The guest's disks besides its root."""
        return [self._disk, self._log]

    def begin(self) -> None:
        """Begin a new log; the system is off."""
        _copy(self._disk, self._before)
        self._log.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            log.truncate(_LOG_SIZE)

    def mark(self, guest: Guest, *promises: str) -> None:
        """Mark in the log, once each, what the service and the register were told."""
        for promise in promises:
            if promise not in self._marked:
                self._put_mark(guest, promise)
                self._marked.add(promise)

    def log(self) -> WriteLog:
        """Return what has been written; the system is off."""
        return WriteLog(self._log)

    def cut_power(self, guest: Guest, rng: Random) -> WriteLog:
        """Refuse the system's messages, then cut the power; return the log.

        The disk keeps what it must, and of the rest what ``rng`` draws. The log comes after the
        disk: what the world has heard of is in it only when it holds a mark that was put since.
        """
        self._put_mark(guest, UNHEARD)
        eventually(lambda: UNHEARD in self.log().marks(), within=300)
        guest.cut_power()
        log = self.log()
        at = rng.randrange(log.number_of(UNHEARD), len(log.entries) + 1)
        self.crashed(log, at, rng, self._disk)
        return log

    def crashed(self, log: WriteLog, at: int, rng: Random, to: Path) -> Path:
        """Write to the file the disk after a cut at the entry. AssertionError if it is damaged."""
        _copy(self._before, to)
        log.crash(to, at, rng)
        repaired = subprocess.run(["e2fsck", "-p", to], capture_output=True, check=False)
        assert repaired.returncode in (0, 1), repaired.stdout
        return to

    def _put_mark(self, guest: Guest, mark: str) -> None:
        guest("dmsetup", "message", self._name, "0", "mark", mark)


# --- the journal's ---


def journal_disk(folder: Path) -> LoggedDisk:
    """Make an empty one."""
    disk = folder / "state"
    disk.touch()
    subprocess.run(["mke2fs", "-q", "-t", "ext4", disk, f"{_MEGABYTES}M"], check=True)
    return LoggedDisk(disk, "state")


def put_in_place(guest: Guest) -> None:
    """Put the journal on its own disk from the next boot on."""
    guest.write("/etc/systemd/system/logged.service", _UNIT)
    guest("systemctl", "enable", "logged.service")


def contents(disk: Path, *paths: str) -> tuple[str, ...]:
    """Return what these files and links of an ext4 disk hold; "" for what is not there."""
    return tuple(_contents(disk, path) for path in paths)


def _contents(disk: Path, path: str) -> str:
    def ask(command: str) -> str:
        words = ["debugfs", "-R", f"{command} {path}", str(disk)]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout

    link = re.search(r'^Fast link dest: "(.*)"$', ask("stat"), re.MULTILINE)
    return f"-> {link[1]}" if link else ask("cat")


def rows_on(disk: Path) -> list[dict[str, Any]]:
    """Return the sales on a journal's disk. AssertionError if SQLite finds damage."""
    files = disk.with_name("files")
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    command = ["debugfs", "-R", f"rdump / {files}", str(disk)]
    subprocess.run(command, check=True, capture_output=True)
    return sound_rows(files / "journal.sqlite3")


def sound_rows(journal: Path) -> list[dict[str, Any]]:
    """Return the sales of a journal that SQLite finds intact; none if there is no journal."""
    if not journal.exists():
        return []
    with closing(sqlite3.connect(journal)) as db:
        db.row_factory = sqlite3.Row
        assert [tuple(row) for row in db.execute("PRAGMA integrity_check")] == [("ok",)]
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sales'").fetchone():
            return []
        return [dict(row) for row in db.execute("SELECT * FROM sales ORDER BY rowid")]


# --- the whole system's ---


def root_disk(installed: Path, folder: Path) -> LoggedDisk:
    """Make a copy of an installed system that can be booted with ``ON_LOGGED_ROOT``."""
    return LoggedDisk(_copy(installed, folder / "system"), "root")


# Words for the kernel, whose own root is then another system, just to start from.
ON_LOGGED_ROOT = ("init=/rig/logged_root.sh",)


def _copy(disk: Path, to: Path) -> Path:
    subprocess.run(["cp", "--sparse=always", disk, to], check=True)
    return to
