"""The private copy of a bundle: what is checked and what is unpacked are the same bytes.

Somebody may replace or write to the file at any moment; nobody but root can reach the copy.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from manifest import Refusal

_CHUNK = 1 << 20


def open_file(path: Path, owners: frozenset[int] | None) -> int:
    """Open a plain file. With ``owners``, nobody else may be able to change it or its folders."""
    if owners is not None:
        return _open_guarded(path, owners)
    try:
        return _only_plain(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), path)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise Refusal(
            f"{path} can't be read ({fault.strerror}), or is a link; copy the file itself"
        ) from None


def _open_guarded(path: Path, owners: frozenset[int]) -> int:
    """Go from the root folder to the file, and follow no link."""
    here, way = os.open("/", os.O_RDONLY), Path("/")
    try:
        for part in path.parts[1:-1]:
            way /= part
            below = _step(part, here, way, os.O_DIRECTORY)
            os.close(here)
            here = below
            _check_owner(os.fstat(here), way, owners, shared=way != path.parent)
        file = _only_plain(_step(path.name, here, path, os.O_NONBLOCK), path)
    finally:
        os.close(here)
    _check_owner(os.fstat(file), path, owners, shared=False)
    return file


def _step(name: str, folder: int, way: Path, flags: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError:
        raise Refusal(f"{way} is a link, or can't be read; put the file itself there") from None


def _check_owner(found: os.stat_result, way: Path, owners: frozenset[int], *, shared: bool) -> None:
    """In a shared folder such as /tmp (with the sticky bit) nobody can replace another's files."""
    if found.st_uid not in owners:
        raise Refusal(f"{way} belongs to user {found.st_uid}; run: sudo chown root {way}")
    if found.st_mode & 0o022 and not (shared and found.st_mode & stat.S_ISVTX):
        raise Refusal(f"other users can write to {way}; run: sudo chmod go-w {way}")


def _only_plain(file: int, path: Path) -> int:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Refusal(f"{path} is not a plain file; copy the file itself")
    return file


def copy_privately(file: int, path: Path, to: Path, most: int) -> None:
    """Copy an open file that has at most that many bytes, and close it."""
    with os.fdopen(file, "rb") as source:
        size = os.fstat(file).st_size
        if size > most:
            raise Refusal(f"{path} has {size} bytes, more than {most}; it is not one of ours")
        free = shutil.disk_usage(to.parent).free
        if free < 2 * size:  # the copy, and what is unpacked
            raise Refusal(
                f"{to.parent} has {free >> 20} MB free, and this needs {2 * size >> 20} MB;"
                " free some space, for example with: sudo apt clean"
            )
        with to.open("xb") as target:
            while left := most - target.tell():
                if not (chunk := source.read(min(left, _CHUNK))):
                    return
                target.write(chunk)
    raise Refusal(f"{path} grows while it is read; try again when it is complete")
