"""The last good configuration: a copy of the last file with which the kiosk could sell.

It is beside the journal. If the file itself has faults, the copy names the panel and the lamps.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.base import atomic_file

_MODE = 0o640  # it has no secrets, but other users need not read it


def beside(journal: Path) -> Path:
    """Return the path of the copy for this journal."""
    return journal.with_name("kiosk.yaml.good")


def keep(copy: Path, data: bytes) -> None:
    """Replace the copy durably if its content differs; raises OSError."""
    if copy.exists() and copy.read_bytes() == data:
        return  # spare the memory card
    atomic_file.replace(copy, data, _MODE)
