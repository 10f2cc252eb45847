"""Reads the table ``sales``: one sale, the newest ones, or those of a day, of however many."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from kiosk.base.frozen import frozen
from kiosk.journal import records, selection
from kiosk.journal.file import as_journal_failed
from kiosk.journal.records import SaleRecord, UnreadableSale
from kiosk.sale.words import CODE_LENGTH, code_of, plain_code

BATCH = 500  # rows; as many are in memory while a large journal is read
_ALL_ROWS = -(2**63), 2**63 - 1
_LAST = 50  # rows, of which one can be read
# Newest rows that each command judges: as many as a journal keeps unless `keep` is larger.
JUDGED = 20_000


@frozen
class Survey:
    """What was found by reading once through the table."""

    day: date | None  # the day that was asked for, or that of the newest sale
    first: int  # number of the first row of this day
    last: int
    unreadable: tuple[UnreadableSale, ...]  # of those that were judged, the oldest first


class SalesTable:
    """The sales of a journal, for those that read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        selection.prepare(connection)

    def sales(self, newest: int = 50) -> list[SaleRecord]:
        """Return the newest sales, newest first."""
        return list(self._select("TRUE", f"rowid DESC LIMIT {int(newest)}"))

    def find(self, word: str) -> SaleRecord | None:
        """Return the sale with this reference, order id or payment id."""
        where = "? IN (reference, order_id, payment_id)"
        return next(self._select(where, "rowid DESC", word), None)

    def with_code(self, code: str) -> list[SaleRecord]:
        """Return the sales whose reference ends with this code of the panel, the newest first.

        Spaces, punctuation and case do not count.
        """
        marks = plain_code(code)
        if len(marks) != CODE_LENGTH or not marks.isascii():
            return []
        rows = self._select("reference LIKE ?", "rowid DESC", f"%{'%'.join(marks)}%")
        return [row for row in rows if plain_code(code_of(row.sale.reference)) == marks]

    def row(self, reference: str) -> SaleRecord | UnreadableSale | None:
        """Return the sale with this reference, even if its row can't be read."""
        return next(self._rows("reference = ?", "rowid", reference), None)

    def events(self, reference: str) -> list[tuple[str, str, str]]:
        """Return (at, event, detail) of a sale, in order."""
        with as_journal_failed():
            return self._db.execute(
                "SELECT at, event, detail FROM events WHERE reference = ? ORDER BY id", (reference,)
            ).fetchall()

    def newest_number(self) -> int:
        """Return the number of the newest sale's row; 0 if there is none."""
        with as_journal_failed():
            (last,) = self._db.execute("SELECT max(rowid) FROM sales").fetchone()
        return last or 0

    def outcomes_after(self, number: int) -> dict[str, int]:
        """Return how many sales after this row have ended, by outcome."""
        query = (
            "SELECT outcome, count(*) FROM sales WHERE rowid > ? AND outcome IS NOT NULL "
            "GROUP BY +outcome"
        )
        with as_journal_failed():
            return dict(self._db.execute(query, (number,)).fetchall())

    def unreadable(self, newest: int | None = None) -> tuple[UnreadableSale, ...]:
        """Return the rows that can't be read, oldest first, also those that somebody decided.

        ``newest``: of how many rows; None looks at all. The daemon does that at each start.
        """
        among = _ALL_ROWS if newest is None else self._newest_rows(newest)
        rows = self._in_batches(selection.doubtful(), (), among=among, oldest_first=True)
        return tuple(row for row in rows if isinstance(row, UnreadableSale))

    def survey(self, day: date | None = None) -> Survey:
        """Read once through the table for a day, or for the day of the newest sale.

        Judged are the sales of this day, the newest ones, and those that may be of any day because
        theirs can't be read. SQL leaves out only the rows that can certainly be read and began on
        another day, and old ones of another day.
        """
        doubtful = selection.doubtful()
        window, values = selection.began_on(day) if day else self._newest_days()
        first, _ = self._newest_rows(JUDGED)
        judged = f"(rowid >= {first} OR {selection.WITHOUT_DAY})"
        query = (
            f"SELECT rowid, created_at, {doubtful} FROM sales "  # noqa: S608
            f"WHERE ({window}) OR ({judged} AND {doubtful})"
        )
        numbers_of: dict[date, list[int]] = defaultdict(list)
        doubts = []
        with as_journal_failed():
            for number, created_at, is_doubtful in self._db.execute(query, values):
                if is_doubtful:
                    doubts.append(number)
                else:
                    numbers_of[records.local_day(created_at)].append(number)
        unreadable = []
        for number in doubts:
            for row in self._rows("rowid = ?", "rowid", number):
                if isinstance(row, UnreadableSale):
                    unreadable.append(row)
                else:
                    numbers_of[row.day].append(number)
        wanted = day or max(numbers_of, default=None)
        numbers = numbers_of[wanted] if wanted else []
        return Survey(wanted, min(numbers, default=0), max(numbers, default=-1), tuple(unreadable))

    def select(
        self,
        day: date | None = None,
        outcome: str | None = None,
        *,
        oldest_first: bool = False,
        among: Survey | None = None,
    ) -> Iterator[SaleRecord]:
        """Yield the sales of a day that have this outcome, the newest first; None selects all.

        The day is that of this computer's time zone, on which the sale began. An empty outcome
        selects the sales that have none. ``among``: what a survey for this day found.
        """
        where: str = "TRUE"
        values: tuple[str | None, ...] = ()
        if day:
            dated, values = selection.began_on(day)
            where = f"({dated} OR {selection.UNDATED})"
        if outcome is not None:
            where, values = f"{where} AND outcome IS ?", (*values, outcome or None)
        numbers = (among.first, among.last) if among else _ALL_ROWS
        rows = self._in_batches(where, values, among=numbers, oldest_first=oldest_first)
        for row in rows:
            if isinstance(row, SaleRecord) and day in (None, row.day):
                yield row

    def _newest_rows(self, rows: int) -> tuple[int, int]:
        """Return the numbers that the newest rows have: as many, or fewer."""
        return self.newest_number() - rows + 1, _ALL_ROWS[1]

    def _newest_days(self) -> tuple[str, tuple[str, ...]]:
        """Return a condition for the sales that may have begun on the latest day."""
        newest = next(self._select("TRUE", f"rowid DESC LIMIT {_LAST}"), None)
        return selection.began_on_or_after(newest.day) if newest else ("TRUE", ())

    def _select(self, where: str, order: str = "rowid", *values: Any) -> Iterator[SaleRecord]:
        """Yield the rows that can be read."""
        rows = self._rows(where, order, *values)
        return (row for row in rows if isinstance(row, SaleRecord))

    def _rows(
        self, where: str, order: str = "rowid", *values: Any
    ) -> Iterator[SaleRecord | UnreadableSale]:
        query = f"SELECT {records.COLUMNS} FROM sales WHERE {where} ORDER BY {order}"  # noqa: S608
        with as_journal_failed():
            return records.read(self._db.execute(query, values).fetchall())

    def _in_batches(
        self,
        where: str,
        values: tuple[str | None, ...],
        *,
        among: tuple[int, int],
        oldest_first: bool = False,
    ) -> Iterator[SaleRecord | UnreadableSale]:
        """Yield the rows with numbers from one to the other; only a batch of them is in memory.

        No query stays open while the caller works: as long as one is open, SQLite can't use the
        write-ahead log again from its beginning, and the log grows.
        """
        query = (
            f"SELECT rowid, {records.COLUMNS} FROM sales WHERE {where} AND rowid BETWEEN ? AND ? "  # noqa: S608
            f"ORDER BY rowid {'ASC' if oldest_first else 'DESC'} LIMIT {BATCH}"
        )
        first, last = among
        while first <= last:
            with as_journal_failed():
                batch = self._db.execute(query, (*values, first, last)).fetchall()
            yield from records.read(row[1:] for row in batch)
            if len(batch) < BATCH:
                return
            end = batch[-1][0]
            first, last = (end + 1, last) if oldest_first else (first, end - 1)
