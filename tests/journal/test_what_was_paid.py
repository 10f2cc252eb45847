"""What the journal holds of payments, of refunds and of sales that the service does not end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.journal import Journal
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
from kiosk.sale.words import Outcome, Sale, Unknown, UntoldResult
from tests.support.journals import SALE, noon
from tests.support.play import pesos

RECEIPT = Receipt(pesos("1200.00"), "PAY01", "account_money")


pytestmark = pytest.mark.usefixtures("opened")


def oldest_writer(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        (number,) = db.execute("SELECT oldest FROM compatibility").fetchone()
        return int(number)


def test_a_payment_is_found_by_the_number_on_the_payers_receipt(journal: Journal) -> None:
    journal.remember(OrderKnown("K-1", "ORD1"))
    journal.remember(SaleEnded("K-1", Outcome.PAID, "ORD1 processed", RECEIPT))
    by_payment = journal.find("PAY01")
    assert by_payment == journal.find("K-1") == journal.find("ORD1")
    assert by_payment is not None
    assert (by_payment.paid, by_payment.payment_id) == (pesos("1200.00"), "PAY01")
    assert (by_payment.payment_method, by_payment.refunded) == ("account_money", None)


def test_a_refund_that_is_seen_later_keeps_what_was_known(journal: Journal) -> None:
    journal.remember(SaleEnded("K-1", Outcome.PAID, "ORD1 processed", RECEIPT))
    journal.remember(RefundSeen("K-1", Receipt(refunded=pesos("200.00")), "ORD1 partially"))
    record = journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.paid, record.refunded) == (
        Outcome.PAID,
        pesos("1200.00"),
        pesos("200.00"),
    )
    assert record.looked_at == "2027-01-15T08:00:00.000+00:00"
    assert journal.events("K-1")[-1][1:] == ("RefundSeen", "ORD1 partially")


def test_a_sale_that_is_held_is_named_after_a_restart_until_people_refund_it(
    journal: Journal,
) -> None:
    journal.remember(SaleEnded("K-1", Outcome.PAID, "late: ORD1 processed", RECEIPT))
    assert journal.held_lately() == ()
    journal.remember(SaleEnded("K-1", Outcome.PAID, "late: ORD1 processed", RECEIPT, held=True))
    assert journal.held_lately() == ((SALE, "late: ORD1 processed"),)
    journal.remember(RefundUnderway("K-1", "asked for"))
    assert journal.held_lately() == ()
    journal.remember(RefundSeen("K-1", Receipt(refunded=pesos("1200.00")), "ORD1 refunded"))
    assert journal.held_lately() == ()


def test_money_that_goes_back_opens_an_ended_sale_again(journal: Journal) -> None:
    """Until the refund it has no end, whatever was told before."""
    journal.remember(SaleEnded("K-1", Outcome.CANCELED, "ORD1 canceled"))
    journal.remember(RefundDecided("K-1", "ORD1 processed late", RECEIPT))
    record = journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.ended_at) == (None, None)
    assert record == journal.find(RECEIPT.payment_id), "the payer shows the operation number"
    assert [sale.to_refund for sale in journal.unsettled()] == [True]


def test_a_sale_that_is_set_aside_stays_open_and_does_not_hold_up_the_next(
    journal: Journal,
) -> None:
    journal.remember(SaleSetAside("K-1", "ORD1 failed"))
    assert journal.unsettled() == ()
    assert journal.set_aside() == (SALE,)
    record = journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.set_aside_at) == (None, "2027-01-15T08:00:00.000+00:00")
    assert journal.untold() == (UntoldResult(SALE, Unknown.UNKNOWN),)
    assert journal.latest("caja") == (SALE, Unknown.UNKNOWN)
    journal.remember(ResultTold("K-1", Unknown.UNKNOWN))
    assert journal.untold() == ()
    journal.remember(SaleEnded("K-1", Outcome.EXPIRED, "ORD1 expired"))
    assert journal.set_aside() == ()
    journal.remember(ResultTold("K-1", Unknown.UNKNOWN))
    assert journal.untold() == (UntoldResult(SALE, Outcome.EXPIRED),), "it knows another result"
    journal.remember(SaleOpened(replace(SALE, reference="K-2")), b"{}")
    assert journal.untold() == (UntoldResult(SALE, Outcome.EXPIRED, late=True),)


def test_a_sale_that_is_held_for_people_is_never_told_to_the_register(journal: Journal) -> None:
    journal.remember(SaleEnded("K-1", Outcome.PAID, "late: ORD1 processed", held=True))
    assert journal.untold() == ()


def test_an_order_that_ended_without_a_payment_is_found_for_a_quarter_of_an_hour(
    tmp_path: Path,
) -> None:
    now = noon()
    journal = Journal.open(tmp_path / "another.sqlite3", lambda: now)
    journal.remember(SaleOpened(SALE), b"{}")
    journal.remember(SaleEnded("K-1", Outcome.EXPIRED, "ORD1 expired"))
    assert journal.ended_lately() == (), "it never had an order"
    journal.remember(OrderKnown("K-1", "ORD1"))
    assert journal.ended_lately() == ((replace(SALE, order_id="ORD1"), Outcome.EXPIRED),)
    now += 899
    assert journal.ended_lately()
    assert journal.intent("K-1").age == 899
    now += 2
    assert journal.ended_lately(), "the clock may be wrong, so the newest count in any case"
    for number in (2, 3, 4):
        reference = f"K-{number}"
        journal.remember(SaleOpened(replace(SALE, reference=reference)), b"{}")
        journal.remember(OrderKnown(reference, f"ORD{number}"))
        journal.remember(SaleEnded(reference, Outcome.CANCELED, "it was"))
    found = [sale.reference for sale, _ in journal.ended_lately()]
    assert found == ["K-4", "K-3", "K-2"]
    journal.close()


def test_older_code_may_write_the_file_except_while_a_sale_is_set_aside(
    journal: Journal, path: Path
) -> None:
    """It would wait for the end of that sale, and sell nothing."""
    other = Sale("K-2", pesos("5.00"), "caja")
    journal.remember(SaleOpened(other), b"{}")
    assert oldest_writer(path) == 3
    for reference in ("K-1", "K-2"):
        journal.remember(SaleSetAside(reference, "no answer"))
        assert oldest_writer(path) == 4
    journal.remember(SaleEnded("K-1", Outcome.ABANDONED, "canceled"))
    assert oldest_writer(path) == 4
    assert journal.decide("K-2", Outcome.PAID, "the payer has a receipt")
    decided = "paid: the payer has a receipt; the service said: nothing"
    assert journal.events("K-2")[-1][1:] == ("SaleDecided", decided)
    assert oldest_writer(path) == 3


def test_a_person_decides_once(journal: Journal) -> None:
    journal.remember(SaleSetAside("K-1", "ORD1 failed"))
    assert journal.decide("K-1", Outcome.PAID, "Ana saw the receipt", "ORD1 failed/unknown")
    record = journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.note) == (Outcome.PAID, "Ana saw the receipt")
    decided = "paid: Ana saw the receipt; the service said: ORD1 failed/unknown"
    assert journal.events("K-1")[-1][1:] == ("SaleDecided", decided)
    assert not journal.decide("K-1", Outcome.CANCELED, "no")
    assert not journal.decide("K-9", Outcome.CANCELED, "there is no such sale")
    assert journal.find("K-1") == record
    assert len(journal.events("K-1")) == 3
