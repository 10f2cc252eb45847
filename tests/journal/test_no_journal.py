"""A kiosk without a journal: it can be asked everything, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import DaemonJournal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Outcome
from tests.support.journals import SALE


@pytest.fixture
def none() -> DaemonJournal:
    return NoJournal("journal.sqlite3: the disk is full")


@pytest.mark.parametrize(
    "call",
    [
        lambda none: none.remember(SaleOpened(SALE), b"{}"),
        lambda none: none.check(),
        lambda none: none.intent("K-1"),
        lambda none: none.decide("K-1", Outcome.PAID, "Ana saw the receipt"),
    ],
)
def test_what_needs_the_file_fails_with_the_reason(
    none: DaemonJournal, call: Callable[[DaemonJournal], object]
) -> None:
    with pytest.raises(JournalFailed, match=r"^journal.sqlite3: the disk is full$"):
        call(none)


def test_no_sale_is_known(none: DaemonJournal) -> None:
    assert none.unsettled() == ()
    assert none.untold() == ()
    assert none.set_aside() == ()
    assert none.problems() == ()
    assert none.latest("caja") is None


def test_it_can_be_closed(none: DaemonJournal) -> None:
    none.close()


def test_it_has_every_method_of_a_journal() -> None:
    methods = {name for name in vars(DaemonJournal) if not name.startswith("_")}
    assert methods == {name for name in vars(NoJournal) if not name.startswith("_")}
