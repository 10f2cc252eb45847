"""No index that nobody reads: each one is written with every sale."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.journal import Journal
from kiosk.journal.selection import prepare
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
from kiosk.sale.words import Outcome, Screen
from tests.support.journals import SALE, noon

KEY = SALE.reference
FACTS = (
    SaleOpened(SALE),
    OrderKnown(KEY, "ORD1"),
    SaleSetAside(KEY, "no end"),
    RefundDecided(KEY, "late", Receipt(paid=SALE.amount)),
    SaleEnded(KEY, Outcome.PAID, "it was"),
    RefundUnderway(KEY, "asked"),
    RefundSeen(KEY, Receipt(refunded=SALE.amount), "given back"),
    ResultTold(KEY),
)


def ask_everything(journal: Journal) -> None:
    """Call each method of the journal that reads."""
    journal.intent(KEY), journal.row(KEY), journal.find(KEY), journal.events(KEY)
    journal.with_code(KEY), journal.sales(), journal.latest("caja"), journal.last_result()
    journal.unsettled(), journal.set_aside(), journal.refunds_underway(), journal.untold()
    journal.ended_lately(), journal.held_lately(), journal.problems()
    journal.begin_saying(KEY, Screen.PAID), journal.sale_of_amount("n1")


def test_each_index_is_used_by_a_query(path: Path) -> None:
    statements: set[str] = set()
    with closing(Journal.open(path, noon, keep=0)) as journal:
        journal._db.set_trace_callback(statements.add)
        for fact in FACTS:
            journal.remember(fact, b"{}")
            ask_everything(journal)
        journal.decide(KEY, Outcome.PAID, "Ana saw it")
    with closing(sqlite3.connect(path)) as db:
        prepare(db)  # makes the function that some of the statements call
        named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        indexes = {name for (name,) in db.execute(named)}
        plans = [row[3] for each in statements for row in plan_of(db, each)]
    assert indexes == {"events_of", "set_aside_sales", "amounts_sold"}
    assert indexes <= {name for plan in plans for name in re.findall(r"INDEX (\w+)", plan)}


def plan_of(db: sqlite3.Connection, statement: str) -> list[tuple[int, int, int, str]]:
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
        return []
    return db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()


def test_no_commit_reads_a_whole_table(path: Path) -> None:
    """So a commit takes as long with 200,000 sales as with one."""
    statements: set[str] = set()
    with closing(Journal.open(path, noon)) as journal:
        journal._db.set_trace_callback(statements.add)
        for fact in FACTS:
            journal.remember(fact, b"{}")
        journal.check()
        journal.begin_saying(KEY, Screen.PAID)
    with closing(sqlite3.connect(path)) as db:
        steps = {row[3] for each in statements for row in plan_of(db, each)}
    assert len(steps) > 3
    assert not steps & {"SCAN sales", "SCAN events"}
