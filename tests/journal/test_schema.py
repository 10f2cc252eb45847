"""The journal across updates: forwards, back to the kiosk before, and through power cuts."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.journal import Journal
from kiosk.journal.schema import MIGRATIONS, Migration, migrate
from kiosk.sale.effects import SaleEnded, SaleOpened
from kiosk.sale.words import Outcome
from tests.support.journals import OLD_SALE, SALE, noon, old_journal

OURS = len(MIGRATIONS)
# What a kiosk to come may add, and what it had better not.
ADDS = Migration(
    "ALTER TABLE sales ADD COLUMN tip TEXT NOT NULL DEFAULT '0'; CREATE TABLE tips (x);"
)
BREAKS = Migration("ALTER TABLE sales RENAME COLUMN source TO input;", breaks=True)


def newer_kiosk(path: Path, *news: Migration) -> None:
    """Do what a newer kiosk does with the file when it starts."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, path, (*MIGRATIONS, *news))


def ask(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_an_older_journal_is_brought_up_to_date(path: Path) -> None:
    old_journal(path)
    journal = Journal.open(path, noon)
    assert journal.unsettled() == (OLD_SALE,)
    journal.remember(SaleOpened(SALE), b"{}")
    journal.close()
    again = Journal.open(path, noon)
    assert [record.sale.reference for record in again.sales()] == ["K-1", "OLD-1"]
    again.close()


@pytest.mark.parametrize("schema", range(1, OURS - 2))  # the last two change no row
def test_a_journal_of_each_older_schema_keeps_its_sales(path: Path, schema: int) -> None:
    old_journal(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, path, MIGRATIONS[:schema])
    with closing(Journal.open(path, noon)) as journal:
        (record,) = journal.sales()
        assert record.sale == OLD_SALE
        assert (record.paid, record.payment_id, record.set_aside_at, record.note) == (None,) * 4
        assert journal.problems() == ()
        journal.remember(SaleEnded("OLD-1", Outcome.PAID, "it was"))
    copy = path.with_name(f"journal.sqlite3.before-schema-{OURS}")
    assert ask(copy, "PRAGMA user_version") == [(schema,)]


def test_a_step_that_changes_no_row_needs_no_copy(path: Path) -> None:
    """Neither on the disk nor, for a program that only reads, in memory."""
    old_journal(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, path, MIGRATIONS[:5])
    with closing(Journal.open_read_only(path)) as journal:
        assert journal.unsettled() == (OLD_SALE,)
        assert ask(path, "PRAGMA user_version") == [(5,)]
        assert journal._db.execute("PRAGMA database_list").fetchone()[2] == str(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, path, MIGRATIONS[:7])
    assert ask(path, "PRAGMA user_version") == [(7,)]
    assert not list(path.parent.glob("*before-schema-7*"))
    assert list(path.parent.glob("*before-schema-5")), "that step had added columns"


def test_the_older_file_is_kept_as_it_was(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    old_journal(path)
    Journal.open(path, noon).close()
    assert f"{path}: migrated from schema 1 to {OURS}" in logged(caplog)
    copy = path.with_name(f"journal.sqlite3.before-schema-{OURS}")
    assert ask(copy, "PRAGMA user_version") == [(1,)]
    assert ask(copy, "SELECT reference FROM sales") == [("OLD-1",)]
    Journal.open(path, noon).close()
    assert ask(copy, "PRAGMA user_version") == [(1,)], "nothing was to be brought up to date"


def test_a_new_file_needs_no_copy(path: Path) -> None:
    Journal.open(path, noon).close()
    assert not list(path.parent.glob("*before*"))


def test_an_older_file_can_be_looked_into_without_changing_it(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_journal(path)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with closing(Journal.open_read_only(path)) as journal:
        assert journal.unsettled() == (OLD_SALE,)
        with pytest.raises(JournalFailed, match="attempt to write a readonly database"):
            journal.check()
    assert ask(path, "PRAGMA user_version") == [(1,)]
    assert not list(here.iterdir()), "the copy is in memory only"


@pytest.mark.parametrize("schema", range(1, OURS))
def test_a_file_of_each_older_schema_is_read_without_a_copy(path: Path, schema: int) -> None:
    """A copy in memory of 200,000 sales would need as much memory as the Pi has."""
    old_journal(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, path, MIGRATIONS[:schema])
    before = path.read_bytes()
    with closing(Journal.open_read_only(path)) as journal:
        assert journal._db.execute("PRAGMA database_list").fetchone()[2] == str(path)
        assert journal.unsettled() == (OLD_SALE,)
        survey = journal.survey()
        assert [each.sale for each in journal.select(survey.day, among=survey)] == [OLD_SALE]
        assert (journal.find("OLD-1"), journal.events("OLD-1")) == (journal.row("OLD-1"), [])
        assert journal.problems() == ()
    assert path.read_bytes() == before


def test_an_empty_file_is_read_as_a_journal_without_sales(path: Path) -> None:
    path.touch()
    with closing(Journal.open_read_only(path)) as journal:
        assert journal.sales() == []
        assert journal.survey().day is None


def test_after_a_rollback_the_kiosk_before_goes_on_with_the_file(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(OLD_SALE), b"{}")
    newer_kiosk(path, ADDS)
    assert ask(path, "PRAGMA user_version") == [(OURS + 1,)]
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (OLD_SALE,)
        journal.remember(SaleOpened(SALE), b"{}")
        journal.remember(SaleEnded(SALE.reference, Outcome.PAID, "it was"))
    assert logged(caplog) == [
        f"{path}: its schema {OURS + 1} is of a newer kiosk; this kiosk uses it as it is"
    ]
    newer_kiosk(path, ADDS)
    assert ask(path, "PRAGMA user_version") == [(OURS + 1,)], "it was never migrated down"
    assert ask(path, "SELECT reference, tip FROM sales") == [("OLD-1", "0"), ("K-1", "0")]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_file_that_older_code_must_not_write_is_refused_and_left_alone(path: Path) -> None:
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
    newer_kiosk(path, BREAKS, ADDS)
    before = path.read_bytes()
    for use in (partial(Journal.open, path, noon), partial(Journal.open_read_only, path)):
        with pytest.raises(JournalRefused) as refused:
            use()
        assert str(refused.value) == (
            f"{path}: its schema {OURS + 2} is of a newer kiosk, and this kiosk knows schema {OURS}; "
            "install the newer kiosk again"
        )
    assert path.read_bytes() == before


def test_where_no_copy_can_be_kept_only_what_can_be_taken_back_is_done(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old_journal(path)
    for number in (OURS, OURS + 1):
        path.with_name(f"journal.sqlite3.before-schema-{number}.new").mkdir()
    Journal.open(path, noon).close()
    (message,) = logged(caplog)
    assert message.startswith(f"{path}: no copy was kept ([Errno 21] Is a directory")
    assert message.endswith("); an older kiosk can still use the file")
    assert ask(path, "PRAGMA user_version") == [(OURS,)]
    with pytest.raises(JournalRefused, match="no room for a copy of the old file"):
        newer_kiosk(path, BREAKS)
    assert ask(path, "PRAGMA user_version") == [(OURS,)]


def test_half_a_copy_that_a_power_cut_left_is_no_hindrance(path: Path) -> None:
    old_journal(path)
    draft = path.with_name(f"journal.sqlite3.before-schema-{OURS}.new")
    draft.write_bytes(b"SQLite format 3\0 and then the power went")
    Journal.open(path, noon).close()
    assert not draft.exists()
    assert ask(path.with_name(draft.stem), "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.slow
def test_killed_at_each_statement_of_a_migration(tmp_path: Path) -> None:
    """After each kill the file is of one schema or the other, whole, and the next start goes on."""
    statements, versions = 0, set()
    while True:
        path = tmp_path / str(statements) / "journal.sqlite3"
        path.parent.mkdir()
        old_journal(path)
        ended = killed_while_opening(path, statements)
        versions |= set(ask(path, "PRAGMA user_version"))
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        with closing(Journal.open(path, noon)) as journal:
            assert journal.unsettled() == (OLD_SALE,)
            journal.remember(SaleOpened(SALE), b"{}")
        copy = path.with_name(f"journal.sqlite3.before-schema-{OURS}")
        assert ask(copy, "SELECT reference FROM sales") == [("OLD-1",)]
        shutil.rmtree(path.parent)
        if ended:
            break
        statements += 1
    assert statements > 10
    assert versions == {(number,) for number in range(1, OURS + 1)}


def killed_while_opening(path: Path, statements: int) -> bool:
    """Open the journal in a process that is killed before that statement; whether it got through."""
    child = os.fork()
    if not child:
        _open_traced(path, statements)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return os.WIFEXITED(status)


def _open_traced(path: Path, statements: int) -> None:
    left, connect = [statements], sqlite3.connect

    def before(_: str) -> None:
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    def traced(*args: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **words)
        db.set_trace_callback(before)
        return db

    sqlite3.connect = traced  # type: ignore[assignment]
    Journal.open(path, noon)
    os._exit(0)
