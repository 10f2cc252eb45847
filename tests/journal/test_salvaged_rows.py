"""What a salvage makes of rows that can't be read, and of rows that a good file would not take."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import Journal
from kiosk.journal.pages import SIZE
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.journal.damage import break_page, filled, leaf_pages, rows_in, without_rules
from tests.support.journals import noon
from tests.support.play import pesos


def events(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT reference, event FROM events ORDER BY id").fetchall()


def test_the_lost_rows_are_named_and_no_others_are_lost(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A page, a row of pages with more than a hundred rows, and the last page."""
    filled(path, 1000)
    before, pages = events(path), leaf_pages(path, "events")
    gaps = [(3, 4), (10, 35), (len(pages) - 1, len(pages))]
    lost = [(rows_in(path, pages[:start]), rows_in(path, pages[:end])) for start, end in gaps]
    assert lost[1][1] - lost[1][0] > 200
    for start, end in gaps:
        for page in pages[start:end]:
            break_page(path, number=page)
    Journal.open(path, noon).close()
    (first, second, (last, _)) = lost
    assert (
        events(path) == before[: first[0]] + before[first[1] : second[0]] + before[second[1] : last]
    )
    assert (
        f"{path}: rows {first[0] + 1} to {first[1]}, {second[0] + 1} to {second[1]}, {last + 1} and "
        "later in the table events can't be read"
    ) in [record.getMessage() for record in caplog.records]


def test_a_page_with_one_row_and_the_first_page(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Journal.open(path, noon)) as journal:
        for number in range(1, 9):
            sale = Sale(f"K-{number}", pesos("1.00"), "caja")
            journal.remember(SaleOpened(sale), b"x" * 3500)
    pages = leaf_pages(path, "sales")
    assert rows_in(path, pages) == len(pages) == 8
    for number in (1, 5):
        break_page(path, number=pages[number - 1])
    with closing(Journal.open(path, noon)) as journal:
        unsettled = [sale.reference for sale in journal.unsettled()]
        assert unsettled == ["K-2", "K-3", "K-4", "K-6", "K-7", "K-8"]
        assert [problem[:9] for problem in journal.problems()] == ["sale K-1:", "sale K-5:"]
    said = [record.getMessage() for record in caplog.records]
    assert f"{path}: rows 1 to 1, 5 to 5 in the table sales can't be read" in said
    assert f"{path}: 2 open sales are known only by their events" in said


def test_rows_without_a_reference_and_with_the_one_of_another_row(path: Path) -> None:
    filled(path, 4)
    without_rules(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE sales SET reference = NULL WHERE reference = 'K-0'")
        db.execute("UPDATE sales SET reference = 'K-2' WHERE reference = 'K-1'")
        key = "(SELECT idempotency_key FROM sales WHERE reference = 'K-2')"
        db.execute(f"UPDATE sales SET idempotency_key = {key} WHERE reference = 'K-3'")
    with closing(Journal.open(path, noon)) as journal:
        assert [record.sale.reference for record in journal.sales()] == ["K-2"]
        assert [problem.split(";")[0] for problem in journal.problems()] == [
            "sale ?1: its reference ?1 can't be read in the journal",
            "sale ?3: its reference ?3 can't be read in the journal",
            "sale ?4: its reference ?4 can't be read in the journal",
            "sale K-3: its source '' can't be read in the journal",  # known by its event
        ]
        assert journal.unsettled() == ()
        assert journal.decide("?3", Outcome.PAID, "Ana asked the service")
        assert len(journal.problems()) == 3


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("amount", 5, "5"),
        ("amount", 5.25, "5.25"),
        ("amount", b"5.25", "5.25"),
        ("amount", b"\xff", "\ufffd"),
        ("amount", None, "?1"),
        ("ticket", 7, "7"),
        ("order_id", None, None),
        ("order_id", 12, "12"),
        ("request", "text", b"'text'"),
        ("request", None, b"None"),
        ("request", b"\xff", b"\xff"),
    ],
)
def test_a_value_of_another_type(path: Path, column: str, value: Any, kept: Any) -> None:
    filled(path, 1)
    without_rules(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if value == b"\xff" and kept == "\ufffd":
            db.execute("UPDATE sales SET amount = CAST(x'ff' AS TEXT)")
        else:
            db.execute(f"UPDATE sales SET {column} = ?", (value,))
    Journal.open(path, noon).close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(f"SELECT {column} FROM sales").fetchall() == [(kept,)]


@pytest.mark.parametrize("number", [-(2**63), -200, 0, 2**40, 2**63 - 1])
def test_a_damaged_row_number_does_not_make_a_sale_the_newest_for_ever(
    path: Path, number: int
) -> None:
    """The oldest sales are found by their numbers, and deleted."""
    filled(path, 5)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE sales SET rowid = ? WHERE reference = 'K-1'", (number,))
    break_page(path, "checks")
    with closing(Journal.open(path, noon, keep=100)) as journal:
        journal.remember(SaleOpened(Sale("NEW", pesos("1.00"), "caja")), b"{}")
        assert journal.sales()[0].sale.reference == "NEW"
        assert len(journal.sales()) == 6
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT max(rowid) FROM sales").fetchone() == (6,)


def test_a_row_after_the_largest_number(path: Path) -> None:
    """Nothing can be after it, so the rest of the table is not searched."""
    filled(path, 300)
    last = leaf_pages(path, "sales")[-1]
    data = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE sales SET rowid = ? WHERE reference = 'K-100'", (2**63 - 1,))
    data = bytearray(path.read_bytes())
    page = (last - 1) * SIZE
    cells = int.from_bytes(data[page + 3 : page + 5], "big") + 1
    data[page + 3 : page + 5] = cells.to_bytes(2, "big")
    data[page + 8 + 2 * cells - 2 : page + 8 + 2 * cells] = b"\x03\xff"
    path.write_bytes(data)
    with closing(Journal.open(path, noon)) as journal:
        assert len(journal.sales(1000)) >= 300


def test_a_damaged_file_of_a_newer_kiosk_keeps_what_is_known_here(path: Path) -> None:
    filled(path, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ALTER TABLE sales ADD COLUMN tip TEXT NOT NULL DEFAULT '0'")
        db.execute("PRAGMA user_version=6")
    break_page(path, "checks")
    with closing(Journal.open(path, noon)) as journal:
        assert [record.sale.reference for record in journal.sales()] == ["K-2", "K-1", "K-0"]


def test_an_sqlite_that_takes_uris_only_on_request_is_asked_to(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's SQLite takes them always (SQLITE_USE_URI); the one of python.org does not."""
    filled(path, 3)
    break_page(path, "checks")
    real = sqlite3.connect

    def upstream(name: Any, *, uri: bool = False, **words: Any) -> sqlite3.Connection:
        assert uri or not str(name).startswith("file:")
        db: sqlite3.Connection = real(name, uri=uri, **words)
        return db

    monkeypatch.setattr(sqlite3, "connect", upstream)
    with closing(Journal.open(path, noon)) as journal:
        assert len(journal.sales()) == 3
