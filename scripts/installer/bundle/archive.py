"""The archive of a bundle: plain ustar, first the manifest, then exactly the files that it names.

Headers are read one by one, 512 bytes each. No extended header is followed, and nothing is read
that the manifest has not announced, so that an archive can't ask for more memory or disk than is
allowed.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from calendar import timegm
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from manifest import MANIFEST, MAX_FILES, Manifest, Member, Refusal, read_manifest, write_manifest

MAX_MANIFEST = 512 * MAX_FILES  # bytes
MAX_BUNDLE = 512 << 20  # bytes
_BLOCK = tarfile.BLOCKSIZE
_AGAIN = "make the bundle again with scripts/bundle-wheels"


def open_manifest(archive: BinaryIO) -> Manifest:
    """Read the first file of the archive."""
    header = _header(archive)
    if header is None or header.name != MANIFEST:
        raise Refusal(f"it does not begin with {MANIFEST}, so it is not a bundle; {_AGAIN}")
    if header.size > MAX_MANIFEST:
        raise Refusal(f"its manifest has {header.size} bytes, more than {MAX_MANIFEST}; {_AGAIN}")
    return read_manifest(_contents(archive, header.size))


def files(archive: BinaryIO, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    """Yield each file after the manifest; refuse any other member, and a missing file."""
    left = dict(manifest.files)
    while (header := _header(archive)) is not None:
        if (member := left.pop(header.name, None)) is None:
            raise Refusal(
                f"{_quoted(header.name)} is in it, but not (or once only) in its manifest; {_AGAIN}"
            )
        if header.size != member.size:
            raise Refusal(
                f"the size of {_quoted(header.name)} is not the one in its manifest; {_AGAIN}"
            )
        data = _contents(archive, header.size)
        if hashlib.sha256(data).hexdigest() != member.sha256:
            raise Refusal(f"{_quoted(header.name)} is not the file of its manifest; {_AGAIN}")
        yield header.name, data
    if left:
        raise Refusal(f"{_quoted(min(left))} is in its manifest, but not in it; {_AGAIN}")
    if archive.read(tarfile.RECORDSIZE + 1).strip(b"\0"):
        raise Refusal(f"something follows its end; {_AGAIN}")


def _header(archive: BinaryIO) -> tarfile.TarInfo | None:
    """Return the next header; None at the end of the archive."""
    block = archive.read(_BLOCK)
    if block == bytes(_BLOCK):
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeError, ValueError):
        raise Refusal(f"its archive is damaged, or of another format; {_AGAIN}") from None
    if header.type not in {tarfile.REGTYPE, tarfile.AREGTYPE}:
        raise Refusal(f"{_quoted(header.name)} in it is not a plain file; {_AGAIN}")
    if header.size < 0:
        raise Refusal(f"{_quoted(header.name)} in it has no size; {_AGAIN}")
    return header


def _contents(archive: BinaryIO, size: int) -> bytes:
    data = archive.read(size)
    padding = archive.read(-size % _BLOCK)
    if len(data) + len(padding) < size + -size % _BLOCK:
        raise Refusal("its end is missing; copy it again")
    return data


def _quoted(name: str) -> str:
    return f"{name!r:.80}"


def check(archive: BinaryIO, manifest: Manifest) -> None:
    """Read all files, and write nothing."""
    for _ in files(archive, manifest):
        pass


def unpack(archive: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Write the files into an empty folder."""
    for name, data in files(archive, manifest):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(new, "wb") as file:
            file.write(data)
            os.fchmod(new, manifest.files[name].mode)


# --- the releaser's side ---


def members_of(folder: Path) -> dict[str, Member]:
    """Return what the manifest says of the files of a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        if path.is_symlink() or not path.is_file():
            raise Refusal(f"{path} is not a plain file; remove it")
        data = path.read_bytes()
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        digest = hashlib.sha256(data).hexdigest()
        found[path.relative_to(folder).as_posix()] = Member(len(data), digest, mode)
    return found


def pack(folder: Path, manifest: Manifest, archive: BinaryIO) -> None:
    """Write the archive; the same files and the same manifest give the same bytes."""
    read_manifest(text := write_manifest(manifest))  # never make what no counter takes
    _add(archive, MANIFEST, text, 0o644, manifest)
    for name, member in sorted(manifest.files.items()):
        _add(archive, name, (folder / name).read_bytes(), member.mode, manifest)
    archive.write(bytes(2 * _BLOCK))


def _add(archive: BinaryIO, name: str, data: bytes, mode: int, manifest: Manifest) -> None:
    header = tarfile.TarInfo(name)
    header.size, header.mode = len(data), mode
    header.mtime = timegm(manifest.made.timetuple())
    archive.write(header.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict"))
    archive.write(data + bytes(-len(data) % _BLOCK))
