"""Salvage of a damaged journal: nothing readable is lost, whatever ends the salvage."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.base import atomic_file
from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal, salvage
from kiosk.sale.effects import OrderKnown, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.journal.damage import (
    break_page,
    filled,
    killed_salvage,
    readable_references,
    references,
)
from tests.support.journals import noon
from tests.support.play import pesos


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_no_sale(tmp_path: Path) -> None:
    """``python -m tests.journal.kill_salvage`` does it with 20,000 sales and 40 kills."""
    path = tmp_path / "journal.sqlite3"
    filled(path, 2000)
    break_page(path, "checks")
    damaged = path.read_bytes()
    rng, kills = random.Random(14), 0
    while kills < 3:
        if list(tmp_path.glob("*.unreadable-1")) and not list(tmp_path.glob("*.salvage*")):
            for left in tmp_path.iterdir():  # that salvage was complete: begin again
                left.unlink()
            path.write_bytes(damaged)
        kills += killed_salvage(path, rng.uniform(0, 0.5))
        assert len(readable_references(path)) == 2000
    with closing(Journal.open(path, noon)) as journal:
        assert {sale.reference for sale in journal.unsettled()} == {"K-1999"}
    assert references(path) == {f"K-{number}" for number in range(2000)}
    names = {each.name for each in path.parent.iterdir()}
    assert {"journal.sqlite3", "journal.sqlite3.unreadable-1"} <= names
    assert not [name for name in names if "salvage" in name or "unreadable-2" in name]


def test_killed_before_each_rename_and_each_flush(tmp_path: Path) -> None:
    moment = 0
    while True:
        path = tmp_path / str(moment) / "journal.sqlite3"
        path.parent.mkdir()
        filled(path, 3)
        break_page(path, "checks")
        ended = _killed_before_step(path, moment)
        with closing(Journal.open(path, noon)) as journal:
            assert [sale.reference for sale in journal.unsettled()] == ["K-2"]
            assert len(journal.events("K-0")) == 2
        assert references(path) == {"K-0", "K-1", "K-2"}
        assert not list(path.parent.glob("*salvage*"))
        assert len(list(path.parent.glob("*.unreadable-?"))) == 1
        if ended:
            break
        moment += 1
    assert moment > 5


def _killed_before_step(path: Path, moment: int) -> bool:
    """Open the journal in a process that is killed before that step; return whether it ended."""
    child = os.fork()
    if not child:
        left = [moment]
        sys.addaudithook(lambda event, _: _count_down(left, event))
        atomic_file.flush = lambda path: _count_down(left, "os.rename")
        Journal.open(path, noon)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def _count_down(left: list[int], event: str) -> None:
    if event == "os.rename":
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1


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
    pages = _leaf_pages(path, "sales")
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


def _leaf_pages(path: Path, table: str) -> list[int]:
    """Return the leaf pages of the table in their order, by the interior page at its root."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (root,) = db.execute(query, (table,)).fetchone()
    page = path.read_bytes()[(root - 1) * 4096 : root * 4096]
    assert page[0] == 5, "an interior page of a table"
    count = int.from_bytes(page[3:5], "big")
    cells = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(count)]
    children = [int.from_bytes(page[cell : cell + 4], "big") for cell in cells]
    return [*children, int.from_bytes(page[8:12], "big")]


def test_a_row_that_a_good_file_would_not_take_is_kept_as_a_problem(path: Path) -> None:
    """Rows without a reference, and two with one reference, get one that says so."""
    filled(path, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema=ON")
        plain = "replace(replace(replace(sql, 'NOT NULL', ''), 'PRIMARY KEY', ''), 'UNIQUE', '')"
        db.execute("DELETE FROM sqlite_schema WHERE type = 'index'")
        db.execute(f"UPDATE sqlite_schema SET sql = replace({plain}, 'STRICT', '')")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE sales SET reference = NULL WHERE reference = 'K-0'")
        db.execute("UPDATE sales SET reference = 'K-2' WHERE reference = 'K-1'")
    with closing(Journal.open(path, noon)) as journal:
        assert [record.sale.reference for record in journal.sales()] == ["K-2"]
        assert [problem.split(";")[0] for problem in journal.problems()] == [
            "sale ?1: its reference ?1 can't be read in the journal",
            "sale ?3: its reference ?3 can't be read in the journal",
        ]
        assert journal.unsettled() == ()
        assert journal.decide("?3", Outcome.CANCELED, "Ana asked the service")
        assert len(journal.problems()) == 1


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
        assert [outcome for _, outcome in journal.untold()][-1] is Outcome.PAID
