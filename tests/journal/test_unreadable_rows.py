"""A row that can't be read: it is named, it is not sold, and every start works."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.support.journals import SALE, noon
from tests.support.play import pesos

OTHER = Sale("K-2", pesos("5.00"), "caja")
ADVICE = "find out at the service how it ended, then run: kiosk orders settle"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal with the open sales K-1 and K-2."""
    path = tmp_path / "journal.sqlite3"
    with closing(Journal.open(path, noon)) as journal:
        for sale in (SALE, OTHER):
            journal.remember(SaleOpened(sale), b"{}")
    return path


def change(path: Path, column: str, value: Any) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"UPDATE sales SET {column} = ? WHERE reference = 'K-1'", (value,))


UNREADABLE = [
    ("amount", "5u5.00"),
    ("amount", "-5.00"),
    ("amount", "1e3"),
    ("amount", "NaN"),
    ("amount", "5.000"),
    ("amount", "5"),
    ("amount", "٥.٠٠"),
    ("amount", ""),
    ("currency", "ARQ"),
    ("currency", "ars"),
    ("outcome", "qaid"),
    ("outcome", ""),
    ("source", ""),
    ("created_at", "2027-91-15"),
    ("paid_amount", "12,50"),
    ("refunded_amount", "all"),
    ("amount", "9" * 16 + ".00"),
    ("created_at", "0000-01-15T08:00:00.000+00:00"),
]


@pytest.mark.parametrize(("column", "value"), UNREADABLE)
def test_it_is_named_and_the_other_sales_go_on(path: Path, column: str, value: str) -> None:
    change(path, column, value)
    shown = value or "''"
    problem = f"sale K-1: its {column} {shown} can't be read in the journal; {ADVICE} K-1"
    for _ in range(3):
        with closing(Journal.open(path, noon)) as journal:
            assert journal.unsettled() == (OTHER,)
            assert journal.untold() == ()
            assert journal.set_aside() == ()
            assert journal.latest("caja") == (OTHER, None)
            assert [record.sale for record in journal.sales()] == [OTHER]
            assert journal.find("K-1") is None
            (sentence,) = journal.problems()
            assert sentence.startswith(problem)


@pytest.mark.parametrize(("column", "value"), UNREADABLE)
def test_anybody_may_look_at_the_journal(path: Path, column: str, value: str) -> None:
    """So do the safe mode and the commands."""
    change(path, column, value)
    with closing(Journal.open_read_only(path)) as journal:
        assert journal.unsettled() == (OTHER,)
        assert len(journal.problems()) == 1


@pytest.mark.parametrize("column", ["reference", "order_id", "payment_id", "source", "ticket"])
def test_a_text_of_ten_thousand_characters(path: Path, column: str) -> None:
    """It would fill the log, the register's line and the request."""
    change(path, column, "K" * 256)
    with closing(Journal.open(path, noon)) as journal:
        assert len(journal.unsettled()) == 2
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"UPDATE sales SET {column} = ? WHERE rowid = 1", ("K" * 10_000,))
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (OTHER,)
        (problem,) = journal.problems()
    assert f"its {column} {'K' * 60}... can't be read" in problem
    assert len(problem) < 400


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 60 + "..."),
        ("a\tb", r"'a\tb'"),
    ],
)
def test_what_is_shown_of_a_value(path: Path, value: str, shown: str) -> None:
    change(path, "amount", value)
    with closing(Journal.open(path, noon)) as journal:
        assert journal.problems()[0].startswith(f"sale K-1: its amount {shown} can't be read")


def test_a_long_note_of_a_person_can_be_read(path: Path) -> None:
    change(path, "note", "Ana asked. " * 100)
    with closing(Journal.open_read_only(path)) as journal:
        assert journal.problems() == ()


def test_text_that_is_not_utf_8(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE sales SET source = CAST(x'63ff' AS TEXT) WHERE reference = 'K-1'")
        db.execute("UPDATE events SET detail = CAST(x'63ff' AS TEXT) WHERE reference = 'K-1'")
    with closing(Journal.open(path, noon)) as journal:
        assert journal.problems()[0].startswith("sale K-1: its source c\N{REPLACEMENT CHARACTER} ")
        assert journal.events("K-1")[0][2] == "c\N{REPLACEMENT CHARACTER}"


def test_it_is_never_deleted_as_settled(path: Path) -> None:
    change(path, "outcome", "qaid")
    change(path, "told_at", "2027-01-15")
    with closing(Journal.open(path, noon, keep=2)) as journal:
        for number in range(3, 20):
            sale = Sale(f"K-{number}", pesos("1.00"), "caja")
            journal.remember(SaleOpened(sale), b"{}")
            journal.remember(SaleEnded(sale.reference, Outcome.REFUSED, "no"))
            journal.remember(ResultTold(sale.reference))
        assert journal.find("K-3") is None
        assert len(journal.problems()) == 1


def test_a_persons_decision_ends_the_problem(path: Path) -> None:
    change(path, "outcome", "qaid")
    with closing(Journal.open(path, noon)) as journal:
        assert journal.decide("K-1", Outcome.PAID, "seen at the service")
        assert journal.problems() == ()
        record = journal.find("K-1")
        assert record is not None
        assert record.outcome is Outcome.PAID


def test_a_decision_about_an_amount_that_nobody_can_read(path: Path) -> None:
    change(path, "amount", "5u5.00")
    with closing(Journal.open(path, noon)) as journal:
        assert journal.decide("K-1", Outcome.CANCELED, "nothing was paid")
        assert journal.problems() == ()
        assert journal.find("K-1") is None


def test_a_reference_with_control_characters_is_shown_without_them(path: Path) -> None:
    change(path, "reference", "K\x1b[2J\n" + "x" * 500)
    with closing(Journal.open(path, noon)) as journal:
        (problem,) = journal.problems()
    assert problem.isprintable()
    assert len(problem) < 400


def test_an_intent_that_is_not_there(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal, pytest.raises(JournalFailed) as failed:
        journal.intent("K-9")
    assert str(failed.value) == "the journal has no sale K-9"
