"""Small pages: a new journal has them, an older one gets them, and no kill loses a sale."""

from __future__ import annotations

import logging
import os
import stat
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import Journal, pages
from kiosk.journal.pages import SIZE
from kiosk.sale.effects import OrderKnown, SaleOpened
from kiosk.sale.words import Sale
from tests.journal.damage import break_page, filled
from tests.journal.large_pages import another_program, contents, page_size, with_large_pages
from tests.support.journals import noon
from tests.support.play import pesos

NEW = Sale("NEW", pesos("5.00"), "caja")


def test_a_new_journal_has_small_pages(path: Path) -> None:
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE


def test_a_salvage_has_small_pages(path: Path) -> None:
    filled(path, 5)
    break_page(path, "checks")
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE


def test_an_older_journal_gets_them_at_a_start(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with_large_pages(path)
    path.chmod(0o640)
    before = contents(path)
    with closing(Journal.open(path, noon)) as journal:
        assert [sale.reference for sale in journal.unsettled()] == ["K-39"]
        assert journal.intent("K-39").request == b"x" * 330
        journal.remember(OrderKnown("K-39", "ORD39"))
    assert page_size(path) == SIZE
    after = contents(path)
    assert after["sales"][:-1] == before["sales"][:-1]
    assert after["events"][:-1] == before["events"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert f"{path}: it has pages of {SIZE} bytes now" in caplog.text
    assert not list(path.parent.glob("*small-pages*"))


def test_a_journal_through_a_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "real.sqlite3"
    with_large_pages(real)
    path = tmp_path / "journal.sqlite3"
    path.symlink_to(real)
    Journal.open(path, noon).close()
    assert path.is_symlink()
    assert page_size(real) == SIZE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody")
def test_the_file_still_belongs_to_the_kiosk_when_root_opened_it(path: Path) -> None:
    with_large_pages(path)
    os.chown(path, 65534, 65533)
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65533)


def keeps_its_pages(path: Path, before: dict[str, list[Any]]) -> None:
    """The kiosk sells with the old file, and nothing is left of the copy."""
    with closing(Journal.open(path, noon)) as journal:
        assert contents(path) == before
        journal.remember(SaleOpened(NEW), b"{}")
    assert page_size(path) == 4096
    assert not list(path.parent.glob("*small-pages*"))


@pytest.mark.parametrize(("bound", "value"), [("LARGEST", 20_000), ("MAY_TAKE", -1.0)])
def test_a_copy_that_would_take_long_is_not_made(
    path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: float
) -> None:
    with_large_pages(path)
    before = contents(path)
    with monkeypatch.context() as patch:
        patch.setattr(pages, bound, value)
        patch.setattr(pages, "_STEPS", 10)
        keeps_its_pages(path, before)
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE


def test_a_disk_without_room_for_the_copy(path: Path) -> None:
    with_large_pages(path)
    before = contents(path)
    draft = pages._draft(path)

    def full(event: str, _: Any) -> None:
        if watching and event == "sqlite3.connect" and draft.exists():
            raise OSError(28, "No space left on device")

    watching = [True]
    sys.addaudithook(full)
    keeps_its_pages(path, before)
    watching.clear()


@pytest.mark.parametrize("left", ["", "-wal", "-journal"])
def test_half_a_copy_that_a_kill_left_is_no_hindrance(path: Path, left: str) -> None:
    with_large_pages(path)
    Path(f"{pages._draft(path)}{left}").write_bytes(b"SQLite format 3\0 and then the power went")
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE
    assert not list(path.parent.glob("*small-pages*"))


def test_while_somebody_reads_the_file_is_not_replaced(path: Path) -> None:
    with_large_pages(path)
    before = contents(path)
    with another_program(path, "reads") as reader:
        keeps_its_pages(path, before)
        assert reader.communicate("\n")[0] == "41\n"
    Journal.open(path, noon).close()
    assert page_size(path) == SIZE


def test_whoever_opened_the_old_file_before_and_reads_it_after_is_refused(path: Path) -> None:
    """SQLite would take the new write-ahead log for that of the old file."""
    with_large_pages(path)
    with another_program(path, "waits") as reader, closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(NEW), b"{}")
        assert reader.communicate("\n")[0] == "database is locked\n"
        journal.remember(OrderKnown(NEW.reference, "ORD1"))
    assert page_size(path) == SIZE
    assert len(contents(path)["sales"]) == 41


def test_an_unreadable_older_journal_is_salvaged(path: Path) -> None:
    with_large_pages(path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)
    with closing(Journal.open(path, noon)) as journal:
        journal.remember(SaleOpened(NEW), b"{}")
    assert page_size(path) == SIZE
    assert list(path.parent.glob("*.unreadable-1"))
