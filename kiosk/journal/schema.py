"""The journal's schema, and how a file with an older or a newer schema is used.

An update can be rolled back, so the release before must be able to use the file that this one
writes. Therefore migrations only add tables and columns, and change indexes. A migration that
can't do that is marked as ``breaks``, and the file holds the number of the oldest schema whose code
may write it.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from kiosk.base import atomic_file
from kiosk.base.errors import JournalRefused
from kiosk.base.frozen import frozen
from kiosk.base.language import _

log = logging.getLogger("kiosk.journal")


@frozen
class Migration:
    """Brings a file to the next schema, in one transaction."""

    script: str
    breaks: bool = False  # code that knows only older schemas must not write the file any more
    same_rows: bool = False  # it changes no row and no column, so nobody needs a copy from before


# Never change or remove one: a journal in a shop may be of any age.
MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        """
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
CREATE INDEX open_sales ON sales (outcome) WHERE outcome IS NULL OR told_at IS NULL;
CREATE TABLE events (
  id        INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  at        TEXT NOT NULL,
  event     TEXT NOT NULL,
  detail    TEXT NOT NULL
) STRICT;
CREATE INDEX events_of ON events (reference);
CREATE TABLE checks (id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL) STRICT;
"""
    ),
    # The input's own number for the sale; empty if it has none.
    Migration("ALTER TABLE sales ADD COLUMN ticket TEXT NOT NULL DEFAULT '';"),
    # The oldest schema whose code may write the file. Older code does not read this table.
    Migration(
        """
CREATE TABLE compatibility (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  oldest INTEGER NOT NULL                   -- schema whose code may go on with the file
) STRICT;
INSERT INTO compatibility VALUES (1, 3);
"""
    ),
    # What was really paid, sales without an end, and what a person decided about them. Older code
    # may write the file, except while a sale is set aside: see ``facts.protect``.
    Migration(
        """
ALTER TABLE sales ADD COLUMN paid_amount TEXT;      -- plain decimal, in the currency of the sale
ALTER TABLE sales ADD COLUMN payment_id TEXT;       -- the operation number on a payer's receipt
ALTER TABLE sales ADD COLUMN payment_method TEXT;
ALTER TABLE sales ADD COLUMN refunded_amount TEXT;  -- plain decimal, in the currency of the sale
ALTER TABLE sales ADD COLUMN set_aside_at TEXT;     -- when the kiosk stopped waiting for an end
ALTER TABLE sales ADD COLUMN looked_at TEXT;        -- the latest look after the end
ALTER TABLE sales ADD COLUMN note TEXT;             -- why a person decided the outcome
"""
    ),
    # How many seconds after its QR a sale was paid: the looks at an order are planned by it.
    Migration("ALTER TABLE sales ADD COLUMN paid_after TEXT;"),
    # Each sale wrote to the old index twice; most sales never get into the new one.
    Migration(
        """
DROP INDEX IF EXISTS open_sales;
CREATE INDEX set_aside_sales ON sales (set_aside_at)
  WHERE outcome IS NULL AND set_aside_at IS NOT NULL;
""",
        same_rows=True,
    ),
    # How far the broker has been told of the sales: see ``broker_cursor.py``.
    Migration(
        """
CREATE TABLE broker_has (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  event INTEGER NOT NULL                    -- it has the ends of sales up to this row of events
) STRICT;
""",
        same_rows=True,
    ),
    # The sender's own number of an amount that came over the network: it is sold once.
    Migration(
        """
ALTER TABLE sales ADD COLUMN amount_id TEXT;
CREATE UNIQUE INDEX amounts_sold ON sales (amount_id) WHERE amount_id IS NOT NULL;
"""
    ),
)


def migrate(
    db: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...] = MIGRATIONS
) -> None:
    """Bring the file up to our schema; a file of a newer schema is used as it is.

    Raises JournalRefused, before it changes anything, if the newer schema does not allow that.
    """
    found, ours = version(db), len(migrations)
    if found >= ours:
        _admit(db, path, found, ours)
        return
    ahead = migrations[found:]
    if found and not all(it.same_rows for it in ahead):
        _copy_before(db, path, ours, needed=any(it.breaks for it in ahead))
    _apply(db, ahead, found)
    if found:
        log.info("%s: migrated from schema %d to %d", path, found, ours)


def create(db: sqlite3.Connection) -> None:
    """Begin a transaction, and make the tables of our schema in it."""
    scripts = "".join(migration.script for migration in MIGRATIONS)
    db.executescript(f"BEGIN; {scripts} PRAGMA user_version={len(MIGRATIONS)};")


def check_tables(db: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError if the tables are not those of the file's schema."""
    found, ours = version(db), len(MIGRATIONS)
    if found > 2 and _oldest_writer(db, found) > ours and found > ours:
        return  # its tables are not known here
    with closing(sqlite3.connect(":memory:")) as whole:
        _apply(whole, MIGRATIONS[: max(found, 0)], 0)
        for table in ("sales", "events"):
            columns, wanted = columns_of(db, table), columns_of(whole, table)
            if found > ours:
                columns = {name: columns.get(name, "") for name in wanted}  # it may have more
            if columns != wanted:
                raise sqlite3.DatabaseError(f"the table {table} is not that of schema {found}")


