"""The disks: what a path is on, whether it can be written, how much is free, errors of the card."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from kiosk.base.frozen import frozen

_IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_ESCAPED = re.compile(r"\\([0-7]{3})")  # proc_pid_mounts(5): a blank is \040


@frozen
class Mount:
    """A mounted file system. ``source`` is its device, such as /dev/mmcblk0p2."""

    source: str
    place: Path
    kind: str
    options: frozenset[str]

    @property
    def in_memory(self) -> bool:
        """Whether a power cut loses all that is in it, also below an overlay."""
        upper = next((o.partition("=")[2] for o in self.options if o.startswith("upperdir=")), "")
        return self.kind in _IN_MEMORY or (self.kind == "overlay" and _is_of_overlayroot(upper))

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written to it."""
        return "ro" in self.options


def _is_of_overlayroot(upper: str) -> bool:
    # raspi-config's overlay file system: the package overlayroot keeps the changes in a tmpfs.
    return upper.startswith(("/media/root-rw", "/overlay"))


def mounts(root: Path) -> list[Mount]:
    """Return the mounted file systems; none if the kernel's list can't be read."""
    try:
        lines = (root / "proc/self/mounts").read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [mount for line in lines if (mount := _mount(line))]


def _mount(line: str) -> Mount | None:
    fields = [_ESCAPED.sub(lambda code: chr(int(code[1], 8)), word) for word in line.split(" ")]
    if len(fields) < 4:
        return None
    source, place, kind, options = fields[:4]
    return Mount(source, Path(place), kind, frozenset(options.split(",")))


def mount_of(path: Path, root: Path = Path("/")) -> Mount | None:
    """Return the file system that a path is on, whether or not the path exists."""
    path = Path(os.path.normpath(path.absolute()))
    over = [mount for mount in mounts(root) if path.is_relative_to(mount.place)]
    # The last of several at one place is on top of the others.
    return max(reversed(over), key=lambda mount: len(mount.place.parts), default=None)


def existing(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    return next((each for each in (path, *path.parents) if os.path.exists(each)), Path("/"))


def free_bytes(path: Path, statvfs: Callable[[Path], os.statvfs_result] = os.statvfs) -> int | None:
    """Return how much a program may still write near this path; None if that is unknown."""
    try:
        seen = statvfs(existing(path))
    except OSError:
        return None
    return seen.f_bavail * seen.f_frsize


def card_errors(root: Path) -> dict[str, int]:
    """Return the devices of which ext4 has recorded errors, with their number.

    The count stays until the file system is repaired (``errors_count`` in the kernel's
    Documentation/ABI/testing/sysfs-fs-ext4).
    """
    found = {}
    for file in sorted((root / "sys/fs/ext4").glob("*/errors_count")):
        try:
            number = int(file.read_text())
        except (OSError, ValueError):
            continue
        if number:
            found[file.parent.name] = number
    return found
