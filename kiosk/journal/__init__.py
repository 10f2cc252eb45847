"""The journal: every sale and its facts, on disk before the kiosk acts on them or shows them.

One SQLite file in WAL mode with ``synchronous=FULL``: with the weaker modes a power cut loses the
last commits. One commit for each fact. The methods block, so the daemon calls them off its event
loop. A second daemon on the same file is refused. An unreadable file is renamed, never overwritten,
and the sales that can still be read are copied from it into a new one (``salvage.py``). A row that
can't be read is named by ``problems``. It is neither sold nor counted as settled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.base.language import _
from kiosk.journal import broker_cursor, facts, records
from kiosk.journal.file import (
    FLUSHED,
    FLUSHED_LATER,
    FileIdentity,
    as_journal_failed,
    connect,
    lock,
)
from kiosk.journal.interface import (
    DaemonJournal,
    EndToTell,
    Intent,
    JournalSettings,
    SoldAmount,
)
from kiosk.journal.records import SaleRecord, UnreadableSale
from kiosk.journal.sales_table import SalesTable, Survey
from kiosk.journal.schema import as_ours, check_tables
from kiosk.sale.effects import Fact, ResultTold, SaleOpened
from kiosk.sale.words import (
    Outcome,
    Sale,
    Screen,
    Unknown,
    UntoldResult,
)

__all__ = [
    "DaemonJournal",
    "EndToTell",
    "Intent",
    "Journal",
    "JournalSettings",
    "SaleRecord",
    "SoldAmount",
    "Survey",
    "UnreadableSale",
]

HELD_FOR = 86_400.0  # seconds since their end; a start names the sales that were left to people
LATELY, LATELY_FOR = 50, 900.0  # sales, and seconds since their end: they are looked at again
LATEST = 3  # sales that are looked at again, whatever the clock says


class Journal(SalesTable):
    """The journal, open for writing (by one daemon) or read-only (by any number of programs)."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: IO[bytes] | None,
        wall: Callable[[], float],
        keep: int,
        identity: FileIdentity | None = None,
    ) -> None:
        super().__init__(connection)
        self._identity = identity
        self._lock = lock
        self._wall = wall
        self._keep = keep

    @classmethod
    def open(cls, path: Path, wall: Callable[[], float], keep: int = 20_000) -> Self:
        """Open for writing; make the file if it does not exist. Raises JournalFailed."""
        with as_journal_failed(path), ExitStack() as on_failure:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = on_failure.enter_context(lock(path.resolve()))
            db = connect(path.resolve())
            on_failure.callback(db.close)
            journal = cls(db, held, wall, keep, FileIdentity(path))
            on_failure.pop_all()
            return journal

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open read-only, also while a daemon writes; raises JournalFailed."""
        with as_journal_failed(path):
            if not path.exists():
                said = _(
                    "{path}: there is no journal; start the kiosk, or check journal.path", path=path
                )
                raise JournalFailed(said)
            with ExitStack() as on_failure:
                db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
                on_failure.callback(db.close)
                check_tables(records.as_lenient(db))
                ours = records.as_lenient(as_ours(db, path))
                ours.execute("PRAGMA query_only=ON")  # the copy of an older file could be written
                on_failure.pop_all()
                return cls(ours, None, Environment().wall_clock, 0)

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable. ``request``: the bytes that create the order, with SaleOpened."""
        # If a power cut loses this fact, the register gets its result twice, which does no harm.
        with as_journal_failed(), self._commit(flush=not isinstance(fact, ResultTold)) as now:
            facts.write(self._db, fact, request, now)
            if isinstance(fact, SaleOpened):
                facts.forget_oldest(self._db, self._keep)

    def decide(self, reference: str, outcome: Outcome, note: str, said: str = "") -> bool:
        """Write a person's decision about a sale; return False if the sale can't be decided.

        It can be decided if it has no outcome, or if its row can't be read. ``said``: what the
        service said about its order when the person decided.
        """
        with as_journal_failed(), self._commit() as now:
            may = _may_be_decided(self.row(reference), outcome)
            if may:
                facts.decide(self._db, reference, outcome, note, said, now)
            return may

    def check(self) -> None:
        """Raise JournalFailed if no fact could be made durable now."""
        with as_journal_failed(), self._commit() as now:
            self._db.execute("INSERT OR REPLACE INTO checks VALUES (1, ?)", (now,))

    def intent(self, reference: str) -> Intent:
        """Return the key and the bytes that were written for this sale."""
        with as_journal_failed():
            row = self._db.execute(
                "SELECT idempotency_key, request, created_at FROM sales WHERE reference = ?",
                (reference,),
            ).fetchone()
        if row is None:
            raise JournalFailed(f"the journal has no sale {reference}")
        key, request, created_at = row
        return Intent(key, request, records.age(created_at, self._wall()))

    def unsettled(self) -> tuple[Sale, ...]:
        """Return the sales without an outcome that are not set aside, oldest first."""
        rows = self._select("+outcome IS NULL AND set_aside_at IS NULL")
        return tuple(record.sale for record in rows)

    def set_aside(self) -> tuple[Sale, ...]:
        """Return the sales whose end the service did not tell in time, oldest first."""
        rows = self._select("+outcome IS NULL AND set_aside_at IS NOT NULL")
        return tuple(record.sale for record in rows)

    def refunds_underway(self) -> tuple[Sale, ...]:
        """Return the ended sales whose refund the service had not finished, oldest first."""
        ended = "+outcome != ? AND refund_at IS NOT NULL"
        rows = self._select(ended, "rowid", Outcome.REFUNDED.value)
        return tuple(record.sale for record in rows)

    def ended_lately(self) -> tuple[tuple[Sale, Outcome], ...]:
        """Return the sales whose orders ended without a payment some minutes ago.

        The clock of a computer may be wrong at its start, so the newest ones count in any case.
        What a person decided is not looked at again.
        """
        ended = "+outcome IN ('canceled', 'expired') AND note IS NULL"
        rows = self._select(ended, f"rowid DESC LIMIT {LATELY}")
        now = self._wall()
        return tuple(
            (row.sale, row.outcome)
            for number, row in enumerate(rows)
            if row.outcome and row.sale.order_id
            if number < LATEST or abs(records.age(row.ended_at or "", now)) < LATELY_FOR
        )

    def held_lately(self) -> tuple[tuple[Sale, str], ...]:
        """Return the sales that were left to people in the last day, and why, oldest first."""
        waiting = "note IS NULL AND refund_at IS NULL AND refunded_amount IS NULL"
        rows = self._select(waiting, f"rowid DESC LIMIT {LATELY}")
        now = self._wall()
        ends = (
            (row.sale, self.events(row.sale.reference))
            for row in rows
            if row.outcome and abs(records.age(row.ended_at or "", now)) < HELD_FOR
        )
        held = ((sale, facts.held_because(events)) for sale, events in ends)
        return tuple((sale, why) for sale, why in held if why)[::-1]

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for each row that can't be read and that nobody has decided."""
        return tuple(str(row) for row in self.unreadable() if not row.decided)

    def untold(self) -> tuple[UntoldResult, ...]:
        """Return the results that the register may not have, oldest first."""
        ended = "(+outcome IS NOT NULL OR set_aside_at IS NOT NULL)"
        rows = tuple(self._select(f"{ended} AND told_at IS NULL"))
        if not rows:  # then the search for the newest ones, which reads all sales, is not needed
            return ()
        newest = {row.sale.reference for row in self._select(records.NEWEST_OF_EACH_SOURCE)}
        return tuple(
            UntoldResult(row.sale, row.result, row.paid, row.sale.reference not in newest)
            for row in rows
            if row.result
        )

    def latest(self, source: str) -> tuple[Sale, Outcome | Unknown | None] | None:
        """Return the newest sale of this input, and what the register hears of it, if anything."""
        rows = self._select("source = ?", "rowid DESC LIMIT 5", source)
        return next(((row.sale, row.result) for row in rows), None)

    def sale_of_amount(self, amount_id: str) -> SoldAmount | None:
        """Return the sale that was opened for the amount with this number, if there is one.

        One that was left to people has no result that a program may act on.
        """
        row = next(self._rows("amount_id = ?", "rowid", amount_id), None)
        if isinstance(row, UnreadableSale):
            return SoldAmount(row.reference, None, Unknown.UNKNOWN)
        if row is None:
            return None
        held = facts.held_because(self.events(row.sale.reference)) and not row.note
        result = Unknown.UNKNOWN if held else row.result
        return SoldAmount(row.sale.reference, row.sale.amount, result)

    def begin_saying(self, reference: str, screen: Screen) -> bool:
        """Write that the voice begins to say this; return False if it was said before."""
        with as_journal_failed(), self._commit() as now:
            return facts.begin_saying(self._db, reference, screen, now)

    def last_result(self) -> tuple[Sale, Screen] | None:
        """Return the newest sale that has a result, and the screen of that result."""
        ended = "(+outcome IS NOT NULL OR set_aside_at IS NOT NULL)"
        rows = self._select(f"{ended} AND +outcome IS NOT 'abandoned'", "rowid DESC LIMIT 1")
        return next(
            ((row.sale, facts.screen_of(row, self.events(row.sale.reference))) for row in rows),
            None,
        )

    def paid_after(self) -> tuple[float, ...]:
        """Return how many seconds after their QR the newest sales were paid, newest first."""
        with as_journal_failed():
            return facts.paid_after(self._db)

    def forget_paid_after(self) -> None:
        """Forget these times, so that they are learned again."""
        with as_journal_failed(), self._commit():
            facts.forget_paid_after(self._db)

    def ends_to_tell(self, most: int) -> tuple[EndToTell, ...]:
        """Return the ends of sales that the broker does not have, the oldest first.

        The first call returns none: the sales that ended before it are not told.
        """
        with as_journal_failed():
            if not broker_cursor.has_begun(self._db):
                with self._commit(flush=False):
                    broker_cursor.begin(self._db)
            waiting = broker_cursor.waiting(self._db, most)
            return tuple(self._end_to_tell(number, reference) for number, reference in waiting)

    def _end_to_tell(self, number: int, reference: str) -> EndToTell:
        row = self.row(reference)
        if not isinstance(row, SaleRecord):
            return EndToTell(number, None)
        return EndToTell(number, row, broker_cursor.is_late(self._db, reference, number))

    def broker_has(self, number: int) -> None:
        """Note that the broker has the ends up to this one. A power cut may lose this note."""
        with as_journal_failed(), self._commit(flush=False):
            broker_cursor.move(self._db, number)

    def close(self) -> None:
        """Close the file and release its lock."""
        self._db.close()
        if self._lock:
            self._lock.close()

    @contextmanager
    def _commit(self, flush: bool = True) -> Iterator[str]:
        """Run the body in one transaction; yield the time stamp of its rows."""
        if self._identity:
            self._identity.check()
        if not flush:
            self._db.execute(FLUSHED_LATER)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield datetime.fromtimestamp(self._wall(), UTC).isoformat(timespec="milliseconds")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._db.execute(FLUSHED)


def _may_be_decided(row: SaleRecord | UnreadableSale | None, outcome: Outcome) -> bool:
    """Whether a person may decide for this outcome: the row's own outcome is missing or the same.

    A row that can be read is decided only without an outcome.
    """
    if isinstance(row, UnreadableSale):
        return not row.decided and row.outcome in (None, outcome)
    return row is not None and row.outcome is None
