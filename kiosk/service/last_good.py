"""The last good configuration: a copy beside the journal of the file that the kiosk could sell by.

For when the file itself is broken, and somebody has to know which panel and lamps there are.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.base import atomic_file

_MODE = 0o640  # no secrets stand in it, but it is nobody else's business


def beside(journal: Path) -> Path:
    """Return where the copy is, if there is one."""
    return journal.with_name("kiosk.yaml.good")


def keep(copy: Path, data: bytes) -> None:
    """Replace the copy durably, unless it holds the same; raises OSError."""
    if copy.exists() and copy.read_bytes() == data:
        return  # nothing is written to the card without need
    atomic_file.replace(copy, data, _MODE)
