"""A journal that somebody deletes or replaces while the kiosk runs: no sale is written to it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleOpened
from kiosk.sale.words import Outcome
from tests.support.journals import SALE, noon

ADVICE = "while the kiosk runs, so new sales would be lost; put it back, or restart the kiosk: sudo systemctl restart kiosk"


pytestmark = pytest.mark.usefixtures("opened")


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


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_deleted_file_beside_it_is_noticed(journal: Journal, path: Path, suffix: str) -> None:
    """The newest sales are in the log, and SQLite goes on writing to the deleted file."""
    Path(f"{path}{suffix}").unlink()
    assert refusals(journal) == {f"{path}{suffix}: it was deleted {ADVICE}"}


def test_a_journal_that_is_moved_behind_a_link_is_noticed(journal: Journal, path: Path) -> None:
    """The next start would look for the write-ahead log beside the moved file."""
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")
    assert refusals(journal) == {f"{path}: it was replaced {ADVICE}"}


def test_a_directory_in_its_place_is_noticed(journal: Journal, path: Path) -> None:
    path.unlink()
    path.mkdir()
    assert refusals(journal) == {f"{path}: it was replaced {ADVICE}"}


def test_a_journal_that_is_put_back_is_good_again(journal: Journal, path: Path) -> None:
    path.rename(path.with_name("moved"))
    assert len(refusals(journal)) == 1
    path.with_name("moved").rename(path)
    journal.check()
    journal.remember(OrderKnown("K-1", "ORD1"))
    assert journal.unsettled()[0].order_id == "ORD1"


def test_a_folder_that_is_gone_is_noticed(journal: Journal, path: Path) -> None:
    path.parent.rename(path.parent.with_name("other"))
    assert refusals(journal) == {f"{path}: it was deleted {ADVICE}"}
    path.parent.touch()
    assert refusals(journal) == {f"{path}: it was deleted {ADVICE}"}
    path.parent.unlink()
    path.parent.with_name("other").rename(path.parent)
    journal.check()


def test_a_link_to_the_journal(path: Path) -> None:
    """Such as to a larger disk: the link and the file are watched, and locked for one kiosk."""
    link, disk = path.with_name("link"), path.parent / "disk"
    disk.mkdir()
    link.symlink_to(disk / "journal.sqlite3")
    with closing(Journal.open(link, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
        with pytest.raises(JournalRefused, match="another kiosk is running with this journal"):
            Journal.open(disk / "journal.sqlite3", noon)
        link.unlink()
        assert refusals(journal) == {f"{link}: it was deleted {ADVICE}"}
    link.symlink_to(disk / "journal.sqlite3")
    with closing(Journal.open(link, noon)) as journal:
        (disk / "journal.sqlite3").unlink()
        assert refusals(journal) == {f"{disk}/journal.sqlite3: it was deleted {ADVICE}"}
