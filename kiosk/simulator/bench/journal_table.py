"""The journal as a table, and its new events: read with a connection of its own, never written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.journal.records import as_lenient

ROWS_SHOWN = 50
COLUMNS = (
    "reference", "amount", "currency", "outcome", "order_id", "created_at", "ended_at", "told_at",
    "paid_amount", "payment_id", "payment_method", "refunded_amount", "set_aside_at", "note",
)  # fmt: skip
_SALES = f"SELECT {', '.join(COLUMNS)} FROM sales ORDER BY rowid DESC LIMIT {ROWS_SHOWN}"  # noqa: S608 - our own words
_EVENTS = """
SELECT events.id, events.reference, at, event, detail, idempotency_key, request
  FROM events LEFT JOIN sales ON sales.reference = events.reference
 WHERE events.id > ? ORDER BY events.id LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A fact that was written; ``key`` and ``request`` are the intent of its sale."""

    reference: str
    at: float  # Unix seconds
    event: str
    detail: str
    key: str
    request: bytes


class JournalTable:
    """The newest sales. The file is opened only when it has changed, and closed again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[float, ...] = ()
        self._last_event = 0
        self.rows: list[list[Any]] = []
        self.problem = ""

    def update(self) -> list[JournalEvent]:
        """Read it if it has changed; return the facts that are new."""
        seen = tuple(_changed(Path(f"{self.path}{suffix}")) for suffix in ("", "-wal"))
        if seen == self._seen:
            return []
        self._seen, self.problem = seen, ""
        if not self.path.exists():
            self.rows, self._last_event = [], 0
            return []
        try:
            return self._read()
        except sqlite3.Error as error:  # it is being made, or somebody has damaged it
            self.problem = f"{self.path}: {error}"
            return []

    def _read(self) -> list[JournalEvent]:
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        with closing(as_lenient(sqlite3.connect(address, uri=True))) as db:
            self.rows = [[_text(value) for value in row] for row in db.execute(_SALES)]
            found = db.execute(_EVENTS, (self._last_event,)).fetchall()
        if found:
            self._last_event = found[-1][0]
        return [
            JournalEvent(_text(reference), _time(at), _text(event), _text(detail), _text(key), raw)
            for _, reference, at, event, detail, key, request in found
            for raw in [request if isinstance(request, bytes) else _text(request).encode()]
        ]


def _changed(path: Path) -> float:
    return path.stat().st_mtime_ns + path.stat().st_size if path.exists() else 0.0


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


def _time(text: Any) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return 0.0
