"""A price list of 100,000 articles: a sale while it is read, time to load and to look up, memory.

    python -m tests.bench.catalogue

The last three are compared with what nobody could do without: to read the file by the csv module,
to ask a list of a hundred articles, to keep the file.
"""

from __future__ import annotations

import csv
import gc
import io
import os
import random
import statistics
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.base.money import CURRENCIES, NumberFormat
from kiosk.inputs.codes.catalogue import Catalogue, CatalogueFormat
from kiosk.inputs.codes.check_digits import check_digit
from tests.bench.daemon import Process
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import TappedCounter, at_real_time, pause, tapped_counter, wait_for
from tests.e2e.rig import Register

FORM = CatalogueFormat(NumberFormat(decimal=","), CURRENCIES["ARS"], ";")
ARTICLES = 100_000
SALES = 30
LOADS = 3
FIRST = 10  # these are not counted: a daemon that sells all day is warm
REST = 0.2  # seconds between two sales
FIRST_IN_TURN = ("nice", "-n", "-20")  # not at real time: its reader could not give way
SCANNER = """  - driver: scanner_serial
    port: {folder}/scanner
    codes:
      catalogue: {{file: {folder}/prices.csv, delimiter: ";", number: {{decimal: ",", thousands: ""}}}}
"""


def codes(rows: int) -> list[str]:
    bodies = [f"779{number:09}" for number in range(rows)]
    return [body + check_digit(body) for body in bodies]


def price_list(rows: int) -> bytes:
    lines = ["code;title;price;unit;category"]
    for number, code in enumerate(codes(rows)):
        lines.append(
            f"{code};Producto {number} de la góndola;{number % 9999 + 1},50;;{number % 40}"
        )
    return "\n".join(lines).encode()


def measure() -> Iterator[Row]:
    """Yield the rows of the price list."""
    yield from _in_the_daemon()
    data = price_list(ARTICLES)
    by_csv = _timed(lambda: sum(1 for _ in csv.reader(io.StringIO(data.decode()), delimiter=";")))
    loading = _timed(lambda: Catalogue(data, FORM))
    yield Row("to load 100,000 articles: csv.reader", loading / by_csv, 40, "×")
    few, many = Catalogue(price_list(100), FORM), Catalogue(data, FORM)
    asked = _question(many, ARTICLES) / _question(few, 100)
    yield Row("to look one up: among 100", asked, 4, "×")
    yield Row("memory of 100,000 articles: the file", 1 + _memory(data) / len(data), 1.5, "×")


def _in_the_daemon() -> Iterator[Row]:
    """Yield what a sale costs while the list is read, and what the list costs the daemon."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        Register(folder / "scanner")
        _replace(folder, 1)
        with tapped_counter(
            inputs=SCANNER.format(folder=folder), priority=FIRST_IN_TURN
        ) as counter:
            usual = [_posted(counter, number) for number in range(SALES)][FIRST:]
            memory = Process(counter.daemon.pid).rss()
            slowed = [wait for _ in range(LOADS) for wait in _while_reading(counter, folder)]
            pause(1)
            grown = Process(counter.daemon.pid).rss() - memory
    normal = statistics.median(usual)
    note = f"{len(slowed)} sales; the slowest took {max(slowed) / normal:.1f}, else"
    note += f" {max(usual) / normal:.1f}" + ("" if at_real_time() else "; not before others")
    ratio = statistics.median(slowed) / normal
    yield Row("amount → POST while 100,000 articles are read: else", ratio, 2, "×", note)
    size = len(price_list(ARTICLES)) / 2**20
    yield Row("memory of the daemon for 100,000 articles: the file", grown / size, 2.5, "×")


def _replace(folder: Path, articles: int) -> None:
    (folder / "new.csv").write_bytes(price_list(articles))
    os.replace(folder / "new.csv", folder / "prices.csv")


def _while_reading(counter: TappedCounter, folder: Path) -> Iterator[float]:
    """Put a new list there, and yield the seconds of each sale until it is read."""
    _replace(folder, ARTICLES)
    wait_for(lambda: _reads(counter.daemon.pid), every=0.02)
    while _reads(counter.daemon.pid):
        yield _posted(counter, random.randrange(SALES))


def _reads(daemon: int) -> bool:
    """Return whether the daemon has a process that reads the list."""
    return subprocess.run(["pgrep", "-P", str(daemon)], stdout=-3, check=False).returncode == 0


def _posted(counter: TappedCounter, number: int) -> float:
    """Sell; return the seconds from the amount to the POST at the service."""
    pause(REST)
    while not counter.service.calls.empty():
        counter.service.calls.get()
    sent = counter.key_total(f"{100 + number},50")
    create = counter.service.calls.get()
    assert create.name == "POST /v1/orders", create
    counter.cancel()
    assert counter.hears_result() == b"FAIL\r\n"
    return create.complete - sent


def _timed(work: Callable[[], object], times: int = 1) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


def _question(catalogue: Catalogue, rows: int) -> float:
    """Return the seconds of one look-up; half of the codes are not in the list."""
    asked = random.Random(7).choices(codes(rows), k=2000)
    return (
        _timed(lambda: [catalogue.find(code) for code in (*asked, *(c[:-1] for c in asked))]) / 4000
    )


def _memory(data: bytes) -> int:
    """Return the bytes that the catalogue keeps, beside the file's own that were given to it."""
    gc.collect()
    tracemalloc.start()
    catalogue = Catalogue(data, FORM)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(catalogue)
    return kept


if __name__ == "__main__":
    print_rows(measure())
