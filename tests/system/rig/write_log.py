"""What a disk may hold after a power cut, from a log of the writes that were sent to it.

The log is that of the kernel's dm-log-writes target (its documentation: "dm-log-writes" in the
kernel's device-mapper guide; the layout: ``drivers/md/dm-log-writes.c``): a header, then one entry
a write in the order in which the disk has completed them, each with its flags and its data, and
marks that the test has put between them. Writes reach the log with the flush that follows them.

A disk may keep what was not flushed yet, or not, in any combination: ``crash`` draws one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from struct import Struct
from typing import IO

_HEADER = Struct("<QQQI")  # magic, version, entries, bytes in a sector
_ENTRY = Struct("<QQQQ")  # sector, sectors, flags, bytes of data behind this (marks only)
_MAGIC, _VERSION = 0x6A736677736872, 1
_FLUSH, _FUA, _DISCARD, _MARK = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One write, flush or mark. ``place`` and ``length`` are bytes on the disk that was logged.

    ``data_at`` is where the written bytes lie in the log; ``mark`` what a mark says.
    """

    flags: int
    place: int
    length: int
    data_at: int
    mark: str

    @property
    def flushes(self) -> bool:
        """Return whether everything before it is safely on the disk."""
        return bool(self.flags & _FLUSH)

    @property
    def passes_the_cache(self) -> bool:
        """Return whether it is safely on the disk itself, once it is done."""
        return bool(self.flags & _FUA)


class WriteLog:
    """A log, read completely except for the data. Raises ValueError if it is not a log."""

    def __init__(self, log: Path) -> None:
        self._path = log
        with log.open("rb") as file:
            self.entries = tuple(_entries(file))

    def marks(self, before: int | None = None) -> list[str]:
        """Return what was marked, at all or before the entry with this number."""
        return [entry.mark for entry in self.entries[:before] if entry.mark]

    def number_of(self, mark: str) -> int:
        """Return the number of the entry with this mark."""
        return next(number for number, entry in enumerate(self.entries) if entry.mark == mark)

    def crash(self, disk: Path, at: int, rng: Random) -> None:
        """Bring ``disk``, as it was before the log began, to a state after a cut at this entry.

        All that was flushed is there; of the writes that were under way, until the flush that
        would have saved them, ``rng`` draws which are.
        """
        safe = max((n + 1 for n, entry in enumerate(self.entries[:at]) if entry.flushes), default=0)
        with self._path.open("rb") as log, disk.open("r+b") as file:
            for entry in self.entries[:safe]:
                _write(log, file, entry)
            for entry in self._under_way(safe, at):
                if entry.passes_the_cache or rng.random() < 0.5:
                    _write(log, file, entry)

    def _under_way(self, since: int, at: int) -> Iterator[Entry]:
        """What waited for a flush, or for a write past the cache, that never ended was not sent."""
        for number, entry in enumerate(self.entries[since:], since):
            if entry.flushes or (entry.passes_the_cache and number >= at):
                return
            yield entry


def _entries(file: IO[bytes]) -> Iterator[Entry]:
    magic, version, count, sector = _HEADER.unpack(file.read(_HEADER.size))
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError(f"{file.name}: no log of writes (magic {magic:#x}, version {version})")
    at = sector
    for _ in range(count):
        file.seek(at)
        place, sectors, flags, more = _ENTRY.unpack(file.read(_ENTRY.size))
        mark = file.read(more).rstrip(b"\0").decode() if flags & _MARK else ""
        at += sector
        yield Entry(flags, place * sector, sectors * sector, at, mark)
        if not flags & _DISCARD:
            at += sectors * sector


def _write(log: IO[bytes], disk: IO[bytes], entry: Entry) -> None:
    if entry.flags & _MARK:
        return
    disk.seek(entry.place)
    if entry.flags & _DISCARD:
        disk.write(
            bytes(entry.length)
        )  # a discarded block may read as anything; zeros are the hardest test
    else:
        log.seek(entry.data_at)
        disk.write(log.read(entry.length))
