"""Unit files as tests read them, and a folder of them as systemd would find it."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kiosk.base.permissions import Permissions
from kiosk.service.units import drop_ins

UNITS = Path(__file__).parents[2] / "systemd"
DROP_INS = "etc/systemd/system"


@dataclass(frozen=True)
class UnitFile:
    """The settings of a unit, in order: ``(section, key, value)``."""

    settings: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, path: Path) -> UnitFile:
        section, settings = "", []
        for line in path.read_text().replace("\\\n", " ").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith(("#", ";")):
                key, _, value = line.partition("=")
                settings.append((section, key, value))
        return cls(tuple(settings))

    def all(self, key: str) -> list[str]:
        """Return what is set under this key, in every line of it."""
        return [value for _, name, value in self.settings if name == key]

    def one(self, key: str) -> str:
        (value,) = self.all(key)
        return value

    def seconds(self, key: str) -> float:
        """Return a time span, as systemd itself reads it."""
        command = ["systemd-analyze", "timespan", self.one(key)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"(?:μ|u)s: (\d+)", said)
        assert found, said
        return int(found[1]) / 1e6


def shipped(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in UNITS.glob(pattern))


def laid_out(folder: Path, permissions: Permissions) -> list[Path]:
    """Put the units into a folder with the drop-ins for these needs; what they run is there too."""
    programs = folder / "programs"
    programs.mkdir()
    units = []
    for unit in shipped("*.service", "*.timer"):
        text = unit.read_text().replace("/opt/kiosk/", f"{folder}/opt/kiosk/")
        units.append(folder / unit.name)
        units[-1].write_text(text)
    for place, text in drop_ins(permissions).items():
        if place.startswith(DROP_INS):
            path = folder / Path(place).relative_to(DROP_INS)
            path.parent.mkdir()
            path.write_text(text)
    for path in [*units, *folder.glob("*.d/*.conf")]:
        _stand_in(path, folder, programs)
    return units


def _stand_in(path: Path, folder: Path, programs: Path) -> None:
    """Give each command that this computer lacks a stand-in, as verify wants to see it."""
    unit = UnitFile.read(path)
    text = path.read_text()
    for key in ("ExecStart", "ExecStartPre", "ExecStopPost", "ExecReload", "ExecStop"):
        for command in unit.all(key):
            program = Path(command.lstrip("-+!@:").split()[0])
            if program.exists():
                continue
            there = program if program.is_relative_to(folder) else programs / program.name
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text("#!/bin/sh\n")
            there.chmod(stat.S_IRWXU)
            text = text.replace(str(program), str(there))
    path.write_text(text)


def why_not() -> str | None:
    return None if shutil.which("systemd-analyze") else "no systemd-analyze: apt install systemd"
