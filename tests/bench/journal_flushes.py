"""What a sale costs the disk: ``python -m tests.bench.journal_flushes``.

Counts what an ext4 of its own on a loop device really flushes and writes, from the first sale
after a start on. That takes root.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.table import Row, print_rows

SALES = 200
FLUSHES, KIB = 3.2, 45.0  # the goals

WRITER = """
import sys
from pathlib import Path
from kiosk.journal import Journal
from kiosk.base.money import Money
from kiosk.sale.effects import OrderKnown, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale

journal = Journal.open(Path(sys.argv[1]), lambda: 0.0)
first = len(journal.sales(10**6))
for number in range(first, first + int(sys.argv[2])):
    sale = Sale(f"counter-1-7KQ2M9XA-{number}", Money.of("1234.56", "ARS"), "register")
    journal.remember(SaleOpened(sale), b"x" * 330)
    journal.remember(OrderKnown(sale.reference, "ORD01J67CQQH5904WDBVZEM4JMEP3"))
    journal.remember(SaleEnded(sale.reference, Outcome.PAID, "ORD... processed/accredited"))
    journal.remember(ResultTold(sale.reference))
"""


# Positions in the device's file of statistics. Source: the kernel's Documentation/block/stat.rst
_SECTORS_WRITTEN, _FLUSHES = 6, 15
_SECTOR = 512  # bytes


def measure() -> Iterator[Row]:
    """Yield the flushes and the bytes of a sale."""
    with own_disk() as disk:
        if disk is None:
            note = "no loop device can be mounted here; it takes root"
            yield Row("journal: flushes of the disk a sale", None, FLUSHES, note=note)
            yield Row("journal: written to the disk a sale", None, KIB, "KiB", note)
            return
        folder, statistics = disk
        write_sales(folder, 20)
        before = statistics.read_text().split()
        write_sales(folder, SALES)
        after = statistics.read_text().split()
    flushes, sectors = (int(after[at]) - int(before[at]) for at in (_FLUSHES, _SECTORS_WRITTEN))
    note = f"{SALES} sales, a start included"
    yield Row("journal: flushes of the disk a sale", flushes / SALES, FLUSHES, note=note)
    kib = sectors * _SECTOR / 1024
    yield Row("journal: written to the disk a sale", kib / SALES, KIB, "KiB", note)


@contextmanager
def own_disk() -> Iterator[tuple[Path, Path] | None]:
    """Yield the folder of a fresh ext4 and its device's file of statistics; None without root."""
    with tempfile.TemporaryDirectory() as temporary:
        image, folder = Path(temporary, "image"), Path(temporary, "disk")
        folder.mkdir()
        image.touch()
        os.truncate(image, 64 << 20)
        if not (_runs("mkfs.ext4", "-q", image) and _runs("mount", "-o", "loop", image, folder)):
            yield None
            return
        try:
            device = subprocess.check_output(["findmnt", "-no", "SOURCE", folder], text=True)
            yield folder, Path("/sys/block", Path(device.strip()).name, "stat")
        finally:
            subprocess.run(["umount", folder], check=True)


def _runs(*words: str | Path) -> bool:
    try:
        return not subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode
    except FileNotFoundError:
        return False


def write_sales(folder: Path, sales: int) -> None:
    """Write this many sales into a journal in the folder, in a process of its own."""
    words = [sys.executable, "-c", WRITER, str(folder / "journal.sqlite3"), str(sales)]
    subprocess.run(words, check=True)


if __name__ == "__main__":
    print_rows(measure())
