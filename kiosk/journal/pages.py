"""The size of the journal's pages, and how an older file gets small ones.

SQLite writes whole pages, and each commit writes the pages that it changes. With pages of 1 KiB a
sale costs the disk a third of what it costs with SQLite's own 4 KiB. A kill or a power cut at any
moment leaves the old file or the new one in place, complete: the new one is a draft until it is
flushed, and then it is renamed. An older kiosk reads pages of every size.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from kiosk.base import atomic_file

SIZE = 1024  # bytes
LOG_SIZE = 800 * 1024  # bytes; a write-ahead log of this size is copied into the file
LARGEST = 48 * 1024 * 1024  # bytes; a larger file keeps its pages, so that no start takes long
MAY_TAKE = 10.0  # seconds; a card that needs longer for the copy keeps the old file

_CACHE = 256 * 1024  # bytes; SQLite's default of 2 MB brings nothing here
_HEADER = b"SQLite format 3\0"
# The bytes that SQLite locks while a file is read. Source: https://sqlite.org/fileformat.html,
# section 1.6, and the comments on SHARED_FIRST and SHARED_SIZE in SQLite's os.h.
_READERS, _READERS_LENGTH = 0x4000_0002, 510
_STEPS = 10_000  # of SQLite's virtual machine, between two looks at the clock

log = logging.getLogger("kiosk.journal")
_replaced_files: list[int] = []  # descriptors; see ``_lock_against_readers``


def prepare(db: sqlite3.Connection) -> None:
    """Set the page size of a new file, and how much SQLite keeps in memory and in the log."""
    db.execute(f"PRAGMA page_size={SIZE}")
    db.execute("PRAGMA journal_mode=WAL")
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.execute(f"PRAGMA wal_autocheckpoint={LOG_SIZE // size}")
    db.execute(f"PRAGMA journal_size_limit={2 * LOG_SIZE}")  # after somebody has read for long
    db.execute(f"PRAGMA cache_size=-{_CACHE // 1024}")


def reserve_log(db: sqlite3.Connection) -> None:
    """Give the write-ahead log its full size.

    A commit that makes the log longer costs a second flush, because the file system must write the
    new size. SQLite writes a transaction that is larger than its cache to the log before the end.
    The rollback leaves these pages there, without a commit.
    """
    with suppress(sqlite3.OperationalError):  # the disk may be full: then the log grows as it can
        try:
            db.execute("BEGIN IMMEDIATE")
            db.execute("CREATE TABLE filler (bytes)")
            db.execute("INSERT INTO filler VALUES (zeroblob(?))", (LOG_SIZE + _CACHE,))
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def copy_with_small_pages(db: sqlite3.Connection, path: Path) -> Path | None:
    """Return a complete copy of an older journal; None if it needs none, or it would take long."""
    draft = _draft(path)
    _remove(draft)  # a kill may have left a part of it
    (size,) = db.execute("PRAGMA page_size").fetchone()
    if size == SIZE:
        return None
    if path.stat().st_size > LARGEST:
        log.info("%s: it is too large to get small pages at a start; it keeps its pages", path)
        return None
    try:
        _copy(db, draft)
        draft.chmod(path.stat().st_mode)
        os.chown(draft, path.stat().st_uid, path.stat().st_gid)
    except (sqlite3.Error, OSError) as error:
        log.info("%s: it keeps its large pages (%s)", path, error)
        _remove(draft)
        return None
    return draft


def put_in_place(path: Path, copy: Path) -> None:
    """Replace the closed journal by its copy, unless somebody is reading the journal."""
    if any(_size(Path(f"{path}{suffix}")) for suffix in ("-wal", "-journal")):
        _remove(copy)
        return
    if not _lock_against_readers(path):
        _remove(copy)
        return
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    atomic_file.flush(path.parent)  # an old write-ahead log must never meet the new file
    atomic_file.put_in_place(copy, path)
    log.info("%s: it has pages of %d bytes now", path, SIZE)


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.small-pages")


def _remove(draft: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal", ""):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _copy(db: sqlite3.Connection, draft: Path) -> None:
    """Copy the file; raises sqlite3.OperationalError if that takes too long."""
    end = time.monotonic() + MAY_TAKE
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        db.execute(f"PRAGMA page_size={SIZE}")
        db.execute("VACUUM INTO ?", (str(draft),))
    finally:
        db.set_progress_handler(None, 0)
    with closing(sqlite3.connect(draft, isolation_level=None)) as new:
        # If the next start did this, a kill could leave a file that only a writer can read.
        new.execute("PRAGMA journal_mode=WAL")


def _lock_against_readers(path: Path) -> bool:
    """Let nobody read the closed file any more; return False if somebody does.

    A program that has opened it, but has not begun to read, must never read it: SQLite finds the
    write-ahead log by name, and would take that of the new file for its own. So the descriptor
    with the lock stays open until this process ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _READERS_LENGTH, _READERS)
    except OSError:
        os.close(descriptor)
        return False
    _replaced_files.append(descriptor)
    return True
