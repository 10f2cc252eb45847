"""How many flushes a sale costs the disk: ``python -m tests.bench.journal_flushes [SALES]``.

Counts what an ext4 of its own on a loop device really flushes and writes (that takes root), and
the fsync and fdatasync calls by strace. Says which of the two it could not do here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
    print(number, flush=True)
"""


def write_sales(folder: Path, sales: int, *prefix: str) -> None:
    """Write this many sales into a journal in the folder."""
    words = [*prefix, sys.executable, "-c", WRITER, str(folder / "journal.sqlite3"), str(sales)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def by_strace(sales: int) -> None:
    """Count the calls that ask for a flush."""
    if not shutil.which("strace"):
        print("no strace here: flush calls are not counted")
        return
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "trace")
        calls = ("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace))
        write_sales(Path(folder), 20, *calls)
        opening = len(re.findall("sync", trace.read_text()))
        write_sales(Path(folder, "more"), 20 + sales, *calls)
        total = len(re.findall("sync", trace.read_text()))
    print(f"flush calls per sale: {(total - opening) / sales:.2f}")


def by_device(sales: int) -> None:
    """Count what arrives at the block device."""
    with tempfile.TemporaryDirectory() as folder:
        image, disk = Path(folder, "image"), Path(folder, "disk")
        image.write_bytes(b"")
        with image.open("r+b") as file:
            file.truncate(64 << 20)
        disk.mkdir()
        made = subprocess.run(["mkfs.ext4", "-q", str(image)], check=False, stderr=-3).returncode
        mount = ["mount", "-o", "loop", str(image), str(disk)]
        if made or subprocess.run(mount, check=False, stderr=-3).returncode:
            print("no loop device can be mounted here: flushes of the device are not counted")
            return
        try:
            device = subprocess.run(
                ["findmnt", "-no", "SOURCE", str(disk)], check=True, capture_output=True, text=True
            ).stdout.strip()
            stat = Path("/sys/block", Path(device).name, "stat")
            write_sales(disk, 20)
            before = stat.read_text().split()
            write_sales(disk, sales)
            after = stat.read_text().split()
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    flushes = int(after[15]) - int(before[15])
    kib = (int(after[6]) - int(before[6])) / 2
    print(
        f"device flushes per sale: {flushes / sales:.2f}; KiB written per sale: {kib / sales:.1f}"
    )


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    by_strace(wanted)
    by_device(wanted)
