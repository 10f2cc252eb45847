"""Who else has a device open: a scan of /proc, as ``fuser`` does it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kiosk.base.frozen import frozen
from kiosk.base.language import _

# It has every keyboard with a power key open, for that key, and takes no code from the kiosk.
HARMLESS = "systemd-logind"
# They open serial ports of their own accord: a display for the blind, and a program for modems.
MEDDLERS = {
    "brltty": "sudo apt purge brltty",
    "ModemManager": "sudo systemctl mask --now ModemManager",
}
_KIOSK = "sudo systemctl stop kiosk kiosk-failed"


@frozen
class Holder:
    """A running program that has a device open."""

    pid: int
    name: str  # as the kernel has it: 15 characters at most

    def __str__(self) -> str:
        return f"{self.name} ({self.pid})"


def holders(device: str, root: Path = Path("/")) -> list[Holder]:
    """Return the programs that have this device open, under whatever name.

    Only root sees the open files of other users' programs.
    """
    wanted = _real(device, root)
    return [
        Holder(int(process.name), _name(process))
        for process in _processes(root)
        if wanted in _open_files(process)
    ]


def how_to_stop(holder: Holder) -> str:
    """Return what a person must do so that the program has no device open any more."""
    if command := MEDDLERS.get(holder.name):
        return _("run: {command}", command=command)
    if holder.name == "kiosk":
        return _("run: {command}", command=_KIOSK)
    if "getty" in holder.name:
        return _("run: sudo raspi-config nonint do_serial_cons 1, and restart")
    return _("stop that program: sudo kill {pid}", pid=holder.pid)


def names_of_running(root: Path = Path("/")) -> set[str]:
    """Return the names of all running programs, which everybody sees."""
    return {_name(process) for process in _processes(root)}


def _real(device: str, root: Path) -> str:
    """Return the device file that links such as those under /dev/serial/by-id lead to."""
    inside = root / device.lstrip("/")
    real = Path(os.path.realpath(inside))
    top = Path(os.path.realpath(root))
    return f"/{real.relative_to(top)}" if real.is_relative_to(top) else device


def _processes(root: Path) -> Iterator[Path]:
    try:
        names = sorted(int(name) for name in os.listdir(root / "proc") if name.isdecimal())
    except OSError:
        return
    yield from (root / "proc" / str(name) for name in names)


def _open_files(process: Path) -> set[str]:
    """Return what the program has open; empty if it has ended or belongs to somebody else."""
    try:
        return {_target(each) for each in (process / "fd").iterdir()}
    except OSError:
        return set()


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text(errors="replace").strip()
    except OSError:
        return ""
