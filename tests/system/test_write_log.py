"""What a power cut may leave of a disk's writes, on hand-written logs. No kernel is needed."""

from __future__ import annotations

from pathlib import Path
from random import Random
from struct import pack

import pytest

from tests.system.rig.write_log import WriteLog

SECTOR = 512
WRITE, FLUSH, FUA, DISCARD, MARK = 0, 1, 2, 4, 8


def log_of(folder: Path, *entries: tuple[int, int, bytes]) -> WriteLog:
    """Return the log of (flags, sector, data); each write is of whole sectors."""
    image = pack("<QQQI", 0x6A736677736872, 1, len(entries), SECTOR).ljust(SECTOR, b"\0")
    for flags, sector, data in entries:
        if flags & MARK:
            image += (pack("<QQQQ", 0, 0, flags, len(data)) + data).ljust(SECTOR, b"\0")
            continue
        image += pack("<QQQQ", sector, len(data) // SECTOR, flags, 0).ljust(SECTOR, b"\0")
        image += b"" if flags & DISCARD else data
    path = folder / "log"
    path.write_bytes(image)
    return WriteLog(path)


def sector_of(letter: str) -> bytes:
    return letter.encode() * SECTOR


def after(log: WriteLog, folder: Path, at: int, seed: int) -> str:
    """Return the first letter of each of the disk's four sectors after a cut at this entry."""
    disk = folder / "disk"
    disk.write_bytes(sector_of("-") * 4)
    log.crash(disk, at, Random(seed))
    return "".join(chr(disk.read_bytes()[n * SECTOR] or ord("0")) for n in range(4))


def test_what_was_flushed_is_always_there(tmp_path: Path) -> None:
    log = log_of(tmp_path, (WRITE, 0, sector_of("a")), (FLUSH, 0, b""), (WRITE, 1, sector_of("b")))
    seen = {after(log, tmp_path, 3, seed) for seed in range(30)}
    assert seen == {"a---", "ab--"}


def test_what_was_not_flushed_is_there_in_any_combination(tmp_path: Path) -> None:
    log = log_of(tmp_path, (WRITE, 0, sector_of("a")), (WRITE, 1, sector_of("b")), (FLUSH, 0, b""))
    seen = {after(log, tmp_path, 1, seed) for seed in range(60)}
    assert seen == {"----", "a---", "-b--", "ab--"}


def test_nothing_behind_the_next_flush_is_there(tmp_path: Path) -> None:
    log = log_of(tmp_path, (WRITE, 0, sector_of("a")), (FLUSH, 0, b""), (WRITE, 1, sector_of("b")))
    assert {after(log, tmp_path, 0, seed) for seed in range(30)} == {"----", "a---"}


def test_what_was_written_past_the_cache_is_there_once_it_was_done(tmp_path: Path) -> None:
    log = log_of(tmp_path, (FUA, 0, sector_of("a")), (WRITE, 1, sector_of("b")))
    assert {after(log, tmp_path, 1, seed) for seed in range(30)} == {"a---", "ab--"}


def test_what_waited_for_a_write_past_the_cache_is_not_there_without_it(tmp_path: Path) -> None:
    entries = [(WRITE, sector_of("a")), (FUA, sector_of("b")), (WRITE, sector_of("c"))]
    log = log_of(tmp_path, *((flags, n, data) for n, (flags, data) in enumerate(entries)))
    assert {after(log, tmp_path, 1, seed) for seed in range(30)} == {"----", "a---"}
    assert {after(log, tmp_path, 2, seed) for seed in range(60)} == {"-b--", "ab--", "-bc-", "abc-"}


def test_marks_say_what_was_promised_before_the_cut(tmp_path: Path) -> None:
    log = log_of(tmp_path, (MARK, 0, b"paid 1"), (FLUSH, 0, b""), (MARK, 0, b"paid 2"))
    assert (log.marks(before=2), log.marks(before=3)) == (["paid 1"], ["paid 1", "paid 2"])


def test_a_discard_leaves_nothing(tmp_path: Path) -> None:
    wiped = pack("<QQQQ", 0, 2, DISCARD, 0)
    log = log_of(tmp_path, (WRITE, 0, sector_of("a")), (FLUSH, 0, b""), (MARK, 0, b"x"))
    raw = log._path.read_bytes()
    log._path.write_bytes(raw[:-SECTOR] + wiped.ljust(SECTOR, b"\0"))
    seen = {after(WriteLog(log._path), tmp_path, 3, seed) for seed in range(30)}
    assert seen == {"a---", "00--"}


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(bytes(4096))
    with pytest.raises(ValueError, match="no log of writes"):
        WriteLog(tmp_path / "log")
