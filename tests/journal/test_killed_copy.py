"""Kills while an older journal gets small pages."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import Journal
from kiosk.journal.pages import SIZE
from kiosk.sale.effects import SaleOpened
from tests.journal.large_pages import contents, page_size, with_large_pages
from tests.support.journals import OLD_SALE, noon


@pytest.mark.slow
@pytest.mark.parametrize("moments", ["files", "statements"])
def test_killed_at_each_step(tmp_path: Path, moments: str) -> None:
    """The file is the old one or the new one, complete; a reader and the next start can use it."""
    step, sizes = 0, set()
    while True:
        path = tmp_path / str(step) / "journal.sqlite3"
        path.parent.mkdir()
        with_large_pages(path, 5)
        before = contents(path)
        ended = _killed_at(path, step, _watch_files if moments == "files" else _watch_statements)
        sizes.add(page_size(path))
        assert contents(path) == before
        with closing(Journal.open(path, noon)) as journal:
            assert [sale.reference for sale in journal.unsettled()] == ["K-4"]
            journal.remember(SaleOpened(OLD_SALE), b"{}")
        assert page_size(path) == SIZE
        assert contents(path)["sales"][:5] == before["sales"]
        assert not list(path.parent.glob("*small-pages*"))
        if ended:
            break
        step += 1
    assert step > 10
    assert sizes == {4096, SIZE}


def _killed_at(path: Path, step: int, watch: Callable[[Callable[[], None]], None]) -> bool:
    """Open the journal in a process that is killed at that step; return whether it ended."""
    child = os.fork()
    if not child:
        left = [step]

        def count() -> None:
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

        watch(count)
        Journal.open(path, noon)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return os.WIFEXITED(status)


def _watch_files(count: Callable[[], None]) -> None:
    """Call ``count`` before Python uses a file; a flush opens its file first."""
    uses = ("open", "os.rename", "os.remove", "os.chmod", "os.chown", "sqlite3.connect")
    sys.addaudithook(lambda event, _: count() if event in uses else None)


def _watch_statements(count: Callable[[], None]) -> None:
    """Call ``count`` before SQLite runs a statement."""
    connect = sqlite3.connect

    def traced(*args: Any, **words: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **words)
        db.set_trace_callback(lambda _: count())
        return db

    sqlite3.connect = traced  # type: ignore[assignment]
