"""The system that is looked at: its root folder, and how foreign programs are asked."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.box.plugged_in import answers_at

_PATIENCE = 5.0  # seconds for a foreign program


def run_command(words: Sequence[str]) -> str:
    """Return the first line that a program prints; empty if it is not there or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words of ours
            words, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.strip().splitlines()
    return lines[0] if lines else ""


@dataclass(frozen=True)
class System:
    """This computer, or a folder of files that stands for one in tests.

    ``command`` runs a foreign program: what it prints is quoted, and decides nothing.
    ``i2c_answers`` returns whether a device answers, by the number of the bus and the address.
    """

    root: Path = Path("/")
    command: Callable[[Sequence[str]], str] = run_command
    now: Callable[[], float] = time.time
    i2c_answers: Callable[[int, int], bool] = answers_at
    is_root: bool = os.geteuid() == 0

    def path(self, path: str | Path) -> Path:
        """Return where this path of the system is."""
        return self.root / str(path).lstrip("/")

    def read(self, path: str | Path) -> str:
        """Return a file's text; empty if there is none, or if it may not be read."""
        try:
            return self.path(path).read_text(errors="replace").strip("\0\n ")
        except OSError:
            return ""

    def has(self, path: str | Path) -> bool:
        """Return whether there is such a file."""
        return os.path.exists(self.path(path))  # False for what may not be seen, too
