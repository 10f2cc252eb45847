"""A journal that can't be read: it is kept, and what can be read of it goes on."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.journal import Journal
from kiosk.journal.pages import SIZE
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Sale
from tests.support.journals import SALE, noon, old_journal
from tests.support.play import pesos


def test_what_is_no_database_is_set_aside_and_kept(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bytes_before = b"not a database at all, and longer than a header is" * 3
    path.write_bytes(bytes_before)
    Journal.open(path, noon).close()
    aside = path.with_name("journal.sqlite3.unreadable-1")
    assert aside.read_bytes() == bytes_before
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: file is not a database; what can be read of it is copied into a new file",
        f"{path}: 0 sales were copied from the unreadable file",
        f"{path}: everything in the table sales can't be read",
        f"{path}: everything in the table events can't be read",
        f"{path}: it is a new file now; the unreadable file is kept as {aside}",
    ]
    path.write_bytes(b"again" * 99)
    Journal.open(path, noon).close()
    assert aside.read_bytes() == bytes_before
    assert path.with_name("journal.sqlite3.unreadable-2").read_bytes() == b"again" * 99


def test_the_files_that_sqlite_keeps_beside_it_go_along(path: Path) -> None:
    """They are there while somebody looks; a new journal must not find those of the old one."""
    Journal.open(path, noon).close()
    with closing(Journal.open_read_only(path)) as looking:
        assert looking.sales() == []
        with closing(Journal.open(path, noon)) as journal:
            journal.remember(SaleOpened(SALE), b"{}")
        damaged = bytearray(path.read_bytes())
        damaged[:16] = b"x" * 16
        path.write_bytes(damaged)
        write_ahead_log = Path(f"{path}-wal").read_bytes()
        assert write_ahead_log
        Journal.open(path, noon).close()
    assert path.with_name("journal.sqlite3.unreadable-1-wal").read_bytes() == write_ahead_log
    assert path.with_name("journal.sqlite3.unreadable-1-shm").exists()


def test_what_can_be_saved_from_a_damaged_file_is_saved(path: Path) -> None:
    journal = Journal.open(path, noon)
    for number in range(200):
        sale = Sale(f"K-{number}", pesos("1.00"), "caja")
        journal.remember(SaleOpened(sale), b"x" * 500)
    journal.close()
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2 // SIZE * SIZE
    damaged[middle : middle + 8192] = os.urandom(8192)
    path.write_bytes(damaged)
    journal = Journal.open(path, noon)
    saved = {sale.reference for sale in journal.unsettled()}
    assert {"K-0", "K-199"} <= saved, "both ends can be read"
    assert len(saved) < 200
    assert path.with_name("journal.sqlite3.unreadable-1").read_bytes() == damaged
    assert journal.intent("K-199").request == b"x" * 500
    journal.remember(SaleOpened(Sale("K-200", pesos("1.00"), "caja")), b"{}")
    journal.close()
    with closing(Journal.open(path, noon)) as journal:
        assert {sale.reference for sale in journal.unsettled()} == saved | {"K-200"}


def change_schema(path: Path, before: bytes, after: bytes) -> None:
    """Change the text of the schema in the file."""
    data = path.read_bytes()
    assert before in data
    path.write_bytes(data.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"  source          TEXT", b"  sour\xe3e          TEXT"),
        (b"  order_id        TEXT,", b"  \xffrder_id        TEXT,"),
        (b"indexevents_of", b"indexe\xf6ents_of"),
        (b"tablecheckschecks", b"tablech\xe5ckschecks"),
    ],
)
def test_a_name_in_the_schema_that_is_not_utf_8(path: Path, before: bytes, after: bytes) -> None:
    """Python can't read such a name, nor SQLite's message about it."""
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
    change_schema(path, before, after)
    with pytest.raises(JournalFailed, match=f"^{path}: "):
        Journal.open_read_only(path)
    with closing(Journal.open(path, noon)) as journal:
        assert journal.unsettled() == (SALE,)


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE songs (name); INSERT INTO songs VALUES ('Volver');")
    before = path.read_bytes()
    with pytest.raises(JournalRefused) as refused:
        Journal.open(path, noon)
    assert str(refused.value) == (
        f"{path}: it is a database of another program; set journal.path to another file"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["journal.sqlite3", "journal.sqlite3-wal", "journal.sqlite3.lock"])
def test_a_directory_in_place_of_a_file(path: Path, name: str) -> None:
    Journal.open(path, noon).close()
    path.with_name(name).unlink(missing_ok=True)
    path.with_name(name).mkdir()
    with pytest.raises(JournalFailed) as failed:
        Journal.open(path, noon)
    assert str(failed.value) == (
        f"{path}: Is a directory: remove the directory, or set journal.path"
    )


def test_a_link_to_a_disk_that_is_not_mounted(path: Path) -> None:
    path.symlink_to(path.parent / "usb" / "journal.sqlite3")
    with pytest.raises(JournalFailed, match=f"^{path}: .*No such file.*/usb/"):
        Journal.open(path, noon)
    path.resolve().parent.mkdir()
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(SALE), b"{}")
    assert path.is_symlink()


def test_an_older_journal_that_is_damaged_is_saved_too(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old_journal(path)
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name='events'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    damaged = bytearray(path.read_bytes())
    damaged[(page - 1) * size : page * size] = os.urandom(size)
    path.write_bytes(damaged)
    journal = Journal.open(path, noon)
    assert f"{path}: *** in database main ***" in caplog.text
    assert f"{path}: 1 sales were copied from the unreadable file" in caplog.text
    assert journal.intent("OLD-1").key == "key"
    journal.close()
