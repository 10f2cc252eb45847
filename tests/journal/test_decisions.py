"""A person's decision is the last word about a sale; and which refunds are still under way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.journal import Journal, UnreadableSale
from kiosk.sale.effects import (
    OrderKnown,
    Receipt,
    RefundDecided,
    RefundSeen,
    RefundUnderway,
    ResultTold,
    SaleEnded,
    SaleOpened,
    SaleSetAside,
)
from kiosk.sale.words import Outcome
from tests.support.journals import SALE
from tests.support.play import pesos

PAID = SaleEnded("K-1", Outcome.PAID, "ORD1 processed", Receipt(pesos("1234.56"), "PAY1", "card"))


@pytest.fixture(autouse=True)
def known(opened: Journal) -> None:
    """The open sale K-1 has an order."""
    opened.remember(OrderKnown("K-1", "ORD1"))


def outcome(journal: Journal) -> Outcome | None:
    row = journal.row("K-1")
    assert row is not None
    return row.outcome


def damage(path: Path, column: str, value: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"UPDATE sales SET {column} = ?", (value,))


# --- decisions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [PAID, RefundDecided("K-1", "ORD1 processed")])
def test_what_the_kiosk_finds_in_the_same_moment_does_not_change_a_decision(
    journal: Journal, late: SaleEnded | RefundDecided
) -> None:
    journal.remember(SaleSetAside("K-1", "ORD1 failed"))
    assert journal.decide("K-1", Outcome.ABANDONED, "Ana")
    journal.remember(late)
    assert outcome(journal) is Outcome.ABANDONED
    assert journal.unsettled() == journal.set_aside() == ()
    assert journal.events("K-1")[-1][1] == type(late).__name__, "it is kept as an event"


def test_what_was_really_paid_is_kept_all_the_same(journal: Journal) -> None:
    assert journal.decide("K-1", Outcome.CANCELED, "Ana")
    journal.remember(PAID)
    record = journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.paid, record.payment_id) == (
        Outcome.CANCELED,
        pesos("1234.56"),
        "PAY1",
    )


def test_a_decided_sale_is_not_looked_at_again_after_a_restart(journal: Journal) -> None:
    journal.remember(SaleEnded("K-1", Outcome.EXPIRED, "ORD1 expired"))
    assert [sale.reference for sale, _ in journal.ended_lately()] == ["K-1"]
    journal.remember(SaleOpened(replace(SALE, reference="K-2")), b"{}")
    journal.remember(OrderKnown("K-2", "ORD2"))
    assert journal.decide("K-2", Outcome.EXPIRED, "Ana")
    assert [sale.reference for sale, _ in journal.ended_lately()] == ["K-1"]


def test_the_register_that_heard_of_it_does_not_hear_the_decision(journal: Journal) -> None:
    journal.remember(SaleSetAside("K-1", "ORD1 failed"))
    journal.remember(ResultTold("K-1"))
    assert journal.decide("K-1", Outcome.PAID, "Ana")
    assert journal.untold() == ()


@pytest.mark.parametrize(
    ("column", "value"), [("amount", "5u5.00"), ("currency", "ARQ"), ("source", "")]
)
def test_the_outcome_of_a_row_that_cannot_be_read_is_confirmed_and_not_changed(
    journal: Journal, path: Path, column: str, value: str
) -> None:
    journal.remember(PAID)
    damage(path, column, value)
    row = journal.row("K-1")
    assert isinstance(row, UnreadableSale)
    assert (row.order_id, row.outcome, row.decided) == ("ORD1", Outcome.PAID, False)
    assert not journal.decide("K-1", Outcome.CANCELED, "Ana")
    assert len(journal.problems()) == 1
    assert journal.decide("K-1", Outcome.PAID, "Ana")
    assert journal.problems() == ()
    assert not journal.decide("K-1", Outcome.PAID, "Berta"), "it is decided"


@pytest.mark.parametrize(("column", "value"), [("order_id", "ORD\x1b[2J"), ("outcome", "qaid")])
def test_what_cannot_be_read_of_such_a_row_is_left_out(
    journal: Journal, path: Path, column: str, value: str
) -> None:
    damage(path, "amount", "5u5.00")
    damage(path, column, value)
    row = journal.row("K-1")
    assert isinstance(row, UnreadableSale)
    assert ("" if column == "order_id" else None) == getattr(row, column)


def test_a_reference_that_the_journal_does_not_have(journal: Journal) -> None:
    for reference in ("K-2", "ORD1", "", "k-1"):
        assert journal.row(reference) is None
        assert not journal.decide(reference, Outcome.PAID, "Ana")


# --- refunds under way ---------------------------------------------------------------------------


def underway(journal: Journal) -> bool:
    record = journal.find("K-1")
    assert record is not None
    return record.refund_underway and journal.refunds_underway() == (record.sale,)


def test_a_refund_is_under_way_until_its_end_is_seen(journal: Journal) -> None:
    journal.remember(PAID)
    assert not underway(journal)
    journal.remember(RefundUnderway("K-1", "asked for"))
    assert underway(journal)
    assert journal.events("K-1")[-1][1:] == ("RefundUnderway", "asked for")
    journal.remember(RefundSeen("K-1", Receipt(refunded=pesos("34.56")), "partially refunded"))
    assert not underway(journal)
    record = journal.find("K-1")
    assert record is not None
    assert (record.refunded, record.outcome) == (pesos("34.56"), Outcome.PAID)
    journal.remember(RefundUnderway("K-1", "a second one"))
    assert underway(journal)


def test_the_refund_of_a_late_payment_is_not_a_refund_of_a_person(journal: Journal) -> None:
    journal.remember(RefundDecided("K-1", "late"))
    assert not underway(journal)
    journal.remember(PAID)
    assert not underway(journal), "late, and not refunded"


def test_a_person_may_decide_that_late_money_is_kept(journal: Journal) -> None:
    journal.remember(RefundDecided("K-1", "late"))
    journal.remember(SaleSetAside("K-1", "its refund is not finished"))
    assert journal.decide("K-1", Outcome.PAID, "Ana: the payer took the goods")
    assert not underway(journal)


def test_a_person_who_refunds_a_part_of_an_open_sale_does_not_refund_all_of_it(
    journal: Journal,
) -> None:
    """The mark of a late payment, which the kiosk refunds, is not set and not taken away."""
    journal.remember(RefundUnderway("K-1", "a part"))
    assert [sale.to_refund for sale in journal.unsettled()] == [False]
    journal.remember(RefundDecided("K-1", "late"))
    journal.remember(RefundSeen("K-1", Receipt(refunded=pesos("1.00")), "a part"))
    assert [sale.to_refund for sale in journal.unsettled()] == [True]
