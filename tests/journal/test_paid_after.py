"""The journal knows how long payers took: bounded, durable, and forgotten when a person asks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.journal import Journal
from kiosk.journal.facts import LEARNED_FROM
from kiosk.sale.effects import SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.support.play import pesos


def at_noon() -> float:
    return 1_800_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def sold(journal: Journal, number: int, paid_after: float | None) -> None:
    journal.remember(SaleOpened(Sale(f"K-{number}", pesos("5.00"), "caja")), b"{}")
    outcome = Outcome.EXPIRED if paid_after is None else Outcome.PAID
    journal.remember(SaleEnded(f"K-{number}", outcome, "so it was", paid_after=paid_after))


def test_the_newest_come_first_and_a_restart_knows_them(path: Path) -> None:
    with closing(Journal.open(path, at_noon)) as journal:
        assert journal.paid_after() == ()
        for number, seconds in enumerate((12.34, None, 7.0)):
            sold(journal, number, seconds)
    for reopened in (Journal.open(path, at_noon), Journal.open_read_only(path)):
        with closing(reopened):
            assert reopened.paid_after() == (7.0, 12.3)


@pytest.mark.slow
def test_only_so_many_count(path: Path) -> None:
    with closing(Journal.open(path, at_noon)) as journal:
        for number in range(LEARNED_FROM + 10):
            sold(journal, number, float(number + 1))
        assert len(journal.paid_after()) == LEARNED_FROM
        assert journal.paid_after()[0] == LEARNED_FROM + 10


@pytest.mark.slow
def test_a_person_can_let_them_be_forgotten(path: Path) -> None:
    with closing(Journal.open(path, at_noon)) as journal:
        journal.forget_paid_after()
        for number in range(LEARNED_FROM + 10):
            sold(journal, number, 20.0)
        journal.forget_paid_after()
        assert journal.paid_after() == ()
        sold(journal, 1000, 30.0)
        assert journal.paid_after() == (30.0,)
        assert len(journal.sales(1000)) == LEARNED_FROM + 11, "no sale is forgotten"


@pytest.mark.parametrize(
    "text", ["", "-5.0", "nan", "inf", "1e9", "9" * 300 + ".0", "5", "x", "٣.٠"]
)
def test_a_damaged_time_is_left_out_and_the_sale_can_be_read(path: Path, text: str) -> None:
    with closing(Journal.open(path, at_noon)) as journal:
        sold(journal, 1, 20.0)
        sold(journal, 2, 30.0)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE sales SET paid_after = ? WHERE reference = 'K-1'", (text,))
    with closing(Journal.open(path, at_noon)) as journal:
        assert journal.paid_after() == (30.0,)
        assert (journal.problems(), len(journal.sales())) == ((), 2)
