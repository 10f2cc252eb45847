"""What goes wrong with the journal's file, and what the technician reads about it."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal.file import as_journal_failed

FULL = "the disk is full; free space on it"
DENIED = (
    "no permission; run the command with sudo, or, if the kiosk says this, make the kiosk's user "
    "the owner of its folder: sudo chown -R kiosk: FOLDER"
)
READ_ONLY = "its disk is read-only; mount it for writing, or set journal.path"
BROKEN = "the disk can't be read or written; look for errors in dmesg, and replace the card"


def message(error: Exception, path: Path | None = None) -> str:
    with (
        pytest.raises(JournalFailed) as failed,
        as_journal_failed(path) if path else as_journal_failed(),
    ):
        raise error
    assert failed.value.__cause__ is error
    return str(failed.value)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, FULL),
        (errno.EDQUOT, FULL),
        (errno.EACCES, DENIED),
        (errno.EPERM, DENIED),
        (errno.EROFS, READ_ONLY),
        (errno.EIO, BROKEN),
        (errno.EISDIR, "remove the directory, or set journal.path"),
    ],
)
def test_the_systems_error_is_named_with_what_to_do(number: int, advice: str) -> None:
    words = os.strerror(number)
    assert message(OSError(number, words), Path("/j")) == f"/j: {words}: {advice}"


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_FULL, FULL),
        (sqlite3.SQLITE_CANTOPEN, DENIED),
        (sqlite3.SQLITE_PERM, DENIED),
        (sqlite3.SQLITE_READONLY, DENIED),
        (sqlite3.SQLITE_IOERR, BROKEN),
        (sqlite3.SQLITE_READONLY_DIRECTORY, DENIED),  # an extended code
        (sqlite3.SQLITE_IOERR_FSYNC, BROKEN),
    ],
)
def test_sqlites_error_is_named_with_what_to_do(code: int, advice: str) -> None:
    error = sqlite3.OperationalError("no luck")
    error.sqlite_errorcode = code
    assert message(error) == f"the journal: no luck: {advice}"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOTDIR, "Not a directory"), "[Errno 20] Not a directory"),
        (OSError("no number"), "no number"),
        (sqlite3.OperationalError("database is locked"), "database is locked"),
    ],
)
def test_any_other_error_is_named_alone(error: Exception, words: str) -> None:
    assert message(error) == f"the journal: {words}"


def test_a_full_disk_is_seen_in_sqlites_own_error(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "small", isolation_level=None)
    db.execute("PRAGMA max_page_count=1")
    with pytest.raises(JournalFailed, match="the disk is full; free space"), as_journal_failed():
        db.execute("CREATE TABLE sales (reference)")
    db.close()
