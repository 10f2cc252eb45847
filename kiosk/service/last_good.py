"""The last good configuration: a copy beside the journal of the file that the kiosk could sell by.

For when the file itself is broken, and somebody has to know which panel and lamps there are.
"""

from __future__ import annotations

import os
from pathlib import Path

_MODE = 0o640  # no secrets stand in it, but it is nobody else's business


def beside(journal: Path) -> Path:
    """Return where the copy is, if there is one."""
    return journal.with_name("kiosk.yaml.good")


def keep(copy: Path, data: bytes) -> None:
    """Replace the copy durably, unless it holds the same; raises OSError."""
    if copy.exists() and copy.read_bytes() == data:
        return  # nothing is written to the card without need
    draft = copy.with_name(copy.name + ".new")
    with draft.open("wb") as file:
        os.fchmod(file.fileno(), _MODE)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, copy)
    folder = os.open(copy.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)  # else the power may take the new name away
    finally:
        os.close(folder)