def _oldest_writer(db: sqlite3.Connection, found: int) -> int:
    """Return the oldest schema whose code may write the file."""
    row = db.execute("SELECT oldest FROM compatibility").fetchone()
    if row is None or row[0] not in range(1, found + 1):
        raise sqlite3.DatabaseError("the table compatibility can't be read")
    return int(row[0])


def columns_of(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the names of the table's columns in their order, and their types."""
    rows = db.execute(f"PRAGMA table_info({table})")
    return {
        name: f"{kind} NOT NULL" if needed or key else kind
        for _, name, kind, needed, _, key in rows
    }


def as_ours(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Let the connection read as our schema, without a change to the file.

    In an older file a view, which only this connection has, adds the columns that are missing.
    """
    found, ours = version(db), len(MIGRATIONS)
    if found >= ours:
        _admit(db, path, found, ours)
        return db
    whole = sqlite3.connect(":memory:", isolation_level=None)
    _apply(whole, MIGRATIONS, 0)
    if not found:  # the file is empty: so are these tables
        db.close()
        return whole
    with closing(whole):
        for table in ("sales", "events"):
            db.execute(f"CREATE TEMP VIEW {table} AS {_with_new_columns(db, whole, table)}")
    return db


def _with_new_columns(db: sqlite3.Connection, whole: sqlite3.Connection, table: str) -> str:
    """Return a query for all rows with all columns of our schema; a new one has its default."""
    there = columns_of(db, table)
    columns = [
        name if name in there else f"{default} AS {name}"
        for _, name, _, _, default, _ in whole.execute(f"PRAGMA table_info({table})")
    ]
    return f"SELECT rowid, {', '.join(columns).replace('None AS', 'NULL AS')} FROM main.{table}"  # noqa: S608


def _apply(db: sqlite3.Connection, ahead: tuple[Migration, ...], found: int) -> None:
    for number, migration in enumerate(ahead, found + 1):
        script = f"BEGIN; {migration.script} PRAGMA user_version={number};"
        if migration.breaks:
            script += f"UPDATE compatibility SET oldest = {number};"  # noqa: S608 - our own number
        db.executescript(f"{script} COMMIT")


def version(db: sqlite3.Connection) -> int:
    """Return the number of the file's schema; 0 for an empty file."""
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def _admit(db: sqlite3.Connection, path: Path, found: int, ours: int) -> None:
    """Raise JournalRefused if code of our schema must not use this file."""
    if found == ours:
        return
    if _oldest_writer(db, found) > ours:
        raise JournalRefused(
            _(
                "{path}: its schema {found} is of a newer kiosk, and this kiosk knows schema "
                "{ours}; install the newer kiosk again",
                path=path,
                found=found,
                ours=ours,
            )
        )
    log.warning("%s: its schema %d is of a newer kiosk; this kiosk uses it as it is", path, found)


def _copy_before(db: sqlite3.Connection, path: Path, ours: int, *, needed: bool) -> None:
    """Keep a copy of the file; raises JournalRefused if it is ``needed`` and there is no room."""
    copy = path.with_name(f"{path.name}.before-schema-{ours}")
    draft = copy.with_name(copy.name + ".new")
    try:
        draft.unlink(missing_ok=True)  # a power cut may have left a part of it
        db.execute("VACUUM INTO ?", (str(draft),))
        atomic_file.put_in_place(draft, copy)
    except (sqlite3.OperationalError, OSError) as error:
        with suppress(OSError):
            draft.unlink()
        if needed:
            raise JournalRefused(
                _(
                    "{path}: can't be migrated to schema {ours}, because there is no room for a "
                    "copy of the old file ({error}); free space on its disk",
                    path=path,
                    ours=ours,
                    error=error,
                )
            ) from error
        log.warning("%s: no copy was kept (%s); an older kiosk can still use the file", path, error)
