"""A write-ahead log whose end SQLite drops without a message: the kiosk reports it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.journal import Journal, pages
from kiosk.journal.pages import SIZE
from kiosk.journal.wal import FRAME_HEADER, HEADER, dropped
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Sale
from tests.support.examples import sampled
from tests.support.journals import noon
from tests.support.play import pesos

FRAME = FRAME_HEADER + SIZE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal of ten sales whose process was killed: they are in the log only."""
    path = tmp_path / "journal.sqlite3"
    write_and_be_killed(path)
    return path


def write_and_be_killed(path: Path, size: int = SIZE) -> None:
    """Leave a log that ends with its last commit: what was reserved for later ones is cut off."""
    child = os.fork()
    if not child:
        journal = Journal.open(path, noon)
        for number in range(10):
            journal.remember(SaleOpened(Sale(f"K-{number}", pesos("1.00"), "caja")), b"{}")
        os._exit(0)
    os.waitpid(child, 0)
    (committed,) = struct.unpack_from("=I", Path(f"{path}-shm").read_bytes(), 16)
    os.truncate(f"{path}-wal", HEADER + committed * (FRAME_HEADER + size))


def log_of(path: Path) -> Path:
    return path.with_name("journal.sqlite3-wal")


def flip(file: Path, byte: int, bit: int = 0) -> None:
    data = bytearray(file.read_bytes())
    data[byte] ^= 1 << bit
    file.write_bytes(data)


def sales_after_a_start(path: Path) -> int:
    with closing(Journal.open(path, noon)) as journal:
        return len(journal.sales())


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]


