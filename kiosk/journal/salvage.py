"""Salvage: copies the rows of an unreadable journal that can still be read into a new file.

A kill or a power cut at any moment loses nothing. The copy is made in a draft, in one transaction,
and the unreadable file stays in its place meanwhile. Renaming the complete and flushed draft to
``NAME.salvaged-N`` is the point of no return: the steps after it are repeated at the next start.
"""

from __future__ import annotations

import glob
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from kiosk.base import atomic_file
from kiosk.journal import pages
from kiosk.journal.records import lenient_text
from kiosk.journal.schema import columns_of, create

log = logging.getLogger("kiosk.journal")

SUFFIXES = ("-shm", "-wal", "-journal", "")  # of what SQLite keeps beside it, and of the file
# What SQLite raises, and Python for a name that is not UTF-8 and for a too large row number.
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError)

# How far the reader looks for the next readable row: row by row over a page, then in larger steps.
_STEPS = (*range(1, 101), *(2**power for power in range(7, 41)))

# A sale whose row is lost, but which has events and no end: a row that nobody can read stands for
# it, so that it is reported until a person decides.
_KEEP_LOST_OPEN_SALES = """
INSERT OR IGNORE INTO sales
  (reference, source, amount, currency, idempotency_key, request, order_id, created_at)
SELECT reference, '', '', '', 'lost ' || reference, x'',
  max(CASE WHEN event = 'OrderKnown' THEN detail END), min(at)
FROM events WHERE reference NOT IN (SELECT reference FROM sales)
GROUP BY reference HAVING max(event IN ('SaleEnded', 'SaleDecided')) = 0
"""


def salvage(path: Path) -> None:
    """Replace the unreadable journal by a copy of its readable rows; keep the unreadable one."""
    draft = path.with_name(f"{path.name}.salvage")
    _remove(draft)  # a kill may have left a part of it
    try:
        _copy(path, draft)
    except (sqlite3.Error, OSError):
        _remove(draft)  # the disk may be full
        raise
    number = free_number(path, "unreadable")
    atomic_file.put_in_place(draft, Path(f"{path}.salvaged-{number}"))
    finish(path)


def _remove(draft: Path) -> None:
    for suffix in SUFFIXES:
        Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _copy(path: Path, draft: Path) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as new:
        new.execute(f"PRAGMA page_size={pages.SIZE}")
        new.execute("PRAGMA journal_mode=MEMORY")
        new.execute("PRAGMA synchronous=OFF")  # put_in_place flushes the whole file once
        create(new)
        _copy_tables(path, new)
        new.execute("COMMIT")
        # If the first start did this, a kill could leave a file that only a writer can read.
        new.execute("PRAGMA journal_mode=WAL")


def free_number(path: Path, word: str) -> int:
    """Return the number of the first free one of ``NAME.WORD-1``, ``NAME.WORD-2`` and so on."""
    number = 1
    while any(Path(f"{path}.{word}-{number}{suffix}").exists() for suffix in SUFFIXES):
        number += 1
    return number


def finish(path: Path) -> None:
    """Put a complete salvage in place, if there is one; also if a kill interrupted that before."""
    for salvaged in path.parent.glob(f"{glob.escape(path.name)}.salvaged-*"):
        if not salvaged.name.rpartition("-")[2].isdecimal():
            salvaged.unlink()  # the empty log of a program that has read the salvage
            continue
        aside = path.with_name(salvaged.name.replace(".salvaged-", ".unreadable-"))
        for suffix in SUFFIXES:
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
        atomic_file.flush(path.parent)  # an old write-ahead log must never meet the new file
        os.replace(salvaged, path)
        atomic_file.flush(path.parent)
        log.error("%s: it is a new file now; the unreadable file is kept as %s", path, aside)


