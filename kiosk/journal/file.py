"""The journal's file: how it is opened, what happens to a broken one, and its error messages."""

from __future__ import annotations

import errno
import fcntl
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.journal.schema import migrate

log = logging.getLogger("kiosk.journal")

FLUSHED = "PRAGMA synchronous=FULL"  # each commit is on the disk when it returns
FLUSHED_LATER = "PRAGMA synchronous=NORMAL"  # on the disk with the next flushed commit

_FULL = "the disk is full; free space on it"
_DENIED = (
    "no permission; make the kiosk's user the owner of its folder: sudo chown -R kiosk: FOLDER"
)
_READ_ONLY = "its disk is read-only; mount it for writing, or set journal.path"
_BROKEN = "the disk can't be read or written; look for errors in dmesg, and replace the card"

_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
}
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
    except (sqlite3.Error, OSError) as error:
        raise JournalFailed(f"{path}: {_explain(error)}") from error


def _explain(error: sqlite3.Error | OSError) -> str:
    """Return the error's own message, and what to do if that is known."""
    if isinstance(error, OSError):
        remedy = _OF_THE_SYSTEM.get(error.errno or 0)
        return f"{error.strerror}: {remedy}" if remedy else str(error)
    remedy = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return f"{error}: {remedy}" if remedy else str(error)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing; an unreadable one is renamed, and a new one is started."""
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        # Locked, full or without permission: the file itself is good.
        if isinstance(error, sqlite3.OperationalError):
            raise
        aside = _set_aside(path)
        log.error(
            "%s: %s; the file is kept as %s, and a new journal is started", path, error, aside
        )
    db = _open(path)
    log.error("%s: %d sales were copied from the unreadable file", path, _salvage(db, aside))
    return db


def _open(path: Path) -> sqlite3.Connection:
    """Open a readable journal and bring it to our schema."""
    with ExitStack() as on_failure:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        on_failure.callback(db.close)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(FLUSHED)
        db.execute("PRAGMA wal_autocheckpoint=200")  # pages: the write-ahead log stays small
        db.execute("PRAGMA cache_size=-256")  # KiB; SQLite's default of 2 MB brings nothing here
        health = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        migrate(db, path)
        on_failure.pop_all()
        return db


def _set_aside(path: Path) -> Path:
    """Rename the file and the files that SQLite keeps beside it; return its new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside


def _salvage(db: sqlite3.Connection, aside: Path) -> int:
    """Copy the sales that can still be read, from either end; return how many."""
    rows: dict[str, tuple[Any, ...]] = {}
    columns = _columns(db)
    for direction in ("", "DESC"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(aside)) as old:
            columns = [name for name in _columns(old) if name in columns]  # its schema may be older
            query = f"SELECT {', '.join(columns)} FROM sales ORDER BY rowid {direction}"  # noqa: S608
            for row in old.execute(query):
                rows[row[0]] = row
    marks = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO sales ({', '.join(columns)}) VALUES ({marks})", rows.values())  # noqa: S608
    return len(rows)


def _columns(db: sqlite3.Connection) -> list[str]:
    return [row[1] for row in db.execute("PRAGMA table_info(sales)")]


def lock(path: Path) -> IO[bytes]:
    """Lock the journal for this process; raises JournalRefused if another kiosk has it."""
    held = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - it stays open as long as the lock
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise JournalRefused(
            f"{path}: another kiosk is running with this journal; stop it first"
        ) from None
    return held
