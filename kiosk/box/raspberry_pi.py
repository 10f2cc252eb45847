"""The files of a Raspberry Pi: its model, its boot files, its device files.

The documents are "config.txt", "UART configuration" and "GPIO and the 40-pin header" of
https://www.raspberrypi.com/documentation/computers/.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

CONFIG_TXT = "/boot/firmware/config.txt"


class RaspberryPi:
    """What the files of a Raspberry Pi tell; ``root`` is the folder that they are in."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def is_one(self) -> bool:
        """Whether this computer is a Raspberry Pi."""
        return self._read("/proc/device-tree/model").startswith("Raspberry Pi")

    @cached_property
    def boot_lines(self) -> list[str]:
        """Return the lines of config.txt, of all its sections."""
        text = self._read(CONFIG_TXT) or self._read("/boot/config.txt")
        lines = (line.partition("#")[0].strip() for line in text.splitlines())
        return [line for line in lines if line]

    def switches_on(self, line: str) -> bool:
        """Return whether config.txt has this line, alone or with more parameters."""
        return any(each == line or each.startswith(f"{line},") for each in self.boot_lines)

    def has(self, device: str) -> bool:
        """Return whether this device file exists."""
        return self._path(device).exists()

    def target(self, link: str) -> str:
        """Return the device that a name stands for: ``/dev/ttyS0`` for ``/dev/serial0``."""
        path = self._path(link)
        return f"/dev/{path.readlink().name}" if path.is_symlink() else link

    @property
    def consoles(self) -> set[str]:
        """Return the devices on which the kernel and a login write."""
        found = re.findall(r"\bconsole=([^\s,]+)", self._read("/proc/cmdline"))
        return {self.target(f"/dev/{name}") for name in found}

    def drives_at_boot(self, line: int, level: str) -> bool:
        """Return whether config.txt has ``gpio=LINE=op,LEVEL``, alone or in a list of lines.

        ``level`` is ``dh`` or ``dl``.
        """
        for each in self.boot_lines:
            match = re.fullmatch(r"gpio=([0-9,-]+)=([a-z0-9,]+)", each)
            if match and {"op", level} <= set(match[2].split(",")) and line in _lines(match[1]):
                return True
        return False

    def _read(self, path: str) -> str:
        try:
            return self._path(path).read_text(errors="replace")
        except OSError:
            return ""

    def _path(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def _lines(text: str) -> set[int]:
    """Return the lines of a list such as ``17,20-22``."""
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            numbers.update(range(int(first), int(last if last.isdecimal() else first) + 1))
    return numbers