def _copy_tables(path: Path, new: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as old:
        old.text_factory = lenient_text
        sales, events = _Table(old, new, "sales"), _Table(old, new, "events")
        sales.copy()
        events.copy()
    named = new.execute(_KEEP_LOST_OPEN_SALES).rowcount
    log.error("%s: %d sales were copied from the unreadable file", path, sales.copied)
    for table in (sales, events):
        if table.lost:
            log.error("%s: %s in the table %s can't be read", path, table.lost, table.name)
    if named > 0:
        log.error("%s: %d open sales are known only by their events", path, named)


class _Table:
    """One table of the unreadable file, and its copy."""

    def __init__(self, old: sqlite3.Connection, new: sqlite3.Connection, name: str) -> None:
        self._old, self._new, self.name = old, new, name
        self._width = self._columns()
        # The names are ours, because Python can't read names that are not UTF-8.
        names = ", ".join(f"column_{number}" for number in range(self._width + 1))
        self._query = (
            f"WITH copied ({names}) AS (SELECT rowid, * FROM {name}) "  # noqa: S608 - our own words
            "SELECT * FROM copied WHERE column_0 >= ? ORDER BY column_0"
        )
        self.copied = 0
        self.lost = ""

    def copy(self) -> None:
        """Copy what can be read."""
        types = columns_of(self._new, self.name)
        # A migration only adds columns at the end. So the position names a column, even if a
        # damaged page changed its name.
        names = list(types)[: self._width]
        if not names:
            self.lost = "everything"
            return
        for number, *values in self._rows():
            row = dict(zip(names, values, strict=False))
            typed = {name: _as_type(value, types[name], number) for name, value in row.items()}
            self._insert(number, typed)
            self.copied += 1

    def _columns(self) -> int:
        """Return the number of columns; 0 if the table can't be found."""
        with suppress(*UNREADABLE):
            self._old.execute("PRAGMA writable_schema=ON")  # read on if other tables are damaged
            return len(columns_of(self._old, self.name))
        return 0

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield all readable rows, by their row number."""
        start: int | None = -(2**63)
        while start is not None:
            try:
                for row in self._old.execute(self._query, (start,)):
                    yield row
                    start = row[0] + 1
                return
            except UNREADABLE:
                # Python reads ahead, and drops the row before the one that can't be read.
                if row_before := self._first_row(start):
                    yield row_before[0]
                    start = row_before[0][0] + 1
                    continue
                broken = max(start, 1)
                start = self._next_readable(broken)
                until = f"to {start - 1}" if start else "and later"
                self.lost += f"{', ' if self.lost else 'rows '}{broken} {until}"

    def _next_readable(self, broken: int) -> int | None:
        """Return the first row number after ``broken`` at which the table can be read."""
        failed = broken
        for step in _STEPS:
            if self._first_row(broken + step) is not None:
                return self._first_between(failed, broken + step)
            failed = broken + step
        return None

    def _first_between(self, failed: int, readable: int) -> int:
        while readable - failed > 1:
            middle = (failed + readable) // 2
            if self._first_row(middle) is not None:
                readable = middle
            else:
                failed = middle
        return readable

    def _first_row(self, number: int) -> list[tuple[Any, ...]] | None:
        """Return the first row from this number on, if there is one; None if it can't be read."""
        with suppress(*UNREADABLE):
            return self._old.execute(f"{self._query} LIMIT 1", (number,)).fetchall()
        return None

    def _insert(self, number: int, row: dict[str, Any]) -> None:
        """Insert the row; one with the key of another row gets a key of its own.

        The rows get new numbers in their order: one that is far too large would count as newest.
        """
        row.pop("id", None)  # the number of an event
        if not self._insert_as(row):
            own = {name: f"?{number}" for name in ("reference", "idempotency_key") if name in row}
            self._insert_as(row | own)

    def _insert_as(self, row: dict[str, Any]) -> bool:
        marks = ", ".join("?" * len(row))
        query = f"INSERT OR IGNORE INTO {self.name} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        return self._new.execute(query, tuple(row.values())).rowcount > 0


def _as_type(value: Any, declared: str, number: int) -> Any:
    """Return the value as the column can hold it. ``?NUMBER`` stands for one that is missing."""
    match declared, value:
        case "BLOB NOT NULL", bytes():
            return value
        case "BLOB NOT NULL", _:
            return repr(value).encode()
        case ("TEXT", None) | (_, str()):
            return value
        case _, None:
            return f"?{number}"
        case _, bytes():
            return lenient_text(value)
    return str(value)
