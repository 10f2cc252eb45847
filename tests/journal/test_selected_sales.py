"""Sales selected by SQL are those that reading every row would give, whatever is in the rows."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.money import Money
from kiosk.journal import Journal, SaleRecord, UnreadableSale, records, sales_table
from kiosk.sale.effects import OrderKnown, Receipt, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.journal.damage import filled, without_rules
from tests.support.journals import SALE, noon

COLUMNS = records.COLUMNS.split(", ")
# Clocks that go back at midnight, that are far from UTC, and that skipped a day (2011-12-30).
ZONES = ["UTC", "America/Sao_Paulo", "America/Santiago", "America/St_Johns", "Pacific/Kiritimati"]
ZONES += ["Pacific/Apia", "Pacific/Pago_Pago", "<+2359>-23:59", "<-2359>23:59"]

BEGUN = (  # while clocks skip a day, and around the ends of two summer times
    *(datetime(2011, 12, 27, tzinfo=UTC) + timedelta(hours=n, minutes=7 * n) for n in range(150)),
    *(datetime(2018, 2, 17, 23, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(12)),
    *(datetime(2022, 4, 3, tzinfo=UTC) + timedelta(hours=n) for n in range(8)),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
)


def ways_to_write(at: datetime) -> list[str]:
    """Return the kiosk's own way, twice, and what people or another program might have written."""
    ours, local = at.isoformat(timespec="milliseconds"), at.replace(tzinfo=None)
    others = [f"{local.isoformat()}-03:00", f"{local.isoformat()}+23:59", local.isoformat(" ")]
    return [ours, ours, *others, f"{at:%Y%m%dT%H%M%SZ}", f"{at:%Y-%m-%d}", f"{at:%G-W%V-%u}"]


times = st.sampled_from(BEGUN).flatmap(lambda at: st.sampled_from(ways_to_write(at)))
garbage: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=6),
    st.text(max_size=6),
    st.sampled_from(["", "\0", "5.00\0", "?1", "\ufffd", "x" * 257, "ñ", "5.00", "1500", "2027"]),
    st.sampled_from(["0000-01-15T08:00:00.000+00:00", "2012-02-30T08:00:00.000+00:00", "24:00"]),
)
changes = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(COLUMNS), garbage), max_size=6)
outcomes = st.lists(st.sampled_from([None, *Outcome]), min_size=8, max_size=8)


