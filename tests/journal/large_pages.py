"""Journals with SQLite's usual pages, and other programs that read them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import pages
from tests.journal.damage import filled

READER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0)
if sys.argv[2] == "reads":
    db.execute("SELECT * FROM sales").fetchone()
print("there", flush=True)
sys.stdin.readline()
try:
    print(db.execute("SELECT count(*) FROM sales").fetchone()[0])
except sqlite3.OperationalError as error:
    print(error)
"""


def with_large_pages(path: Path, sales: int = 40) -> None:
    """Write a journal with SQLite's usual pages."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA page_size=4096")
        db.execute("PRAGMA journal_mode=WAL")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "LARGEST", 0)
        filled(path, sales)
    assert page_size(path) == 4096


def page_size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA page_size").fetchone()[0])


def contents(path: Path) -> dict[str, list[Any]]:
    """Return all rows, as a program reads them that does not write."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        tables = ("sales", "events", "checks", "compatibility")
        return {name: db.execute(f"SELECT rowid, * FROM {name}").fetchall() for name in tables}


@contextmanager
def another_program(path: Path, does: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", READER, str(path), does]
    with subprocess.Popen(words, stdin=-1, stdout=-1, text=True) as program:
        assert program.stdout
        assert program.stdout.readline() == "there\n"
        yield program