def test_a_kill_alone_is_no_reason_to_warn(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert dropped(path) is None
    assert sales_after_a_start(path) == 10
    assert warnings(caplog) == []


def test_a_flipped_bit_is_said_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    frames = (log_of(path).stat().st_size - HEADER) // FRAME
    flip(log_of(path), HEADER + (frames // 2) * FRAME + 2000)
    lost = 10 - sales_after_a_start(path)
    assert 0 < lost < 10
    (warning,) = warnings(caplog)
    assert warning.startswith(f"{path}: the last {lost} commits of its write-ahead log can't be re")
    assert warning.endswith("compare the newest sales with the service: kiosk report")
    assert sales_after_a_start(path) == 10 - lost
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize("byte", [0, 5, 9, 17, 21, 25])
def test_a_damaged_header_loses_the_whole_log(path: Path, byte: int) -> None:
    """In turn: magic, version, page size, both salts, the checksum."""
    flip(log_of(path), byte)
    found = dropped(path)
    assert found is not None
    assert found.commits >= 10


def test_the_salt_of_the_last_frame_does_not_hide_it(path: Path) -> None:
    """The whole transaction is lost, because the last frame is its commit."""
    flip(log_of(path), log_of(path).stat().st_size - FRAME + 9)
    found = dropped(path)
    assert found is not None
    assert found.commits == 1
    assert sales_after_a_start(path) == 9


def test_a_transaction_that_was_being_written_is_not_lost(path: Path) -> None:
    """Its last page holds the commit: without it, nobody was told anything."""
    log = log_of(path)
    log.write_bytes(log.read_bytes() + log.read_bytes()[HEADER : HEADER + 100])
    assert dropped(path) is None
    assert sales_after_a_start(path) == 10


def test_a_journal_that_was_closed_has_no_log(path: Path) -> None:
    assert sales_after_a_start(path) == 10
    assert not log_of(path).exists()
    assert dropped(path) is None


@pytest.mark.parametrize("left", sampled([0, 1, 7, 20], 2))
@pytest.mark.parametrize("cut", sampled([-1, 0, 1, 30, 2000], 2))
def test_a_log_that_ends_too_early_is_said_once(
    path: Path, left: int, cut: int, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite can't see it. The shared memory, which a kill leaves, says how long the log was."""
    log = log_of(path)
    written = (log.stat().st_size - HEADER) // FRAME
    os.truncate(log, HEADER + left * FRAME + cut)
    found = dropped(path)
    assert found is not None
    assert found.commits == 0
    assert written - left <= found.frames <= written
    assert sales_after_a_start(path) < 10
    assert warnings(caplog) == [
        f"{path}: the last {found.frames} pages of its write-ahead log are missing; the newest "
        "changes may be lost; compare the newest sales with the service: kiosk report"
    ]
    sales_after_a_start(path)
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize("contents", [None, b"", b"x", random.Random(1).randbytes(99_999)])
def test_a_log_that_is_gone_or_replaced_is_said(path: Path, contents: bytes | None) -> None:
    log_of(path).unlink()
    if contents is not None:
        log_of(path).write_bytes(contents)
    found = dropped(path)
    assert found is not None
    assert (found.frames > 10, found.commits) == (True, 0)
    assert sales_after_a_start(path) == 0


def cut_in_half(path: Path) -> None:
    os.truncate(log_of(path), log_of(path).stat().st_size // 2)


def shared_memory(path: Path) -> bytearray:
    return bytearray(path.with_name("journal.sqlite3-shm").read_bytes())


def test_shared_memory_of_an_older_log_says_nothing(path: Path) -> None:
    """After a power cut it may be older than the log."""
    data = shared_memory(path)
    for place in (32, 36, 48 + 32, 48 + 36):
        data[place] ^= 1
    path.with_name("journal.sqlite3-shm").write_bytes(data)
    cut_in_half(path)
    assert dropped(path) is None


def test_shared_memory_that_is_damaged_says_nothing(path: Path) -> None:
    cut_in_half(path)
    whole = shared_memory(path)
    for data in (whole[:48] + bytes(len(whole) - 48), whole[:99], b""):
        path.with_name("journal.sqlite3-shm").write_bytes(data)
        assert dropped(path) is None


def test_what_is_in_the_file_too_is_not_lost_with_the_log(path: Path) -> None:
    """SQLite copies the pages of the log into the file when it is large."""
    data = shared_memory(path)
    data[96:100] = data[16:20]
    path.with_name("journal.sqlite3-shm").write_bytes(data)
    cut_in_half(path)
    assert dropped(path) is not None, "it hides newer pages of the file"
    log_of(path).unlink()
    assert dropped(path) is None


@pytest.mark.slow
def test_it_agrees_with_sqlite_about_each_flipped_bit(path: Path, tmp_path: Path) -> None:
    """Whenever SQLite finds fewer sales than were written, the log has said so before."""
    rng = random.Random(4)
    size = log_of(path).stat().st_size
    silent = 0
    for attempt in range(40):
        copy = tmp_path / str(attempt) / path.name
        copy.parent.mkdir()
        shutil.copy(path, copy)
        shutil.copy(log_of(path), log_of(copy))
        flip(log_of(copy), rng.randrange(size), rng.randrange(8))
        said = dropped(copy)
        lost = 10 - sales_after_a_start(copy)
        assert said or not lost
        silent += not said
    assert silent < 5


def test_a_log_whose_file_is_gone_is_kept(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite would delete it, and with it the newest sales."""
    left = log_of(path).read_bytes()
    path.unlink()
    assert sales_after_a_start(path) == 0
    kept = path.with_name("journal.sqlite3.left-1-wal")
    assert kept.read_bytes() == left
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: the file is gone; its write-ahead log is kept as {kept}, and a new journal is "
        "started; compare the newest sales with the service: kiosk report"
    ]


@pytest.mark.parametrize("size", [512, 1024, 8192, 65536])
def test_a_journal_with_pages_of_another_size(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LARGEST", 0)  # it keeps them
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size={size}")
        db.execute("PRAGMA journal_mode=WAL")
    write_and_be_killed(path, size)
    log = Path(f"{path}-wal")
    assert dropped(path) is None
    flip(log, log.stat().st_size - size)
    found = dropped(path)
    assert found is not None
    assert found.commits == 10 - sales_after_a_start(path) == 1


@pytest.mark.parametrize("contents", [b"", b"S"])
def test_a_log_whose_file_is_empty_is_kept(
    path: Path, contents: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    left = log_of(path).read_bytes()
    path.write_bytes(contents)
    assert sales_after_a_start(path) == 0
    assert path.with_name("journal.sqlite3.left-1-wal").read_bytes() == left
    assert "the file is empty; its write-ahead log is kept as" in caplog.text


def test_an_empty_file_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "journal.sqlite3"
    assert sales_after_a_start(path) == 0
    assert not caplog.records, "the first start needs no warning"
    path.write_bytes(b"")
    assert sales_after_a_start(path) == 0
    (record,) = caplog.records
    assert record.getMessage() == (
        f"{path}: the file is empty, and a new journal is started; if there was one before, "
        "compare the newest sales with the service: kiosk report"
    )