@pytest.fixture(scope="module")
def eight_sales(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a journal whose columns take every value."""
    path = tmp_path_factory.mktemp("eight") / "journal.sqlite3"
    filled(path, 8)
    without_rules(path)
    return path.read_bytes()


def change(path: Path, begun: list[str], ended: list[Any], changed: list[Any]) -> None:
    """Give eight sales these times and outcomes, and some of their columns any value."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for number, (at, outcome) in enumerate(zip(begun, ended, strict=True), 1):
            sets = "created_at = ?, outcome = ?, currency = ?"
            money = ("CLP", "1500") if number % 3 == 0 else ("ARS", "15.00")
            values = (at, outcome, money[0], money[1], number)
            db.execute(f"UPDATE sales SET {sets}, amount = ? WHERE rowid = ?", values)
        for number, column, value in changed:
            as_text = isinstance(value, bytes) and len(value) % 2  # text that may not be UTF-8
            new = "CAST(? AS TEXT)" if as_text else "?"
            db.execute(f"UPDATE sales SET {column} = {new} WHERE rowid = ?", (value, number + 1))


def every_row(path: Path) -> list[SaleRecord | UnreadableSale]:
    """Read all rows in Python, the oldest first."""
    with closing(records.as_lenient(sqlite3.connect(path))) as db:
        return list(records.read(db.execute(f"SELECT {records.COLUMNS} FROM sales ORDER BY rowid")))


def must_be_named(path: Path, day: date | None, judged: int) -> set[str]:
    """Return what can't be read of the newest rows, of this day's, and of those without a day."""
    with closing(records.as_lenient(sqlite3.connect(path))) as db:
        rows = db.execute(f"SELECT {records.COLUMNS}, created_at FROM sales ORDER BY rowid DESC")
        found = [(next(records.read([row[:-1]])), row[-1]) for row in rows]
    return {
        str(row)
        for number, (row, at) in enumerate(found)
        if isinstance(row, UnreadableSale)
        if number < judged or day_or_none(at) in (None, day)
    }


def day_or_none(created_at: Any) -> date | None:
    """Return the day; of one that its month does not have, the month's last."""
    try:
        return records.local_day(str(created_at).replace("-02-30", "-02-29"))
    except ValueError:
        return None


@pytest.mark.slow
@given(
    begun=st.lists(times, min_size=8, max_size=8),
    ended=outcomes,
    changed=changes,
    zone_name=st.sampled_from(ZONES),
    limits=st.tuples(st.sampled_from([1, 3, 500]), st.sampled_from([0, 3, 20_000])),
)
@settings(max_examples=80, deadline=None)
def test_nothing_is_left_out_and_nothing_added(
    tmp_path_factory: pytest.TempPathFactory,
    eight_sales: bytes,
    begun: list[str],
    ended: list[Outcome | None],
    changed: list[Any],
    zone_name: str,
    limits: tuple[int, int],
) -> None:
    batch, judged = limits
    path = tmp_path_factory.getbasetemp() / "selected.sqlite3"
    path.write_bytes(eight_sales)
    change(path, begun, ended, changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone_name)
        patch.setattr(sales_table, "BATCH", batch)
        patch.setattr(sales_table, "JUDGED", judged)
        time.tzset()
        rows = every_row(path)
        readable = [row for row in rows if isinstance(row, SaleRecord)]
        unreadable = tuple(row for row in rows if isinstance(row, UnreadableSale))
        days = {row.day for row in readable}
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            journal = Journal(records.as_lenient(db), None, noon, 0)
            assert journal.unreadable() == unreadable
            assert journal.unreadable(judged) == tuple(
                row for row in rows[-judged:] if judged and isinstance(row, UnreadableSale)
            )
            assert list(journal.select()) == readable[::-1]
            assert list(journal.select(oldest_first=True)) == readable
            for asked in {None, *days, date(2012, 1, 1)}:
                found, day = journal.survey(asked), asked or max(days, default=None)
                assert found.day == day
                wanted = [row for row in readable if row.day == day]
                in_order = iter(unreadable)
                assert all(row in in_order for row in found.unreadable)
                assert must_be_named(path, day, judged) <= {str(row) for row in found.unreadable}
                assert list(journal.select(day, oldest_first=True, among=found)) == wanted
                assert list(journal.select(day)) == wanted[::-1]
            for outcome in (None, *Outcome):
                wanted = [row for row in readable if row.outcome == outcome]
                assert list(journal.select(None, outcome or "", oldest_first=True)) == wanted
    time.tzset()


def test_an_empty_journal_has_no_day(journal: Journal) -> None:
    found = journal.survey()
    assert (found.day, found.unreadable) == (None, ())
    assert list(journal.select(found.day, among=found)) == []


def test_no_query_stays_open_while_the_sales_are_looked_at(path: Path) -> None:
    """Else the write-ahead log grows as long as somebody reads a page of the list."""
    filled(path, 20)
    with (
        closing(Journal.open_read_only(path)) as looking,
        closing(Journal.open(path, noon)) as ours,
    ):
        sales = looking.select()
        assert next(sales).sale.reference == "K-19"
        ours.remember(SaleOpened(Sale("NEW", SALE.amount, "caja")), b"{}")
        assert ours._db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0
        assert len(list(sales)) == 19


def test_two_may_look_for_unreadable_rows_at_the_same_time(path: Path) -> None:
    """A reload asks for them while another thread reads through the same connection."""
    filled(path, 20)
    with closing(Journal.open(path, noon)) as journal:
        journal.unreadable()
        other = journal._db.execute("SELECT reference FROM sales")
        assert other.fetchone()
        assert journal.unreadable() == journal.survey().unreadable == ()
        assert len(other.fetchall()) == 19


def test_the_rows_of_a_kiosk_are_not_doubtful(path: Path) -> None:
    """So no row is read by itself, however many there are."""
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
        journal.remember(SaleEnded(SALE.reference, Outcome.PAID, "it was", Receipt(SALE.amount)))
        pesos = Sale("K-2", Money.of("1500", "CLP"), "caja_2", ticket="F0001-00012345")
        journal.remember(SaleOpened(pesos), b"{}")
        journal.remember(OrderKnown("K-2", "ORD2"))
        seen: list[str] = []
        journal._db.set_trace_callback(seen.append)
        survey = journal.survey()
        assert len(list(journal.select(survey.day, among=survey))) == 2
        assert not [each for each in seen if "rowid = " in each]
