"""The journal: every sale and its events, on disk before the world is told.

One SQLite file in WAL mode with ``synchronous=FULL``: the modes around it lose the last commits
at a power cut, this one does not. One commit a fact. Methods block, so the daemon calls them off
its loop; a second daemon on the same file is refused. A file that can't be read is set aside and
never overwritten, and what can be saved from it goes into a new one.
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
from kiosk.journal.error_advice import explain
from kiosk.journal.file import FLUSHED, FLUSHED_LATER, connect, lock
from kiosk.journal.schema import as_ours
from kiosk.journal.settings import JournalSettings
from kiosk.sale.effects import Fact, OrderKnown, RefundDecided, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale

__all__ = ["Intent", "Journal", "JournalSettings", "Record"]

# A key belongs to a reference for ever, so that no retry can make up another one.
_KEYS = uuid.UUID("6e6b1d3e-8f0a-4c57-9d53-3d1f0f1b7a10")


@dataclass(frozen=True, slots=True)
class Intent:
    """What creates the order, the first time and at every retry."""

    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """A row of ``sales``, for people."""

    sale: Sale
    outcome: Outcome | None
    created_at: str
    ended_at: str | None
    told_at: str | None


class Journal:
    """The journal, open for writing (one daemon at a time) or for looking (anybody)."""

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
        """Open for writing, making the file if there is none; raises JournalFailed."""
        with _failures(path), ExitStack() as on_failure:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = on_failure.enter_context(lock(path))
            db = connect(path)
            on_failure.pop_all()
            return cls(db, held, wall, keep)

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open for reading only, beside a daemon that writes; raises JournalFailed."""
        with _failures(path):
            if not path.exists():
                raise JournalFailed(f"{path}: no journal here; has the kiosk ever run?")
            with ExitStack() as on_failure:
                db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
                on_failure.callback(db.close)
                ours = as_ours(db, path)
                on_failure.pop_all()
                return cls(ours, None, _no_clock, 0)

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable. ``request``: the bytes that create the order, with SaleOpened."""
        # To tell a register twice after a power cut is no harm, so that fact may be flushed later.
        with _failures(), self._commit(flush=not isinstance(fact, ResultTold)) as now:
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
        """Return if a fact could be made durable now; raises JournalFailed."""
        with _failures(), self._commit() as now:
            self._db.execute("INSERT OR REPLACE INTO checks VALUES (1, ?)", (now,))

    def intent(self, reference: str) -> Intent:
        """Return the key and the bytes that were remembered for this sale."""
        with _failures():
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
        """Return the newest sale that this input asked for, and how it ended, if it has."""
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
        with _failures():
            return self._db.execute(
                "SELECT at, event, detail FROM events WHERE reference = ? ORDER BY id", (reference,)
            ).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
        if self._lock:
            self._lock.close()

    @contextmanager
    def _commit(self, flush: bool = True) -> Iterator[str]:
        """Do the body in one transaction; yields the time that its rows carry."""
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
        """Drop two sales for each new one, until no more than wanted are kept."""
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
        with _failures():
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
    raise AssertionError("a journal that is only looked at writes nothing")


@contextmanager
def _failures(path: Path | str = "the journal") -> Iterator[None]:
    """Map what SQLite and the file system raise."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalFailed(f"{path}: {explain(error)}") from error
