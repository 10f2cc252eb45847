"""The room of the write-ahead log: taken at the start, and given back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal, pages
from kiosk.sale.effects import OrderKnown, SaleOpened
from tests.support.journals import SALE, noon


def test_the_log_is_as_long_at_the_start_as_it_will_be(path: Path) -> None:
    """A commit that makes it longer costs a second flush."""
    log = Path(f"{path}-wal")
    with closing(Journal.open(path, noon)) as journal:
        reserved = log.stat().st_size
        assert pages.LOG_SIZE < reserved < 1.3 * pages.LOG_SIZE
        for _ in range(400):
            journal.check()
        journal.remember(SaleOpened(SALE), b"x" * 100_000)
        for _ in range(400):
            journal.check()
        assert log.stat().st_size == reserved
        assert journal.unsettled() == (SALE,)
    tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'filler'"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(tables).fetchone() == (0,)


def test_a_log_that_grew_while_somebody_read_becomes_small_again(path: Path) -> None:
    log = Path(f"{path}-wal")
    with closing(Journal.open(path, noon)) as journal:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as looking:
            looking.execute("BEGIN")
            looking.execute("SELECT * FROM sales").fetchall()
            journal.remember(SaleOpened(SALE), b"x" * 3_000_000)
            assert log.stat().st_size > 3_000_000
        for _ in range(900):
            journal.check()
        assert log.stat().st_size <= 2 * pages.LOG_SIZE


def test_a_disk_without_room_for_the_log_is_no_reason_to_stop(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def small(name: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(name, **words)
        db.execute("PRAGMA max_page_count=40")
        return db

    monkeypatch.setattr(sqlite3, "connect", small)
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
        assert journal.unsettled() == (SALE,)
        with pytest.raises(JournalFailed, match="the disk is full"):
            journal.remember(OrderKnown(SALE.reference, "O" * 100_000))
