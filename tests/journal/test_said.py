"""What the voice has said, and the result that it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.effects import Receipt, RefundSeen, SaleEnded, SaleOpened, SaleSetAside
from kiosk.sale.words import Outcome, Sale, Screen


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal.open(path, lambda: 1_800_000_000.0)) as opened:
        yield opened


def sale(number: int) -> Sale:
    return Sale(f"K-{number}", Money.of(f"{number}.00", "ARS"), "till")


def ended(journal: Journal, number: int, outcome: Outcome, *, held: bool = False) -> None:
    journal.remember(SaleOpened(sale(number)), b"{}")
    journal.remember(SaleEnded(f"K-{number}", outcome, "said so", held=held))


def test_each_result_begins_to_be_said_once(journal: Journal, path: Path) -> None:
    ended(journal, 1, Outcome.PAID)
    assert journal.begin_saying("K-1", Screen.PAID)
    assert not journal.begin_saying("K-1", Screen.PAID)
    assert journal.begin_saying("K-1", Screen.REFUNDED)
    journal.close()
    with closing(Journal.open(path, lambda: 0.0)) as again:
        assert not again.begin_saying("K-1", Screen.PAID)
        assert [event for _, event, _ in again.events("K-1")][-2:] == ["Said", "Said"]


def test_it_is_on_the_disk_before_the_voice_begins(journal: Journal) -> None:
    """A power cut in the middle of a sentence must not let it be said again."""
    statements: list[str] = []
    journal._db.set_trace_callback(statements.append)
    assert journal.begin_saying("K-1", Screen.PAID)
    assert "COMMIT" in statements
    assert "PRAGMA synchronous=NORMAL" not in statements


def test_the_last_result_is_that_of_the_newest_sale_that_has_one(journal: Journal) -> None:
    assert journal.last_result() is None
    ended(journal, 1, Outcome.PAID)
    ended(journal, 2, Outcome.EXPIRED)
    journal.remember(SaleOpened(sale(3)), b"{}")
    assert journal.last_result() == (sale(2), Screen.EXPIRED)
    ended(journal, 4, Outcome.ABANDONED)
    assert journal.last_result() == (sale(2), Screen.EXPIRED)


@pytest.mark.parametrize("outcome", [it for it in Outcome if it is not Outcome.ABANDONED])
def test_each_outcome_has_its_sentence(journal: Journal, outcome: Outcome) -> None:
    ended(journal, 1, outcome)
    assert journal.last_result() == (sale(1), Screen(outcome.value))


def test_a_sale_that_people_must_look_at_is_not_said_to_be_paid(journal: Journal) -> None:
    ended(journal, 1, Outcome.PAID, held=True)
    assert journal.last_result() == (sale(1), Screen.HELD)
    journal.remember(SaleOpened(sale(2)), b"{}")
    journal.remember(SaleSetAside("K-2", "no answer"))
    found = journal.last_result()
    assert found
    assert (found[0].reference, found[1]) == ("K-2", Screen.HELD)


def test_money_that_went_back_is_not_said_to_be_paid(journal: Journal) -> None:
    ended(journal, 1, Outcome.PAID)
    refunded = Receipt(refunded=Money.of("0.40", "ARS"))
    journal.remember(RefundSeen("K-1", refunded, "a part"))
    assert journal.last_result() == (sale(1), Screen.PAID)
    refunded = Receipt(refunded=Money.of("1.00", "ARS"))
    journal.remember(RefundSeen("K-1", refunded, "all"))
    assert journal.last_result() == (sale(1), Screen.REFUNDED)


def test_without_a_journal_nothing_is_said() -> None:
    assert NoJournal("the disk is full").last_result() is None
    with pytest.raises(JournalFailed, match="the disk is full"):
        NoJournal("the disk is full").begin_saying("K-1", Screen.PAID)
