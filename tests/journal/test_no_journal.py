"""A kiosk without a journal: it can be asked everything, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import DaemonJournal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.effects import SaleOpened
from tests.support.journals import SALE

NONE: DaemonJournal = NoJournal("journal.sqlite3: the disk is full")


@pytest.mark.parametrize(
    "call",
    [
        lambda: NONE.remember(SaleOpened(SALE), b"{}"),
        NONE.check,
        lambda: NONE.intent("K-1"),
    ],
)
def test_what_needs_the_file_fails_with_the_reason(call: Callable[[], object]) -> None:
    with pytest.raises(JournalFailed, match=r"^journal.sqlite3: the disk is full$"):
        call()


def test_no_sale_is_known() -> None:
    assert NONE.unsettled() == ()
    assert NONE.untold() == ()
    assert NONE.latest("caja") is None


def test_it_can_be_closed() -> None:
    NONE.close()


def test_it_has_every_method_of_a_journal() -> None:
    methods = {name for name in vars(DaemonJournal) if not name.startswith("_")}
    assert methods == {name for name in vars(NoJournal) if not name.startswith("_")}
