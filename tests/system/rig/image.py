"""Debian systems for the system tests: mmdebstrap makes each once; it is kept as a tar.

The packages come from this machine's sources. ``python -m tests.system.rig.image`` makes all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kiosk-tests"

# The packages of every Debian system here.
_BASE = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "kmod",
    "libpam-systemd",
    "procps",
    "python3",
    "systemd",
    "systemd-sysv",
    "udev",
)


@dataclass(frozen=True, slots=True)
class Flavour:
    """A Debian system: its release and its packages."""

    name: str
    suite: str
    packages: tuple[str, ...]

    @property
    def python(self) -> str:
        """The version of its Python."""
        return {"bookworm": "3.11", "trixie": "3.13"}[self.suite]

    @property
    def tar(self) -> Path:
        """The file of the finished system; each list of packages has its own."""
        key = hashlib.sha256(" ".join((self.suite, *self.packages)).encode()).hexdigest()
        return CACHE / f"{self.suite}-{self.name}-{key[:8]}.tar"


# As Raspberry Pi OS Lite has it; and a system where the installer must fetch what it lacks.
# (dmsetup is there for the tests: it puts a disk together that keeps a log of its writes.)
LITE = Flavour(
    "lite",
    "bookworm",
    (*_BASE, "dmsetup", "openssh-client", "python3-spidev", "python3-venv", "sudo"),
)
BARE = Flavour("bare", "bookworm", _BASE)
TRIXIE = Flavour("lite", "trixie", LITE.packages)
BARE_TRIXIE = Flavour("bare", "trixie", _BASE)


def why_not() -> str | None:
    """Return the reason if no Debian system can be made here."""
    if os.geteuid() != 0:
        return "making a Debian system needs root"
    if shutil.which("mmdebstrap") is None:
        return "no mmdebstrap here: apt install mmdebstrap"
    if not sources(_own_suite()):
        return "no Debian package sources here"
    return None


def tar(flavour: Flavour = LITE) -> Path:
    """Return the system as a tar. The first time, make it (a minute or two)."""
    path = flavour.tar
    with only_one(path):
        if not path.exists():
            _make(flavour, path)
    return path


def unpack(flavour: Flavour, root: Path) -> Path:
    """Unpack the system into a folder of its own."""
    root.mkdir(parents=True)
    subprocess.run(["tar", "-xf", str(tar(flavour)), "-C", str(root)], check=True)
    return root


def _make(flavour: Flavour, path: Path) -> None:
    unfinished = path.with_suffix(".unfinished")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--format=tar"]
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']  # a mirror may be some weeks old
    command += [f"--include={','.join(flavour.packages)}", flavour.suite, str(unfinished), "-"]
    debian = sources(flavour.suite)
    done = subprocess.run(command, input=debian, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mmdebstrap could not make {flavour.name}: {done.stderr[-2000:]}")
    unfinished.rename(path)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Keep other processes from making this file at the same time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own_suite() -> str:
    text = Path("/etc/os-release").read_text()
    found = re.search(r"^VERSION_CODENAME=(\w+)$", text, re.MULTILINE)
    return found[1] if found else ""


def sources(suite: str) -> str:
    """Return this machine's Debian package sources, for that release."""
    own = _own_suite()
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    texts = [file.read_text() for file in files if file.is_file()]
    ours = re.compile(rf"^(Suites:\s*|deb\s+(\[.*\]\s+)?\S+\s+){own}\b", re.MULTILINE)
    paragraphs = [paragraph for text in texts for paragraph in re.split(r"\n\s*\n", text)]
    return "\n\n".join(each for each in paragraphs if ours.search(each)).replace(own, suite)


if __name__ == "__main__":
    for each in (LITE, BARE, TRIXIE, BARE_TRIXIE):
        sys.stdout.write(f"{tar(each)}\n")
