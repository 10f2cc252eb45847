"""A journal that somebody deletes or replaces while the kiosk runs: no sale is written to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleOpened
from kiosk.sale.words import Outcome
from tests.support.journals import SALE, noon

ADVICE = "while the kiosk runs, so new sales would be lost; put it back, or restart the kiosk: sudo systemctl restart kiosk"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal.open(path, noon)
    journal.remember(SaleOpened(SALE), b"{}")
    yield journal
    journal.close()


def refusals(journal: Journal) -> set[str]:
    """Return what every kind of write says."""
    said = set()
    for write in (
        journal.check,
        lambda: journal.remember(OrderKnown("K-1", "ORD1")),
        lambda: journal.decide("K-1", Outcome.PAID, "a note"),
    ):
        with pytest.raises(JournalFailed) as failed:
            write()
        said.add(str(failed.value))
    return said


def test_a_deleted_journal_is_noticed(journal: Journal, path: Path) -> None:
    path.unlink()
    assert refusals(journal) == {f"{path}: it was deleted {ADVICE}"}


def test_a_replaced_journal_is_noticed(journal: Journal, path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").rename(path)
    assert refusals(journal) == {f"{path}: it was replaced {ADVICE}"}


def test_a_deleted_write_ahead_log_is_noticed(journal: Journal, path: Path) -> None:
    """The newest sales are in it, and SQLite goes on writing to the deleted file."""
    Path(f"{path}-wal").unlink()
    assert refusals(journal) == {f"{path}-wal: it was deleted {ADVICE}"}


def test_a_journal_that_is_put_back_is_good_again(journal: Journal, path: Path) -> None:
    path.rename(path.with_name("moved"))
    assert len(refusals(journal)) == 1
    path.with_name("moved").rename(path)
    journal.check()
    journal.remember(OrderKnown("K-1", "ORD1"))
    assert journal.unsettled()[0].order_id == "ORD1"


def test_a_folder_that_is_gone_is_noticed(journal: Journal, path: Path) -> None:
    path.parent.rename(path.parent.with_name("other"))
    assert len(refusals(journal)) == 1
