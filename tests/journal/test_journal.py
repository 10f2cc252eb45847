"""The journal: what it has taken, it holds, whatever happens to the power or the disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, RefundDecided, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.support.journals import SALE, noon
from tests.support.play import pesos


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "journal.sqlite3"


def test_a_sale_from_its_opening_to_its_end(journal: Journal, path: Path) -> None:
    journal.remember(SaleOpened(SALE), b'{"exact": "bytes"}')
    assert journal.unsettled() == (SALE,)
    journal.remember(OrderKnown("K-1", "ORD1"))
    assert journal.unsettled()[0].order_id == "ORD1"
    journal.remember(SaleEnded("K-1", Outcome.PAID, "ORD1 processed/accredited"))
    assert journal.unsettled() == ()
    assert [result.outcome for result in journal.untold()] == [Outcome.PAID]
    journal.remember(ResultTold("K-1"))
    assert journal.untold() == ()
    assert [event for _, event, _ in journal.events("K-1")] == [
        "SaleOpened",
        "OrderKnown",
        "SaleEnded",
        "ResultTold",
    ]


def test_the_newest_sale_of_an_input_and_its_own_word_for_it(journal: Journal) -> None:
    assert journal.latest("caja") is None
    numbered = Sale("K-2", pesos("5.00"), "caja", ticket="7:000123")
    for sale in (SALE, numbered, Sale("K-3", pesos("9.00"), "gun")):
        journal.remember(SaleOpened(sale), b"{}")
    assert journal.latest("caja") == (numbered, None)
    journal.remember(SaleEnded("K-2", Outcome.PAID, "it was"))
    assert journal.latest("caja") == (numbered, Outcome.PAID)


def test_the_row_that_the_contract_promises(journal: Journal, path: Path) -> None:
    journal.remember(SaleOpened(SALE), b"{}")
    columns = "reference, order_id, amount, currency, outcome, created_at, ended_at"
    query = f"SELECT {columns} FROM sales"
    with sqlite3.connect(path) as db:
        row = db.execute(query).fetchone()
    db.close()
    assert row == ("K-1", None, "1234.56", "ARS", None, "2027-01-15T08:00:00.000+00:00", None)


def test_what_is_told_of_a_sale_and_when(path: Path) -> None:
    clock = iter(range(0, 600, 60))
    with closing(Journal.open(path, lambda: next(clock))) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
        journal.remember(RefundDecided("K-1", "ORD1 processed/late"))
        assert journal.unsettled() == (replace(SALE, to_refund=True),)
        journal.remember(SaleEnded("K-1", Outcome.REFUNDED, "ORD1 refunded"))
        journal.remember(ResultTold("K-1"))
        times = [f"1970-01-01T00:0{minute}:00.000+00:00" for minute in range(4)]
        (record,) = journal.sales()
        told = (record.created_at, record.ended_at, record.told_at)
        assert told == (times[0], times[2], times[3])
        assert journal.events("K-1") == [
            (times[0], "SaleOpened", "1234.56 ARS from caja"),
            (times[1], "RefundDecided", "ORD1 processed/late"),
            (times[2], "SaleEnded", "refunded: ORD1 refunded"),
            (times[3], "ResultTold", ""),
        ]


def test_key_and_bytes_are_those_that_were_written(journal: Journal, path: Path) -> None:
    journal.remember(SaleOpened(SALE), b"\x00exact\xff")
    first = journal.intent("K-1")
    journal.close()
    again = Journal.open(path, noon)
    assert again.intent("K-1") == first
    assert first.request == b"\x00exact\xff"
    again.close()


def test_a_reference_is_used_once(journal: Journal) -> None:
    journal.remember(SaleOpened(SALE), b"{}")
    with pytest.raises(JournalFailed):
        journal.remember(SaleOpened(SALE), b"{other}")
    assert journal.intent("K-1").request == b"{}"


def test_commits_are_flushed_to_the_disk(journal: Journal, path: Path) -> None:
    # WAL with FULL is the pair that holds through a power cut; the settings must be in force.
    assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_only_a_told_result_may_be_flushed_later(journal: Journal) -> None:
    journal.remember(SaleOpened(SALE), b"{}")
    statements: list[str] = []
    journal._db.set_trace_callback(statements.append)
    journal.remember(SaleEnded("K-1", Outcome.PAID, "it was"))
    assert "PRAGMA synchronous=NORMAL" not in statements
    journal.remember(ResultTold("K-1"))
    assert "PRAGMA synchronous=NORMAL" in statements
    assert statements[-1] == "PRAGMA synchronous=FULL"


def test_each_call_may_come_from_another_thread(journal: Journal) -> None:
    with ThreadPoolExecutor(1) as worker:
        worker.submit(journal.check).result()


def test_the_folders_of_a_new_journal_are_made(tmp_path: Path) -> None:
    Journal.open(tmp_path / "not" / "there" / "journal.sqlite3", noon).close()


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file" / "journal.sqlite3"
    path.parent.touch()
    with pytest.raises(JournalFailed, match=f"^{path}: "):
        Journal.open(path, noon)


def test_a_second_daemon_is_refused(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalFailed, match=f"^{path}: another kiosk is running"):
        Journal.open(path, noon)


def test_fifty_sales_are_listed_the_newest_first(journal: Journal) -> None:
    for number in range(51):
        journal.remember(SaleOpened(Sale(f"K-{number}", pesos("1.00"), "caja")), b"{}")
    listed = [record.sale.reference for record in journal.sales()]
    assert listed == [f"K-{number}" for number in range(50, 0, -1)]


def test_the_oldest_sales_go_once_they_are_settled_and_told(path: Path) -> None:
    journal = Journal.open(path, noon, keep=10)
    for number in range(40):
        reference = f"K-{number}"
        journal.remember(SaleOpened(Sale(reference, pesos("1.00"), "caja")), b"{}")
        if number != 3:  # one stays open, whatever its age
            journal.remember(SaleEnded(reference, Outcome.REFUSED, "no"))
            journal.remember(ResultTold(reference))
    kept = [record.sale.reference for record in journal.sales(100)]
    assert len(kept) == 10 + 1
    assert "K-3" in kept
    assert kept[0] == "K-39"
    assert journal.events("K-0") == []
    journal.close()


def test_a_fact_that_fails_leaves_nothing_behind(journal: Journal, path: Path) -> None:
    journal.remember(SaleOpened(SALE), b"{}")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    journal._db.execute("PRAGMA busy_timeout=10")
    with pytest.raises(JournalFailed, match="locked"):
        journal.remember(OrderKnown("K-1", "ORD1"))
    with pytest.raises(JournalFailed, match="locked"):
        journal.check()
    blocker.execute("ROLLBACK")
    blocker.close()
    journal.check()
    assert journal.unsettled() == (SALE,)
    journal.remember(OrderKnown("K-1", "ORD1"))


WRITER = """
import sys
from pathlib import Path
from kiosk.journal import Journal
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Sale
from kiosk.base.money import Money
journal = Journal.open(Path(sys.argv[1]), lambda: 0.0)
number = 0
while True:
    number += 1
    journal.remember(SaleOpened(Sale(f"K-{number}", Money.of("1.00", "ARS"), "caja")), b"{}")
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    """A killed process only; what a power cut does to the disk needs a rig of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
    journal = Journal.open(path, noon)
    references = {sale.reference for sale in journal.unsettled()}
    assert {f"K-{number}" for number in range(1, acknowledged + 1)} <= references
    journal.close()
