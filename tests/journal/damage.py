"""Damaged journals for tests, and salvages that are killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from kiosk.journal import Journal, facts
from kiosk.journal.pages import SIZE
from kiosk.sale.effects import SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.support.journals import noon
from tests.support.play import pesos

AT = "2027-01-15T08:00:00.000+00:00"
OPENING = """
import sys
from pathlib import Path
from kiosk.journal import Journal
print("begin", flush=True)
Journal.open(Path(sys.argv[1]), lambda: 1.8e9).close()
"""


def filled(path: Path, sales: int) -> None:
    """Write that many sales: all are paid, except the last one, which is open."""
    with closing(Journal.open(path, noon)) as journal:
        journal._db.execute("BEGIN")
        for number in range(sales):
            sale = Sale(f"K-{number}", pesos("1234.56"), "caja")
            facts.write(journal._db, SaleOpened(sale), b"x" * 330, AT)
            if number < sales - 1:
                facts.write(journal._db, SaleEnded(sale.reference, Outcome.PAID, "it was"), b"", AT)
        journal._db.execute("COMMIT")


def break_page(path: Path, table: str = "", number: int = 0) -> None:
    """Overwrite a page, or the root page of a table, with nonsense."""
    if table:
        number = _root_page(path, table)
    with path.open("r+b") as file:
        file.seek((number - 1) * SIZE)
        file.write(b"\xa5" * SIZE)


def leaf_pages(path: Path, table: str) -> list[int]:
    """Return the leaf pages of the table in their order."""
    return list(_leaves_below(path.read_bytes(), _root_page(path, table)))


def _root_page(path: Path, table: str) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (number,) = db.execute(query, (table,)).fetchone()
        return int(number)


def _leaves_below(data: bytes, number: int) -> Iterator[int]:
    """Yield the leaf pages below a page. Source: https://sqlite.org/fileformat.html, 1.6."""
    page = data[(number - 1) * SIZE : number * SIZE]
    if page[0] == 13:  # a leaf of a table
        yield number
        return
    assert page[0] == 5, "an interior page of a table"
    count = int.from_bytes(page[3:5], "big")
    cells = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(count)]
    children = [int.from_bytes(page[cell : cell + 4], "big") for cell in cells]
    for child in (*children, int.from_bytes(page[8:12], "big")):
        yield from _leaves_below(data, child)


def rows_in(path: Path, pages: Sequence[int]) -> int:
    """Return the number of rows in these leaf pages."""
    data = path.read_bytes()
    starts = [(page - 1) * SIZE for page in pages]
    return sum(int.from_bytes(data[start + 3 : start + 5], "big") for start in starts)


def without_rules(path: Path) -> None:
    """Let the tables take every value in every column, also twice."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema=ON")
        plain = "replace(replace(replace(sql, 'NOT NULL', ''), 'PRIMARY KEY', ''), 'UNIQUE', '')"
        db.execute("DELETE FROM sqlite_schema WHERE type = 'index'")
        db.execute(f"UPDATE sqlite_schema SET sql = replace({plain}, 'STRICT', '')")


def references(path: Path) -> set[str]:
    """Return the references of all rows that have a source."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT reference FROM sales WHERE source != ''")
        return {reference for (reference,) in rows}


def killed_salvage(path: Path, after: float) -> bool:
    """Open the journal in a process that is killed after so many seconds; whether it was killed."""
    words = [sys.executable, "-c", OPENING, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as opening:
        assert opening.stdout
        opening.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            opening.wait(after)
        opening.kill()
    return opening.returncode == -signal.SIGKILL


def readable_references(path: Path) -> set[str]:
    """Return the references that the next start will find, in whichever file they are now."""
    complete = next(path.parent.glob(f"{path.name}.salvaged-?"), path)
    with closing(sqlite3.connect(f"{complete.as_uri()}?mode=ro", uri=True)) as db:
        return {reference for (reference,) in db.execute("SELECT reference FROM sales")}
