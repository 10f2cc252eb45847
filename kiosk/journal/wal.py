"""The write-ahead log (WAL) beside the journal: what of it SQLite will not read.

SQLite reads a WAL up to the first frame whose checksum is wrong. It drops that frame and all
frames after it without a word. Source: https://sqlite.org/fileformat.html, section 4. If the WAL
is cut short, only the shared memory says so, which a kill leaves beside it. Source:
https://sqlite.org/walformat.html, section 2.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from kiosk.base.frozen import frozen
from kiosk.base.language import _

HEADER = 32  # bytes: magic, version, page size, sequence number, two salts, two checksum words
FRAME_HEADER = 24  # bytes: page, size of the file after a commit or 0, two salts, two words
_INDEX_HEADER = 48  # bytes; the shared memory begins with two copies of it
_PAGE_SIZES = {2**power for power in range(9, 17)}
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of the checksums


@frozen
class Dropped:
    """What SQLite does not read of a WAL."""

    frames: int  # changed pages of this WAL, from the first one that SQLite does not read
    commits: int  # commits among them that are still in the WAL

    def __str__(self) -> str:
        what = _("the last {frames} pages of its write-ahead log are missing", frames=self.frames)
        if self.commits:
            what = _(
                "the last {commits} commits of its write-ahead log can't be read ({frames} pages)",
                commits=self.commits,
                frames=self.frames,
            )
        return _(
            "{what}; the newest changes may be lost; compare the newest sales with the "
            "service: kiosk report",
            what=what,
        )


def dropped(journal: Path) -> Dropped | None:
    """Return the commits that SQLite will not read, or None if it reads all of them.

    A transaction that a power cut interrupted has no commit, so it is not counted.
    """
    data = _contents(Path(f"{journal}-wal"))
    size = _page_size(data) or _page_size_of_file(journal)
    frames = _frames(data, size)
    readable = _readable(data, frames)
    commits = [number for number, frame in enumerate(frames) if frame.commit and frame.ours]
    lost = [number for number in commits if number >= readable]
    if lost:
        return Dropped(lost[-1] - readable + 1, len(lost))
    missing = _committed(_contents(Path(f"{journal}-shm")), data, readable) - readable
    return Dropped(missing, 0) if missing > 0 else None


def _contents(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _committed(index: bytes, data: bytes, readable: int) -> int:
    """Return how many frames were committed, as the shared memory says; 0 if it does not say."""
    header, copy = index[:_INDEX_HEADER], index[_INDEX_HEADER : 2 * _INDEX_HEADER]
    if len(index) < 2 * _INDEX_HEADER + 4 or header != copy:
        return 0
    if readable and header[32:40] != data[16:24]:
        return 0  # it is of an older WAL
    (committed,) = struct.unpack_from("=I", index, 16)
    (in_the_file,) = struct.unpack_from("=I", index, 2 * _INDEX_HEADER)
    # If all frames are in the journal's file too, only a WAL that SQLite reads in part does harm.
    return int(committed) if readable or in_the_file < committed else 0


@frozen
class _Frame:
    """One frame of the file."""

    data: bytes
    commit: bool
    ours: bool  # of this WAL, not of an older one whose place it has taken


def _page_size(data: bytes) -> int:
    """Return the size in the header of the WAL; 0 if it can't be one."""
    size = int.from_bytes(data[8:12], "big")
    return size if size in _PAGE_SIZES else 0


def _page_size_of_file(journal: Path) -> int:
    """Return the size in the header of the journal, where 1 stands for 65536."""
    with journal.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:], "big")
    return size if size in _PAGE_SIZES else 65536


def _frames(data: bytes, page_size: int) -> list[_Frame]:
    if len(data) < HEADER:
        return []
    size = FRAME_HEADER + page_size
    frames = [data[at : at + size] for at in range(HEADER, len(data) - size + 1, size)]
    return [_Frame(frame, frame[4:8] != bytes(4), _is_ours(data, frame)) for frame in frames]


def _is_ours(data: bytes, frame: bytes) -> bool:
    """Whether one of the two salts is that of the header. A damaged one does not hide the other."""
    return frame[8:12] == data[16:20] or frame[12:16] == data[20:24]


def _readable(data: bytes, frames: list[_Frame]) -> int:
    """Return the number of frames that SQLite reads: up to the last commit in the chain."""
    order = _MAGIC.get(int.from_bytes(data[:4], "big"))
    if not order or len(data) < HEADER:
        return 0
    checksum = _checksum(order, data[:24], (0, 0))
    if struct.pack(">II", *checksum) != data[24:32]:
        return 0
    readable = 0
    for number, frame in enumerate(frames, 1):
        checksum = _checksum(order, frame.data[:8] + frame.data[FRAME_HEADER:], checksum)
        if frame.data[8:16] != data[16:24] or struct.pack(">II", *checksum) != frame.data[16:24]:
            break
        if frame.commit:
            readable = number
    return readable


def _checksum(order: str, data: bytes, start: tuple[int, int]) -> tuple[int, int]:
    """Go on with the checksum of section 4.2 over ``data``."""
    first, second = start
    for one, two in _pairs(order, data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


def _pairs(order: str, data: bytes) -> Iterator[tuple[int, int]]:
    return struct.iter_unpack(f"{order}II", data)
