"""The journal's file: opening it soundly, and what becomes of one that is broken."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import IO, Any

from kiosk.base.errors import JournalRefused
from kiosk.journal.schema import migrate

log = logging.getLogger("kiosk.journal")

FLUSHED = "PRAGMA synchronous=FULL"  # each commit is on the disk when it returns
FLUSHED_LATER = "PRAGMA synchronous=NORMAL"  # with the next one that is, or when the system likes


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; one that can't be read is set aside for people to look at."""
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, full, not ours to write: not bad
            raise
        aside = _set_aside(path)
        log.error("%s: %s; it is kept as %s, and a new one is begun", path, error, aside)
    db = _open(path)
    log.error("%s: %d sales could be saved from the old one", path, _salvage(db, aside))
    return db


def _open(path: Path) -> sqlite3.Connection:
    """Open a sound journal of our schema, bringing an older one up to date."""
    with ExitStack() as on_failure:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        on_failure.callback(db.close)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(FLUSHED)
        db.execute("PRAGMA wal_autocheckpoint=200")  # a small file that is written over and over
        db.execute("PRAGMA cache_size=-256")  # KiB; the usual 2 MB fill up, for nothing
        health = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        migrate(db, path)
        on_failure.pop_all()
        return db


def _set_aside(path: Path) -> Path:
    """Rename the file and what SQLite keeps beside it; return its new name."""
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
            columns = [name for name in _columns(old) if name in columns]  # it may be older
            query = f"SELECT {', '.join(columns)} FROM sales ORDER BY rowid {direction}"  # noqa: S608
            for row in old.execute(query):
                rows[row[0]] = row
    marks = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO sales ({', '.join(columns)}) VALUES ({marks})", rows.values())  # noqa: S608
    return len(rows)


def _columns(db: sqlite3.Connection) -> list[str]:
    return [row[1] for row in db.execute("PRAGMA table_info(sales)")]


def lock(path: Path) -> IO[bytes]:
    """Hold the file beside the journal for as long as this process lives."""
    held = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - held open is what it is for
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise JournalRefused(
            f"{path}: another kiosk is running on this journal; stop it first"
        ) from None
    return held
