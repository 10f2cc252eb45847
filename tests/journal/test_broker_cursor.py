"""The cursor of what the broker has: every end is told until it is acknowledged, and no other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kiosk.journal import EndToTell, Journal
from kiosk.sale.effects import Receipt, RefundSeen, SaleEnded, SaleOpened, SaleSetAside
from kiosk.sale.words import Outcome, Sale
from tests.support.journals import SALE, noon
from tests.support.play import pesos


def sell(journal: Journal, reference: str, outcome: Outcome = Outcome.PAID) -> None:
    journal.remember(SaleOpened(Sale(reference, SALE.amount, "caja")), b"{}")
    journal.remember(SaleEnded(reference, outcome, "it was"))


def told(ends: tuple[EndToTell, ...]) -> list[tuple[str, Outcome | None, bool]]:
    return [(end.row.sale.reference, end.row.outcome, end.late) for end in ends if end.row]


def test_an_end_waits_until_the_broker_has_it_also_over_a_restart(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        sell(journal, "OLD")
        assert journal.ends_to_tell(10) == (), "sales from before the broker are not told"
        sell(journal, "A")
        sell(journal, "B", Outcome.EXPIRED)
        first, _ = journal.ends_to_tell(10)
        assert len(journal.ends_to_tell(1)) == 1
        journal.broker_has(first.number)
    with closing(Journal.open(path, noon)) as journal:
        ends = journal.ends_to_tell(10)
        assert told(ends) == [("B", Outcome.EXPIRED, False)]
        journal.broker_has(ends[0].number)
        assert journal.ends_to_tell(10) == ()


def test_an_open_sale_is_not_told(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.ends_to_tell(10)
        journal.remember(SaleOpened(SALE), b"{}")
        assert journal.ends_to_tell(10) == ()


def test_another_end_is_told_again_and_is_late(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.ends_to_tell(10)
        sell(journal, "A", Outcome.CANCELED)
        (end,) = journal.ends_to_tell(10)
        journal.broker_has(end.number)
        journal.remember(SaleEnded("A", Outcome.PAID, "late money"))
        assert told(journal.ends_to_tell(10)) == [("A", Outcome.PAID, True)]


def test_an_end_after_the_sale_was_set_aside_is_late(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.ends_to_tell(10)
        journal.remember(SaleOpened(SALE), b"{}")
        journal.remember(SaleSetAside(SALE.reference, "nobody knows"))
        assert journal.ends_to_tell(10) == ()
        journal.decide(SALE.reference, Outcome.PAID, "the shop saw it")
        assert told(journal.ends_to_tell(10)) == [(SALE.reference, Outcome.PAID, True)]


def test_two_changes_while_the_broker_is_away_are_one_message(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.ends_to_tell(10)
        sell(journal, "A")
        sell(journal, "B")
        refund = Receipt(refunded=pesos("1234.56"))
        journal.remember(RefundSeen("A", refund, "the service gave it back"))
        assert [reference for reference, _, _ in told(journal.ends_to_tell(10))] == ["B", "A"]


def test_a_row_that_can_not_be_read_is_passed_over(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.ends_to_tell(10)
        sell(journal, "A")
        sell(journal, "B")
        journal._db.execute("UPDATE sales SET amount = '5u5.00' WHERE reference = 'A'")
        first, second = journal.ends_to_tell(10)
        assert first.row is None
        assert second.row
        assert first.number < second.number
