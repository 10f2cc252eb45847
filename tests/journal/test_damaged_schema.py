"""A journal whose schema is damaged: its sales are copied into a new file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.journal.schema import MIGRATIONS
from kiosk.sale.effects import SaleOpened
from tests.support.journals import OLD_SALE, SALE, noon, old_journal

OURS = len(MIGRATIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal with the open sale K-1."""
    path = tmp_path / "journal.sqlite3"
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
    return path


@pytest.mark.parametrize("number", [0, -1, OURS - 3, 2**20 + 1])
def test_a_schema_number_that_does_not_fit_the_tables(
    path: Path, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A flipped bit in it: the sales are not lost, and the file is not migrated twice."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA user_version={number}")
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (SALE,)
    message = caplog.records[0].getMessage()
    assert message.startswith(
        f"{path}: its schema {number} is of a newer kiosk"
        if number > OURS
        else f"{path}: the table sales is not that of schema {number}; what can be read of it"
    )


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM compatibility",
        "DROP TABLE compatibility",
        "UPDATE compatibility SET oldest = 0",
        "UPDATE compatibility SET oldest = 1027",
        "UPDATE compatibility SET oldest = NULL",
        "UPDATE compatibility SET oldest = 'caja'",
    ],
)
def test_a_file_whose_compatibility_can_not_be_read_is_copied(
    path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema=ON")
        lax = "CREATE TABLE compatibility (id INTEGER PRIMARY KEY, oldest)"
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'compatibility'", (lax,))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(damage)
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (SALE,)
    message = caplog.records[0].getMessage()
    assert message.startswith(
        f"{path}: no such table: compatibility; what can be read"
        if "DROP" in damage
        else f"{path}: the table compatibility can't be read; what can be read"
    )


def test_a_disk_without_room_for_the_new_columns_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file itself is good: it stays in its place."""
    path = tmp_path / "old.sqlite3"
    old_journal(path)
    before, connect = path.stat().st_size, sqlite3.connect

    def small(name: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(name, **words)
        db.execute(f"PRAGMA max_page_count={before // 4096}")
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small)
        with pytest.raises(JournalFailed, match="the disk is full; free space on it"):
            Journal.open(path, noon)
    assert not list(tmp_path.glob("*unreadable*"))
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (OLD_SALE,)
