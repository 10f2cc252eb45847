"""Looking into a journal: anybody may, and nothing is changed by it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import SaleOpened
from tests.support.journals import SALE


def test_anybody_may_look_while_the_daemon_writes(journal: Journal, path: Path) -> None:
    journal.remember(SaleOpened(SALE), b"{}")
    looking = Journal.open_read_only(path)
    assert looking.sales()[0].sale == SALE
    assert looking.find("K-1") is not None
    assert looking.find("nothing") is None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        looking._db.execute("DELETE FROM sales")
    looking.close()


def test_an_sqlite_that_takes_uris_only_on_request_is_asked_to(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's SQLite takes them always (SQLITE_USE_URI); the one of python.org does not."""
    real = sqlite3.connect

    def upstream(name: str, *, uri: bool = False) -> sqlite3.Connection:
        return real(name if uri or name == ":memory:" else f"./{name}", uri=uri)

    monkeypatch.setattr(sqlite3, "connect", upstream)
    Journal.open_read_only(path).close()


def test_what_is_no_database_can_not_be_looked_at(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 99)
    with pytest.raises(JournalFailed, match=f"^{path}: file is not a database"):
        Journal.open_read_only(path)


def test_there_is_nothing_to_look_at(path: Path) -> None:
    with pytest.raises(JournalFailed, match="there is no journal"):
        Journal.open_read_only(path)
