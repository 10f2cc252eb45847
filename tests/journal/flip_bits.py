"""Flip random bits of a journal: ``python -m tests.journal.flip_bits [FLIPS [SEED]]``.

Each flip hits the file, its write-ahead log or its shared memory, as a kill left them. Each start
after it must open the journal or refuse it with a sentence, and must say so if sales are missing.
So must a program that only looks. Exit 1 at the first that does not.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleOpened
from kiosk.sale.words import Sale
from tests.journal.damage import filled
from tests.support.journals import noon
from tests.support.play import pesos

SUFFIXES = ("", "-wal", "-shm")
IN_FILE, IN_LOG = 60, 15  # sales


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def left_by_a_kill(path: Path) -> None:
    """Make a journal whose newest sales are only in the write-ahead log."""
    filled(path, IN_FILE)
    child = os.fork()
    if not child:
        journal = Journal.open(path, noon)
        for number in range(IN_FILE, IN_FILE + IN_LOG):
            sale = Sale(f"K-{number}", pesos("1.00"), "caja")
            journal.remember(SaleOpened(sale), b"x" * 330)
            journal.remember(OrderKnown(sale.reference, f"ORD{number}"))
        os._exit(0)
    os.waitpid(child, 0)


def start_after_flip(whole: Path, copy: Path, rng: random.Random) -> str:
    """Flip one bit of a copy and start with it; return what happened. Raises AssertionError."""
    suffix = rng.choice(SUFFIXES)
    for each in SUFFIXES:
        shutil.copy(f"{whole}{each}", f"{copy}{each}")
    file = Path(f"{copy}{suffix}")
    data = bytearray(file.read_bytes())
    place, bit = rng.randrange(len(data)), rng.randrange(8)
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return f"{suffix or 'file'}: {_start(copy, f'bit {bit} of byte {place} in {file.name}')}"


def _start(path: Path, flipped: str) -> str:
    heard = _Heard()
    log = logging.getLogger("kiosk.journal")
    log.addHandler(heard)
    try:
        with suppress(JournalFailed), closing(Journal.open_read_only(path)) as looking:
            looking.unsettled()
        with closing(Journal.open(path, noon)) as journal:
            found = len(journal.sales(1000)) + len(journal.problems())
            journal.unsettled(), journal.untold(), journal.set_aside(), journal.latest("caja")
            journal.remember(SaleOpened(Sale("NEXT", pesos("1.00"), "caja")), b"{}")
    except JournalFailed as refused:
        if str(path) not in str(refused):
            raise AssertionError(flipped) from refused
        return "refused"
    finally:
        log.removeHandler(heard)
    lost = IN_FILE + IN_LOG - found
    assert not lost or heard.messages, f"{flipped}: {lost} sales are missing, and nobody says it"
    return "opened, and some are lost" if lost else "opened"


def main(flips: int = 200, seed: int = 14) -> int:
    rng = random.Random(seed)
    ends: Counter[str] = Counter()
    logging.getLogger("kiosk.journal").propagate = False
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole", "journal.sqlite3")
        left_by_a_kill(whole)
        for number in range(flips):
            copy = Path(folder, str(number), "journal.sqlite3")
            copy.parent.mkdir()
            try:
                ends[start_after_flip(whole, copy, rng)] += 1
            except AssertionError as broken:
                print(broken)
                return 1
            shutil.rmtree(copy.parent)
    for end, count in sorted(ends.items()):
        print(f"{count:5} {end}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
