"""What a device installs, and from where, according to the package index and Debian.

``python -m tests.release.platforms`` writes ``scripts/platforms.md``. It fails if a package in the
locks needs a compiler.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.system.rig.image import sources

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "scripts/platforms.md"
LOCKS = ("device", "inky")
# Modules without a wheel, and Debian's package of each. That of lgpio is in Raspberry Pi's archive.
DEBIAN = {"lgpio": "python3-lgpio", "spidev": "python3-spidev"}

HEAD = """# What a device installs

Made by `python -m tests.release.platforms` from the lock files, by asking the package index and
Debian; a test holds it against them. *wheel*: built for that processor and Python. *pure*: Python only,
runs anywhere. *Debian*: from the package named below. Nothing needs a compiler. There are 64-bit
systems only: for 32-bit ones Pillow and others have no wheels.

"""


@dataclass(frozen=True, slots=True)
class Platform:
    """A Debian release on a kind of processor."""

    suite: str
    python: str
    glibc: int
    machine: str

    @property
    def title(self) -> str:
        return f"{self.suite} ({self.python}) {self.machine}"

    def wants(self, requirement: Requirement) -> bool:
        """Return whether the lock has it for this platform."""
        marker = requirement.marker
        return marker is None or marker.evaluate(
            {
                "python_version": self.python,
                "python_full_version": f"{self.python}.2",
                "platform_machine": self.machine,
                "platform_system": "Linux",
                "sys_platform": "linux",
                "os_name": "posix",
            }
        )

    def pip_words(self) -> list[str]:
        """Return pip's options for it. They must name older glibcs too."""
        tags = [
            f"--platform=manylinux_2_{minor}_{self.machine}" for minor in range(5, self.glibc + 1)
        ]
        return [
            *tags,
            f"--platform=manylinux2014_{self.machine}",
            f"--python-version={self.python}",
        ]


SUITES = {"bookworm": ("3.11", 36), "trixie": ("3.13", 41)}
PLATFORMS = [
    Platform(suite, python, glibc, machine)
    for suite, (python, glibc) in SUITES.items()
    for machine in ("aarch64", "x86_64")
]


def locked(name: str) -> dict[str, Requirement]:
    """Return the packages of a lock file, as they are written there."""
    text = (ROOT / f"scripts/requirements-{name}.txt").read_text()
    lines = re.findall(r"^[a-z].*?(?= \\$)", text, re.MULTILINE)
    found = {line: Requirement(line) for line in lines}
    return {line: need for line, need in found.items() if any(p.wants(need) for p in PLATFORMS)}


def files(platform: Platform, needs: Iterable[Requirement]) -> dict[str, str]:
    """Return the file that pip would install for each. RuntimeError if one must be compiled."""
    wanted = [f"{need.name}{need.specifier}" for need in needs if platform.wants(need)]
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
        command += ["--ignore-installed", "--ignore-requires-python", "--only-binary=:all:"]
        command += [*platform.pip_words(), f"--target={folder}", f"--report={report}", *wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{platform.title}: {done.stderr}")
        found = json.loads(report.read_text())["install"]
    return {
        canonicalize_name(each["metadata"]["name"]): each["download_info"]["url"].rsplit("/", 1)[1]
        for each in found
    }


def table() -> str:
    """Return the table, from the answers of the index and of Debian."""
    device, inky = (locked(name) for name in LOCKS)
    needs = {**inky, **device}
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda platform: files(platform, needs.values()), PLATFORMS))
    rows = [
        ["package", *(platform.title for platform in PLATFORMS)],
        ["---"] * (len(PLATFORMS) + 1),
    ]
    for line, need in sorted(needs.items()):
        cells = [
            _whence(need, found if platform.wants(need) else {})
            for platform, found in zip(PLATFORMS, answers, strict=True)
        ]
        rows.append([title(line, device), *cells])
    rows += [[name, *["Debian"] * len(PLATFORMS)] for name in sorted(DEBIAN.keys() - names(needs))]
    debian = [f"- {name}: `{package}`, {_archive(package)}\n" for name, package in DEBIAN.items()]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows) + "\n" + "".join(debian)


@cache
def in_debian(suite: str) -> set[str]:
    """Return the packages of ``DEBIAN`` that this release of Debian has for a Pi."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("etc/sources.list.d", "state/lists/partial", "cache/archives/partial"):
            (root / part).mkdir(parents=True)
        (root / "etc/sources.list.d/debian.sources").write_text(sources(suite))
        own = [f"Dir::Etc={root}/etc", f"Dir::State={root}/state", f"Dir::Cache={root}/cache"]
        own += [f"Dir::State::status={os.devnull}", "APT::Architecture=arm64"]
        words = [*(f"-o{each}" for each in [*own, "APT::Architectures=arm64"]), "--quiet=2"]
        subprocess.run(["apt-get", *words, "update"], check=True, stdout=subprocess.DEVNULL)
        command = ["apt-cache", *words, "madison", *DEBIAN.values()]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line.partition("|")[0].strip() for line in found.splitlines()}


def title(line: str, device: Mapping[str, Requirement]) -> str:
    """Return the table's name for a line of a lock file."""
    name = line.partition(";")[0].strip().replace("==", " ")
    return name if line in device else f"{name} (Inky's panels)"


def names(needs: Mapping[str, Requirement]) -> set[str]:
    """Return the names."""
    return {need.name for need in needs.values()}


def _archive(package: str) -> str:
    suites = [suite for suite in SUITES if package in in_debian(suite)]
    return f"Debian's own in {' and '.join(suites)}" if suites else "in Raspberry Pi's archive only"


def _whence(need: Requirement, found: Mapping[str, str]) -> str:
    file = found.get(need.name)
    if file is None:
        return "Debian" if need.name in DEBIAN else "-"
    return "pure" if file.endswith("-none-any.whl") else "wheel"


if __name__ == "__main__":
    TABLE.write_text(table())
