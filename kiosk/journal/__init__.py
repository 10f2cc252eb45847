"""The journal: every sale and its facts, on disk before the kiosk acts on them or shows them.

One SQLite file in WAL mode with ``synchronous=FULL``: with the weaker modes a power cut loses the
last commits. One commit for each fact. The methods block, so the daemon calls them off its event
loop. A second daemon on the same file is refused. An unreadable file is renamed, never overwritten,
and the sales that can still be read are copied from it into a new one.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

from kiosk.base.errors import JournalFailed
from kiosk.base.money import Money
from kiosk.journal.file import FLUSHED, FLUSHED_LATER, as_journal_failed, connect, lock
from kiosk.journal.interface import DaemonJournal, Intent, JournalSettings
from kiosk.journal.schema import as_ours
from kiosk.sale.effects import Fact, OrderKnown, RefundDecided, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale

__all__ = ["DaemonJournal", "Intent", "Journal", "JournalSettings", "SaleRecord"]

# The namespace of the idempotency keys: a reference always gives the same key, also on a retry.
_KEYS = uuid.UUID("6e6b1d3e-8f0a-4c57-9d53-3d1f0f1b7a10")


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """A row of ``sales``, for people."""

    sale: Sale
    outcome: Outcome | None
    created_at: str
    ended_at: str | None
    told_at: str | None


class Journal:
    """The journal, open for writing (by one daemon) or read-only (by any number of programs)."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: IO[bytes] | None,
        wall: Callable[[], float],
        keep: int,
    ) -> None:
        self._db = connection
        self._lock = lock
        self._wall = wall
        self._keep = keep

    @classmethod
    def open(cls, path: Path, wall: Callable[[], float], keep: int = 20_000) -> Self:
        """Open for writing; make the file if it does not exist. Raises JournalFailed."""
        with as_journal_failed(path), ExitStack() as on_failure:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = on_failure.enter_context(lock(path))
            db = connect(path)
            on_failure.pop_all()
            return cls(db, held, wall, keep)

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open read-only, also while a daemon writes; raises JournalFailed."""
        with as_journal_failed(path):
            if not path.exists():
                raise JournalFailed(
                    f"{path}: there is no journal; start the kiosk, or check journal.path"
                )
            with ExitStack() as on_failure:
                db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
                on_failure.callback(db.close)
                ours = as_ours(db, path)
                on_failure.pop_all()
                return cls(ours, None, _no_clock, 0)

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable. ``request``: the bytes that create the order, with SaleOpened."""
        # If a power cut loses this fact, the register gets its result twice, which does no harm.
        with as_journal_failed(), self._commit(flush=not isinstance(fact, ResultTold)) as now:
            match fact:
                case SaleOpened(sale):
                    self._insert(sale, request, now)
                    self._forget_oldest()
                    reference, detail = sale.reference, f"{sale.amount} from {sale.source}"
                case OrderKnown(reference, order_id):
                    self._update(reference, order_id=order_id)
                    detail = order_id
                case RefundDecided(reference, evidence):
                    self._update(reference, refund_at=now)
                    detail = evidence
                case SaleEnded(reference, outcome, evidence):
                    self._update(reference, outcome=outcome.value, ended_at=now)
                    detail = f"{outcome}: {evidence}"
                case ResultTold(reference):
                    self._update(reference, told_at=now)
                    detail = ""
            self._db.execute(
                "INSERT INTO events (reference, at, event, detail) VALUES (?, ?, ?, ?)",
                (reference, now, type(fact).__name__, detail),
            )

    def check(self) -> None:
        """Raise JournalFailed if no fact could be made durable now."""
        with as_journal_failed(), self._commit() as now:
            self._db.execute("INSERT OR REPLACE INTO checks VALUES (1, ?)", (now,))

    def intent(self, reference: str) -> Intent:
        """Return the key and the bytes that were written for this sale."""
        with as_journal_failed():
            row = self._db.execute(
                "SELECT idempotency_key, request FROM sales WHERE reference = ?", (reference,)
            ).fetchone()
        return Intent(*row)

    def unsettled(self) -> tuple[Sale, ...]:
        """Return the sales without an outcome, oldest first."""
        return tuple(record.sale for record in self._select("outcome IS NULL"))

    def untold(self) -> tuple[tuple[Sale, Outcome], ...]:
        """Return the ended sales whose result the register may not have, oldest first."""
        rows = self._select("outcome IS NOT NULL AND told_at IS NULL")
        return tuple((record.sale, record.outcome) for record in rows if record.outcome)

    def latest(self, source: str) -> tuple[Sale, Outcome | None] | None:
        """Return the newest sale of this input, and its outcome if it has ended."""
        rows = self._select("source = ?", "rowid DESC LIMIT 1", source)
        return next(((row.sale, row.outcome) for row in rows), None)

    def sales(self, newest: int = 50) -> list[SaleRecord]:
        """Return the newest sales, newest first."""
        return list(self._select("TRUE", f"rowid DESC LIMIT {int(newest)}"))

    def find(self, word: str) -> SaleRecord | None:
        """Return the sale with this reference or order id."""
        return next(iter(self._select("? IN (reference, order_id)", "rowid", word)), None)

    def events(self, reference: str) -> list[tuple[str, str, str]]:
        """Return (at, event, detail) of a sale, in order."""
        with as_journal_failed():
            return self._db.execute(
                "SELECT at, event, detail FROM events WHERE reference = ? ORDER BY id", (reference,)
            ).fetchall()

    def close(self) -> None:
        """Close the file and release its lock."""
        self._db.close()
        if self._lock:
            self._lock.close()

    @contextmanager
    def _commit(self, flush: bool = True) -> Iterator[str]:
        """Run the body in one transaction; yield the time stamp of its rows."""
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

    def _insert(self, sale: Sale, request: bytes, now: str) -> None:
        key = str(uuid.uuid5(_KEYS, sale.reference))
        amount = sale.amount
        self._db.execute(
            "INSERT INTO sales (reference, source, amount, currency, idempotency_key, request, "
            "created_at, ticket) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(sale.reference, sale.source, amount.plain(), amount.currency.code),
                *(key, request, now, sale.ticket),
            ),
        )

    def _forget_oldest(self) -> None:
        """Delete the two oldest sales for each new one, while there are more than ``keep``."""
        oldest = self._db.execute(
            "SELECT reference FROM sales WHERE rowid <= (SELECT max(rowid) FROM sales) - ? "
            "AND outcome IS NOT NULL AND told_at IS NOT NULL ORDER BY rowid LIMIT 2",
            (self._keep,),
        ).fetchall()
        self._db.executemany("DELETE FROM events WHERE reference = ?", oldest)
        self._db.executemany("DELETE FROM sales WHERE reference = ?", oldest)

    def _update(self, reference: str, **columns: str) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE sales SET {names} WHERE reference = ?",  # noqa: S608 - our own column names
            (*columns.values(), reference),
        )

    def _select(self, where: str, order: str = "rowid", *values: Any) -> Iterator[SaleRecord]:
        columns = (
            "reference, source, amount, currency, order_id, refund_at, ticket, outcome, "
            "created_at, ended_at, told_at"
        )
        query = f"SELECT {columns} FROM sales WHERE {where} ORDER BY {order}"  # noqa: S608
        with as_journal_failed():
            rows = self._db.execute(query, values).fetchall()
        for (
            reference,
            source,
            amount,
            currency,
            order_id,
            refund_at,
            ticket,
            outcome,
            *times,
        ) in rows:
            money = Money.of(amount, currency)
            sale = Sale(reference, money, source, order_id or "", bool(refund_at), ticket=ticket)
            yield SaleRecord(sale, Outcome(outcome) if outcome else None, *times)


def _no_clock() -> float:
    raise AssertionError("a journal that is open read-only writes nothing")
