"""Salvage of a damaged journal: nothing readable is lost, whatever ends the salvage."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal, salvage
from kiosk.sale.effects import OrderKnown, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.journal.damage import (
    break_page,
    filled,
    leaf_pages,
    references,
)
from tests.support.journals import noon
from tests.support.play import pesos


def test_the_new_file_is_complete_when_it_is_put_in_place(path: Path) -> None:
    """SQLite converts a file to use a WAL in place: killed meanwhile, only a writer can read it."""
    filled(path, 3)
    break_page(path, "checks")
    salvage.salvage(path)
    assert path.read_bytes()[18:20] == b"\2\2", "it uses a write-ahead log"
    assert not Path(f"{path}-wal").exists()


def test_what_dead_salvages_left_is_no_hindrance(path: Path) -> None:
    filled(path, 3)
    break_page(path, "checks")
    for suffix in salvage.SUFFIXES:
        Path(f"{path}.salvage{suffix}").write_bytes(b"SQLite format 3\0 and then the power went")
        Path(f"{path}{suffix}").touch()
    salvage.salvage(path)
    assert references(path) == {"K-0", "K-1", "K-2"}
    assert not list(path.parent.glob("*salvage*"))
    assert len(list(path.parent.glob("*.unreadable-1*"))) == len(salvage.SUFFIXES)


def test_what_a_reader_left_beside_a_complete_salvage_is_not_the_journal(path: Path) -> None:
    """A kill left the complete copy; somebody looked into it before the next start."""
    filled(path, 3)
    os.rename(path, f"{path}.salvaged-1")
    path.write_bytes(b"unreadable")
    for suffix in ("-shm", "-wal"):
        Path(f"{path}.salvaged-1{suffix}").touch()
    with closing(Journal.open(path, noon)) as journal:
        assert [sale.reference for sale in journal.unsettled()] == ["K-2"]
    names = {each.name for each in path.parent.iterdir() if "lock" not in each.name}
    assert names == {path.name, f"{path.name}.unreadable-1"}


def test_it_flushes_the_same_few_times_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushes: list[int] = []

    def flush(descriptor: int) -> None:
        flushes.append(descriptor)

    monkeypatch.setattr(os, "fsync", flush)
    counts = []
    for sales in (1, 300):
        path = tmp_path / str(sales) / "journal.sqlite3"
        filled(path, sales)
        break_page(path, "checks")
        flushes.clear()
        statements = _statements_of(salvage.salvage, path, monkeypatch)
        counts.append(len(flushes))
        assert statements.count("COMMIT") == 1
        assert "PRAGMA synchronous=OFF" in statements
    assert counts == [4, 4], "the draft, its name, the old names, the new name"


def _statements_of(
    work: Callable[[Path], None], path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **words)
        db.set_trace_callback(statements.append)
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", traced)
        work(path)
    return statements


def test_only_the_rows_of_the_broken_page_are_lost(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(path, 300)
    pages = leaf_pages(path, "sales")
    break_page(path, number=pages[10])
    break_page(path, number=pages[-1])
    with closing(Journal.open(path, noon)) as journal:
        lost = {f"K-{number}" for number in range(300)} - references(path)
        assert 2 <= len(lost) < 30
        assert "K-299" in lost, "it is in the last page"
        (problem,) = journal.problems()
        assert problem.startswith("sale K-299: its source '' can't be read in the journal; find")
    log = "\n".join(record.getMessage() for record in caplog.records)
    assert f"{path}: {300 - len(lost) + 1} sales were copied" not in log
    assert f"{path}: {300 - len(lost)} sales were copied from the unreadable file" in log
    assert "in the table sales can't be read" in log
    assert f"{path}: 1 open sales are known only by their events" in log


def test_a_write_ahead_log_never_meets_the_new_file(path: Path) -> None:
    """The newest sale is only in the log when the power goes."""
    filled(path, 50)
    child = os.fork()
    if not child:
        journal = Journal.open(path, noon)
        journal.remember(SaleOpened(Sale("NEW", pesos("5.00"), "caja")), b"{}")
        os._exit(0)
    os.waitpid(child, 0)
    assert Path(f"{path}-wal").stat().st_size > 0
    break_page(path, "checks")
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled()[-1].reference == "NEW"
        assert len(references(path)) == 51


def test_a_full_disk_leaves_the_old_file_in_its_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path, 50)
    break_page(path, "checks")
    before = path.read_bytes()
    connect = sqlite3.connect

    def small(name: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(name, **words)
        if str(name).endswith(".salvage"):
            db.execute("PRAGMA max_page_count=10")
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small)
        with pytest.raises(JournalFailed, match="the disk is full; free space on it"):
            Journal.open(path, noon)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*salvage*")), "the draft leaves no room for anything else"
    with closing(Journal.open(path, noon)) as journal:
        assert len(journal.unsettled()) == 1


def test_a_sale_is_sold_after_a_salvage(path: Path) -> None:
    filled(path, 5)
    break_page(path, "checks")
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(Sale("K-5", pesos("1.00"), "caja")), b"{}")
        journal.remember(OrderKnown("K-5", "ORD5"))
        journal.remember(SaleEnded("K-5", Outcome.PAID, "it was"))
    with closing(Journal.open(path, noon)) as journal:
        assert [result.outcome for result in journal.untold()][-1] is Outcome.PAID
