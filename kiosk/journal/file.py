"""The journal's file: how it is opened, what happens to a broken one, and its error messages."""

from __future__ import annotations

import errno
import fcntl
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.base.language import _, mark, system_reason
from kiosk.journal import pages, records, salvage, wal
from kiosk.journal.schema import check_tables, migrate

log = logging.getLogger("kiosk.journal")

FLUSHED = "PRAGMA synchronous=FULL"  # each commit is on the disk when it returns
FLUSHED_LATER = "PRAGMA synchronous=NORMAL"  # on the disk with the next flushed commit

_FULL = mark("the disk is full; free space on it")
_DENIED = mark(
    "no permission; run the command with sudo, or, if the kiosk says this, make the kiosk's user "
    "the owner of its folder: sudo chown -R kiosk: FOLDER"
)
_READ_ONLY = mark("its disk is read-only; mount it for writing, or set journal.path")
_DIRECTORY = mark("remove the directory, or set journal.path")
_BROKEN = mark("the disk can't be read or written; look for errors in dmesg, and replace the card")

_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
    errno.EISDIR: _DIRECTORY,
}
_NOT_EMPTY = 2  # bytes; SQLite takes a file of one byte for an empty one

# SQLite's primary result codes; the extended ones have them in their low byte.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _DENIED,
    sqlite3.SQLITE_PERM: _DENIED,
    sqlite3.SQLITE_READONLY: _DENIED,
    sqlite3.SQLITE_IOERR: _BROKEN,
}


@contextmanager
def as_journal_failed(path: Path | str = "the journal") -> Iterator[None]:
    """Raise the errors of SQLite and of the file system as JournalFailed."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise JournalFailed(f"{path}: {_explain(error)}") from error


def _explain(error: sqlite3.Error | OSError | UnicodeDecodeError) -> str:
    """Return the error's own message, and what to do if that is known."""
    if isinstance(error, OSError):
        remedy = _OF_THE_SYSTEM.get(error.errno or 0)
        return f"{system_reason(error)}: {_(remedy)}" if remedy else str(error)
    remedy = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return f"{error}: {_(remedy)}" if remedy else str(error)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing; the readable rows of an unreadable one go into a new file."""
    salvage.finish(path)
    _log_losses(path)
    db = _open_or_salvage(path)
    copy = pages.copy_with_small_pages(db, path)
    if not copy:
        return db
    db.close()
    pages.put_in_place(path, copy)
    return _open(path)


def _open_or_salvage(path: Path) -> sqlite3.Connection:
    try:
        return _open(path)
    except salvage.UNREADABLE as error:
        if not _is_unreadable(error):
            raise
        reason = " ".join(str(error).split())
        log.error("%s: %s; what can be read of it is copied into a new file", path, reason)
    salvage.salvage(path)
    return _open(path)


def _is_unreadable(error: Exception) -> bool:
    """Whether the file is damaged. Locked, full or without permission, the file itself is good."""
    code = getattr(error, "sqlite_errorcode", 0)
    return not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR


def _log_losses(path: Path) -> None:
    """Log what SQLite will not read and will not report."""
    if not path.exists():
        _keep_log_without_file(path, "gone")
    elif path.stat().st_size < _NOT_EMPTY:
        _keep_log_without_file(path, "empty")
    elif dropped := wal.dropped(path):
        log.warning("%s: %s", path, dropped)


def _keep_log_without_file(path: Path, found: str) -> None:
    """Rename a write-ahead log whose file is gone: SQLite would delete it."""
    left = Path(f"{path}-wal")
    kept = f"{path}.left-{salvage.free_number(path, 'left')}-wal"
    if left.exists():
        left.rename(kept)
        log.error(
            "%s: the file is %s; its write-ahead log is kept as %s, and a new journal is "
            "started; compare the newest sales with the service: kiosk report",
            path,
            found,
            kept,
        )
    elif path.exists():
        log.error(
            "%s: the file is empty, and a new journal is started; if there was one before, "
            "compare the newest sales with the service: kiosk report",
            path,
        )


def _check_header(path: Path) -> None:
    """Raise sqlite3.DatabaseError if SQLite would take the file for a read-only one.

    Bytes 18 and 19 are 2 for a file with a WAL, and 1 for one without. Source:
    https://sqlite.org/fileformat.html, section 1.3.3. Also raise the system's error if the file
    can't be written: SQLite's own one does not say why.
    """
    with path.open("a+b") as file:
        file.seek(0)
        header = file.read(20)
    if header.startswith(b"SQLite format 3\0") and not set(header[18:]) <= {1, 2}:
        raise sqlite3.DatabaseError(_("its header is damaged"))


def _open(path: Path) -> sqlite3.Connection:
    """Open a readable journal and bring it to our schema."""
    _check_header(path)
    with ExitStack() as on_failure:
        db = records.as_lenient(
            sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        )
        on_failure.callback(db.close)
        _refuse_another_programs(db, path)
        pages.prepare(db)
        db.execute(FLUSHED)
        health = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        check_tables(db)
        migrate(db, path)
        pages.reserve_log(db)
        on_failure.pop_all()
        return db


def _refuse_another_programs(db: sqlite3.Connection, path: Path) -> None:
    """Raise JournalRefused if the file has tables, but not those of a journal."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and not tables & {"sales", "events"}:
        raise JournalRefused(
            _(
                "{path}: it is a database of another program; set journal.path to another file",
                path=path,
            )
        )


class FileIdentity:
    """The journal's file and what SQLite keeps beside it, as they were when they were opened."""

    def __init__(self, path: Path) -> None:
        real = path.resolve()  # SQLite keeps the other files beside this one
        self._files = (path, real, Path(f"{real}-wal"), Path(f"{real}-shm"))
        self._opened = self._seen()

    def check(self) -> None:
        """Raise JournalFailed if a file is not the opened one any more: its path has another."""
        for path, opened, seen in zip(self._files, self._opened, self._seen(), strict=True):
            if seen != opened:
                raise JournalFailed(
                    _(
                        "{path}: it was {what} while the kiosk runs, so new sales would be lost; "
                        "put it back, or restart the kiosk: sudo systemctl restart kiosk",
                        path=path,
                        what=_("replaced") if seen else _("deleted"),
                    )
                )

    def _seen(self) -> list[tuple[int, int] | None]:
        return [_identity(path) for path in self._files]


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file or of the link; None if there is no such file."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def lock(path: Path) -> IO[bytes]:
    """Lock the journal for this process; raises JournalRefused if another kiosk has it."""
    held = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - it stays open as long as the lock
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise JournalRefused(
            _("{path}: another kiosk is running with this journal; stop it first", path=path)
        ) from None
    return held
