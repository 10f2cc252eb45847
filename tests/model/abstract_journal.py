"""The journal of the model: rows of the real tables, changed by the kiosk's own SQL.

The real ``Journal`` writes the fact into a database in memory, at a clock that stands still. The
rows after it are remembered for the next time: a fact changes the same rows always in the same way.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.journal.file import FileIdentity
from kiosk.journal.schema import create
from kiosk.sale.effects import Fact
from kiosk.sale.events import Started
from kiosk.sale.words import Outcome

SLOTS = ("K-1", "K-2", "K-3")  # the references; one that is forgotten is used again
NO_ROW = "no row"
REQUEST = b"{}"
NO_FILE = FileIdentity(Path("a database in memory"))  # which nobody can replace


@dataclass(frozen=True)
class Row:
    """What the promises need to know of a row."""

    amount: Money
    order_id: str
    outcome: Outcome | None
    told: bool
    set_aside: bool
    to_refund: bool
    decided: bool  # by a person

    @property
    def may_be_paid_late(self) -> bool:
        """Whether the kiosk looks again after this end."""
        return self.outcome in (Outcome.CANCELED, Outcome.EXPIRED)

    @property
    def words(self) -> str:
        """The row in words; the same for all rows that allow the same facts."""
        result = self.outcome or ("set aside" if self.set_aside else "open")
        words = [result, "with an order" if self.order_id else "without an order"]
        words += ["to be refunded"] if self.to_refund and not self.outcome else []
        return ", ".join([*words, "told"] if self.told and result != "open" else words)


@dataclass(frozen=True)
class Rows:
    """All rows of the table ``sales``, oldest first."""

    values: tuple[tuple[object, ...], ...] = ()

    @cached_property
    def by_reference(self) -> dict[str, Row]:
        journal = _opened(self)
        untold = {result.sale.reference for result in journal.untold()}
        return {
            record.sale.reference: Row(
                record.sale.amount,
                record.sale.order_id,
                record.outcome,
                told=record.sale.reference not in untold,
                set_aside=record.set_aside_at is not None,
                to_refund=record.sale.to_refund,
                decided=record.note is not None,
            )
            for record in journal.sales()
        }

    @cached_property
    def started(self) -> Started:
        """Return what the kiosk hears of these rows when it starts."""
        journal = _opened(self)
        return Started(
            journal.unsettled(),
            journal.untold(),
            journal.set_aside(),
            ended_lately=journal.ended_lately(),
        )

    def free(self, slots: int, none: int) -> int:
        """Return the number of the first reference that no row has, from 0; or ``none``."""
        return next((n for n in range(slots) if SLOTS[n] not in self.by_reference), none)

    def after(self, fact: Fact) -> Rows:
        """Return the rows after the fact was written."""
        journal = _opened(self)
        journal.remember(fact, REQUEST)
        return journal.rows()

    def decided(self, reference: str) -> Rows:
        """Return the rows after a person has given this sale up."""
        journal = _opened(self)
        journal.decide(reference, Outcome.ABANDONED, "a person's note", "no end")
        return journal.rows()

    def without(self, reference: str) -> Rows:
        """Return the rows without this one."""
        return Rows(tuple(row for row in self.values if row[0] != reference))


def fact_in_words(fact: Fact) -> str:
    """Return the name of the fact, and the outcome that it tells."""
    outcome = getattr(fact, "outcome", None)
    return f"{type(fact).__name__} {outcome or ''}".rstrip()


class MemoryJournal(Journal):
    """The real journal, in memory."""

    def rows(self) -> Rows:
        """Return what the table holds."""
        return Rows(tuple(self._db.execute("SELECT * FROM sales ORDER BY rowid").fetchall()))


@cache
def _database() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create(db)
    db.execute("COMMIT")
    return db


def _opened(rows: Rows) -> MemoryJournal:
    """Return the journal with these rows. There is one of it at a time."""
    db = _database()
    db.execute("DELETE FROM sales")
    db.execute("DELETE FROM events")
    for row in rows.values:
        db.execute(f"INSERT INTO sales VALUES ({', '.join('?' * len(row))})", row)
    return MemoryJournal(db, None, lambda: 1_800_000_000.0, keep=1000, identity=NO_FILE)
