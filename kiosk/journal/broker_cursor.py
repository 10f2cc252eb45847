"""Which ends of sales the broker does not have yet: a cursor over the events of the journal.

It is moved when the broker has acknowledged a message. A power cut may lose its last move; then
the same end is told twice, and readers count each reference once.
"""

from __future__ import annotations

import sqlite3

# The events by which the end of a sale is known, or is another one than before.
_ENDS = "'SaleEnded', 'SaleDecided', 'RefundSeen'"
_BEFORE = "'SaleEnded', 'SaleSetAside'"


def has_begun(db: sqlite3.Connection) -> bool:
    """Return whether there is a cursor. Most looks only read, so they take no transaction."""
    return db.execute("SELECT 1 FROM broker_has").fetchone() is not None


def begin(db: sqlite3.Connection) -> None:
    """Start after the sales that ended before there was a broker."""
    db.execute("INSERT INTO broker_has SELECT 1, coalesce(max(id), 0) FROM events")


def waiting(db: sqlite3.Connection, most: int) -> list[tuple[int, str]]:
    """Return (number of the newest event, reference) of the ends that wait, the oldest first."""
    return db.execute(
        "SELECT max(id), reference FROM events WHERE id > (SELECT event FROM broker_has) "  # noqa: S608
        f"AND event IN ({_ENDS}) GROUP BY reference ORDER BY max(id) LIMIT ?",
        (most,),
    ).fetchall()


def is_late(db: sqlite3.Connection, reference: str, number: int) -> bool:
    """Return whether the sale had ended, or was set aside, before this event."""
    earlier = db.execute(
        f"SELECT 1 FROM events WHERE reference = ? AND id < ? AND event IN ({_BEFORE})",  # noqa: S608
        (reference, number),
    )
    return earlier.fetchone() is not None


def move(db: sqlite3.Connection, number: int) -> None:
    """Note that the broker has the ends up to this event."""
    db.execute("UPDATE broker_has SET event = ?", (number,))
