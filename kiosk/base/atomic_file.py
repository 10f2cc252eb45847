"""Files that are replaced at once: after a power cut a file is the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Replace the file's contents, and its mode if one is given; raises OSError."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(data)
    put_in_place(draft, path)


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a complete draft, which is in the same folder, to the file; raises OSError."""
    flush(draft)
    os.replace(draft, path)
    flush(path.parent)  # without this, a power cut may undo the rename


def delete(path: Path) -> None:
    """Delete the file for good: a power cut does not bring it back. Raises OSError."""
    path.unlink()
    flush(path.parent)


def flush(path: Path) -> None:
    """Write the file's contents, or the folder's names, to the disk; raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
