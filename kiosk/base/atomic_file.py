"""Files that a power cut leaves either old or new, never half."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Have the file hold this, with this mode if one is named; raises OSError."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(data)
    put_in_place(draft, path)


def put_in_place(draft: Path, path: Path) -> None:
    """Give a finished draft, in the same folder, its name; raises OSError."""
    flush(draft)
    os.replace(draft, path)
    flush(path.parent)  # else the power may take the new name away


def flush(path: Path) -> None:
    """Have the file's contents, or the names in the folder, on the disk; raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
