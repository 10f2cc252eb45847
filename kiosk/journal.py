"""The journal: every sale and its events, on disk before the world is told.

One SQLite file in WAL mode with ``synchronous=FULL``: the modes around it lose the last commits
at a power cut, this one does not. One commit a fact. Methods block, so the daemon calls them off
its loop; a second daemon on the same file is refused.
"""

from __future__ import annotations

import fcntl
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from pydantic import Field

from kiosk.errors import JournalFailed
from kiosk.money import Money
from kiosk.sale.effects import Fact, OrderKnown, RefundDecided, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from kiosk.settings import Settings

SCHEMA = """
CREATE TABLE sales (
  reference       TEXT PRIMARY KEY,
  source          TEXT NOT NULL,            -- the input that asked, and gets the reply
  amount          TEXT NOT NULL,            -- plain decimal, as the API gets it
  currency        TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  request         BLOB NOT NULL,            -- the exact bytes that create the order
  order_id        TEXT,
  refund_at       TEXT,                     -- when it was decided to give the money back
  outcome         TEXT,                     -- NULL while open
  created_at      TEXT NOT NULL,            -- this computer's clock, UTC; it may be wrong
  ended_at        TEXT,
  told_at         TEXT                      -- when the register had its answer
) STRICT;
CREATE INDEX open_sales ON sales (created_at) WHERE outcome IS NULL OR told_at IS NULL;
CREATE TABLE events (
  id        INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  at        TEXT NOT NULL,
  event     TEXT NOT NULL,
  detail    TEXT NOT NULL
) STRICT;
CREATE TABLE checks (id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL) STRICT;
"""
VERSION = 1

# A key belongs to a reference for ever, so that no retry can make up another one.
_KEYS = uuid.UUID("6e6b1d3e-8f0a-4c57-9d53-3d1f0f1b7a10")


class JournalSettings(Settings):
    """The section ``journal:`` of the configuration."""

    path: Path = Field(
        Path("/var/lib/kiosk/journal.sqlite3"),
        description="The SQLite file that holds every sale; keep it on a disk that lasts.",
    )


@dataclass(frozen=True, slots=True)
class Intent:
    """What creates the order, the first time and at every retry."""

    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A row of ``sales``, for people."""

    sale: Sale
    outcome: Outcome | None
    created_at: str
    ended_at: str | None
    told_at: str | None


class Journal:
    """The journal, open for writing (one daemon at a time) or for looking (anybody)."""

    def __init__(
        self, connection: sqlite3.Connection, lock: IO[bytes] | None, wall: Callable[[], float]
    ):
        self._db = connection
        self._lock = lock
        self._wall = wall

    @classmethod
    def open(cls, path: Path, wall: Callable[[], float]) -> Journal:
        """Open for writing, making the file if there is none; raises JournalFailed."""
        with _failures(path), ExitStack() as on_failure:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = on_failure.enter_context(_lock(path))
            db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            on_failure.callback(db.close)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            journal = cls(db, lock, wall)
            journal._prepare(path)
            on_failure.pop_all()
            return journal

    @classmethod
    def look(cls, path: Path) -> Journal:
        """Open for reading only, beside a daemon that writes; raises JournalFailed."""
        with _failures(path):
            if not path.exists():
                raise JournalFailed(f"{path}: no journal here; has the kiosk ever run?")
            return cls(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True), None, _no_clock
            )

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable. ``request``: the bytes that create the order, with SaleOpened."""
        with _failures(), self._commit() as now:
            match fact:
                case SaleOpened(sale):
                    self._insert(sale, request, now)
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

    def sales(self, newest: int = 50) -> list[Record]:
        """Return the newest sales, newest first."""
        return list(self._select("TRUE", f"rowid DESC LIMIT {int(newest)}"))

    def find(self, word: str) -> Record | None:
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

    def _prepare(self, path: Path) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise JournalFailed(
                f"{path}: written by a newer kiosk (schema {version}, this one knows {VERSION}); "
                "install that version again"
            )
        if version == 0:
            self._db.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version={VERSION}; COMMIT;")

    @contextmanager
    def _commit(self) -> Iterator[str]:
        """Do the body in one transaction; yields the time that its rows carry."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield datetime.fromtimestamp(self._wall(), UTC).isoformat(timespec="milliseconds")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _insert(self, sale: Sale, request: bytes, now: str) -> None:
        key = str(uuid.uuid5(_KEYS, sale.reference))
        amount = sale.amount
        self._db.execute(
            "INSERT INTO sales (reference, source, amount, currency, idempotency_key, request, "
            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sale.reference, sale.source, amount.plain(), amount.currency.code, key, request, now),
        )

    def _update(self, reference: str, **columns: str) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE sales SET {names} WHERE reference = ?",  # noqa: S608 - our own column names
            (*columns.values(), reference),
        )

    def _select(self, where: str, order: str = "rowid", *values: Any) -> Iterator[Record]:
        columns = (
            "reference, source, amount, currency, order_id, refund_at, outcome, "
            "created_at, ended_at, told_at"
        )
        query = f"SELECT {columns} FROM sales WHERE {where} ORDER BY {order}"  # noqa: S608
        with _failures():
            rows = self._db.execute(query, values).fetchall()
        for reference, source, amount, currency, order_id, refund_at, outcome, *times in rows:
            money = Money.of(amount, currency)
            sale = Sale(reference, money, source, order_id or "", bool(refund_at))
            yield Record(sale, Outcome(outcome) if outcome else None, *times)


def _no_clock() -> float:
    raise AssertionError("a journal that is only looked at writes nothing")


def _lock(path: Path) -> IO[bytes]:
    """Hold the file beside the journal for as long as this process lives."""
    lock = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - held open is what it is for
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise JournalFailed(
            f"{path}: another kiosk is running on this journal; stop it first"
        ) from None
    return lock


@contextmanager
def _failures(path: Path | str = "the journal") -> Iterator[None]:
    """Map what SQLite and the file system raise."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalFailed(f"{path}: {error}") from error
