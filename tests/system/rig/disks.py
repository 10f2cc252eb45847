"""Disks for the booted system: ext4 images, made from folders without mounting anything."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.system.rig import image, uml

_INSIDE = Path(__file__).parents[1] / "inside"
_SIZE = "2G"

_AGENT = """\
[Unit]
Description=The hand of the tests
DefaultDependencies=no
After=sysinit.target dbus.socket
[Service]
ExecStart=/usr/bin/python3 /rig/agent.py /dev/ttyS0 /rig/shared
Restart=always
OOMScoreAdjust=-1000
[Install]
WantedBy=basic.target
"""
# Nobody uses the consoles, and the clock is the host's.
_MASKED = (
    "getty@tty1.service",
    "serial-getty@ttyS0.service",
    "systemd-timesyncd.service",
    "e2scrub_reap.service",
)


def why_not() -> str | None:
    """Return the reason if no system can be booted here."""
    return image.why_not() or uml.why_not()


def system() -> Path:
    """Return the disk of a bare Debian system that tests can boot. Make it the first time."""
    inside = sorted(path for path in _INSIDE.iterdir() if path.is_file())
    made_of = [image.tar().name, uml.kernel().name, Path(__file__).read_text()]
    made_of += [path.read_text() for path in inside]
    key = hashlib.sha256("\0".join(made_of).encode()).hexdigest()
    disk = image.CACHE / f"system-{key[:8]}.ext4"
    with disk.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not disk.exists():
            unfinished = disk.with_suffix(".unfinished")
            with tempfile.TemporaryDirectory(prefix="kiosk-system-") as scratch:
                tree = image.unpack(image.LITE, Path(scratch) / "tree")
                _furnish(tree, inside)
                pack(tree, unfinished, _SIZE)
            unfinished.rename(disk)
    return disk


def pack(tree: Path, disk: Path, size: str) -> Path:
    """Make an ext4 disk with this folder in it."""
    disk.unlink(missing_ok=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, disk, size], check=True)
    return disk


def _furnish(tree: Path, inside: list[Path]) -> None:
    (tree / "rig/shared").mkdir(parents=True)
    for program in inside:
        shutil.copy(program, tree / "rig")
    shutil.copytree(uml.kernel() / "lib/modules", tree / "lib/modules", symlinks=True)
    (tree / "etc/hostname").write_text("counter\n")
    (tree / "etc/fstab").write_text("/dev/ubda / ext4 defaults 0 1\n")
    units = tree / "etc/systemd/system"
    (units / "rig-agent.service").write_text(_AGENT)
    (units / "basic.target.wants").mkdir(exist_ok=True)
    (units / "basic.target.wants/rig-agent.service").symlink_to("../rig-agent.service")
    generators = tree / "etc/systemd/system-generators"
    generators.mkdir(exist_ok=True)
    (generators / "systemd-getty-generator").symlink_to("/dev/null")  # nobody is there to log in
    for unit in _MASKED:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
