"""The journal's schema, and how a file of another one is gone on with, upwards and downwards.

Updates may be taken back, so the release before must be able to go on with what this one leaves
behind. Therefore migrations only add; one that can't help it says that it ``breaks`` older code,
and the file says of itself which is the oldest schema whose code may write it.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.base import atomic_file
from kiosk.base.errors import JournalRefused

log = logging.getLogger("kiosk.journal")


@dataclass(frozen=True, slots=True)
class Migration:
    """Brings a file to the next schema, in one transaction."""

    script: str
    breaks: bool = False  # code that knows only older schemas must not write the file any more


# They are only ever added to: a journal in a shop may be of any age.
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
    # The input's own word for the sale, empty where it has none.
    Migration("ALTER TABLE sales ADD COLUMN ticket TEXT NOT NULL DEFAULT '';"),
    # Where the file says which schemas' code may write it; the code before knew nothing of that.
    Migration(
        """
CREATE TABLE compatibility (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  oldest INTEGER NOT NULL                   -- schema whose code may go on with the file
) STRICT;
INSERT INTO compatibility VALUES (1, 3);
"""
    ),
)


def migrate(
    db: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...] = MIGRATIONS
) -> None:
    """Bring the file up to our schema; one of a newer schema is used as it is, if it lets us.

    Raises JournalRefused if it doesn't, and before anything is changed.
    """
    found, ours = version(db), len(migrations)
    if found >= ours:
        _admit(db, path, found, ours)
        return
    ahead = migrations[found:]
    if found:
        _copy_before(db, path, ours, needed=any(it.breaks for it in ahead))
    _apply(db, ahead, found)
    if found:
        log.info("%s: brought from schema %d to %d", path, found, ours)


def as_ours(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Return what can be looked into like a file of our schema: an older one's copy, in memory."""
    found = version(db)
    if found >= len(MIGRATIONS):
        _admit(db, path, found, len(MIGRATIONS))
        return db
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with closing(db):
        db.backup(memory)
    _apply(memory, MIGRATIONS[found:], found)
    return memory


def _apply(db: sqlite3.Connection, ahead: tuple[Migration, ...], found: int) -> None:
    for number, migration in enumerate(ahead, found + 1):
        script = f"BEGIN; {migration.script} PRAGMA user_version={number};"
        if migration.breaks:
            script += f"UPDATE compatibility SET oldest = {number};"  # noqa: S608 - our own number
        db.executescript(f"{script} COMMIT")


def version(db: sqlite3.Connection) -> int:
    """Return the number of the file's schema; 0 for a file that has none yet."""
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def _admit(db: sqlite3.Connection, path: Path, found: int, ours: int) -> None:
    """Return if code of our schema may go on with a file of this one."""
    if found == ours:
        return
    (oldest,) = db.execute("SELECT oldest FROM compatibility").fetchone()
    if oldest > ours:
        raise JournalRefused(
            f"{path}: it has schema {found}, of a newer kiosk, and this one knows schema {ours}; "
            "install the newer kiosk again"
        )
    log.warning("%s: has schema %d, of a newer kiosk; it is gone on with as it is", path, found)


def _copy_before(db: sqlite3.Connection, path: Path, ours: int, *, needed: bool) -> None:
    """Keep the file as it is now, durably; where there is no room, only if it is ``needed``."""
    copy = path.with_name(f"{path.name}.before-schema-{ours}")
    draft = copy.with_name(copy.name + ".new")
    try:
        draft.unlink(missing_ok=True)  # a power cut may have left half of it
        db.execute("VACUUM INTO ?", (str(draft),))
        atomic_file.put_in_place(draft, copy)
    except (sqlite3.OperationalError, OSError) as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if needed:
            raise JournalRefused(
                f"{path}: can't be brought to schema {ours}, as there is no way back without a "
                f"copy, and none can be kept ({error}); free space on its disk"
            ) from error
        log.warning("%s: no copy can be kept (%s); the kiosk before can go on", path, error)
