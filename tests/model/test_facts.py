"""The journal of a daemon is compared with what the model writes."""

from __future__ import annotations

from pathlib import Path

from kiosk.journal import Journal
from kiosk.sale.effects import (
    Fact,
    OrderKnown,
    ResultTold,
    SaleEnded,
    SaleOpened,
    SaleSetAside,
)
from kiosk.sale.words import Outcome
from tests.model.facts import unlike_the_model
from tests.support.journals import SALE, noon

OPENED, KNOWN = SaleOpened(SALE), OrderKnown(SALE.reference, "ORD1")
PAID = SaleEnded(SALE.reference, Outcome.PAID, "ORD1 processed")


def journal_of(path: Path, *facts: Fact) -> Path:
    journal = Journal.open(path / "journal.sqlite3", noon)
    for fact in facts:
        journal.remember(fact, b"{}")
    journal.close()
    return path / "journal.sqlite3"


def test_a_paid_sale_is_like_the_model(tmp_path: Path) -> None:
    told = ResultTold(SALE.reference, Outcome.PAID)
    assert unlike_the_model(journal_of(tmp_path, OPENED, KNOWN, PAID, told)) == []


def test_a_person_may_decide_a_sale(tmp_path: Path) -> None:
    path = journal_of(tmp_path, OPENED, KNOWN, SaleSetAside(SALE.reference, "failed"))
    journal = Journal.open(path, noon)
    journal.decide(SALE.reference, Outcome.PAID, "seen in the bank", "failed")
    journal.close()
    assert unlike_the_model(path) == []


def test_a_payment_without_an_order_is_not(tmp_path: Path) -> None:
    assert unlike_the_model(journal_of(tmp_path, OPENED, PAID)) == [
        "K-1: open, without an order, then SaleEnded paid (of ['SaleOpened', 'SaleEnded'])"
    ]


def test_an_end_after_a_payment_is_not(tmp_path: Path) -> None:
    expired = SaleEnded(SALE.reference, Outcome.EXPIRED, "time ran out")
    (wrong,) = unlike_the_model(journal_of(tmp_path, OPENED, KNOWN, PAID, expired))
    assert wrong.startswith("K-1: paid, with an order, then SaleEnded expired")


def test_a_file_that_is_no_journal_says_nothing(tmp_path: Path) -> None:
    assert unlike_the_model(tmp_path / "journal.sqlite3") == []
