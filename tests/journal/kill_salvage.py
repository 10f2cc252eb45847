"""Kill the salvage of a large journal many times: ``python -m tests.journal.kill_salvage``.

Options: SALES KILLS (default: 20000 40). Each kill comes at a random moment. After each one the
open sale and all others must still be there. Exit 1 if a sale is lost.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.journal.damage import break_page, filled, killed_salvage, readable_references


def main(sales: int = 20_000, kills: int = 40) -> int:
    rng = random.Random(14)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.sqlite3")
        filled(path, sales)
        damaged = path.read_bytes()
        begun = time.monotonic()
        break_page(path, "checks")
        assert not killed_salvage(path, 600)
        takes = time.monotonic() - begun
        print(f"the salvage of {sales} sales takes {takes:.2f} s when nobody kills it")
        done = 0
        while done < kills:
            if not list(path.parent.glob("*.salvage*")):  # complete: begin again
                for left in path.parent.iterdir():
                    left.unlink()
                path.write_bytes(damaged)
                break_page(path, "checks")
            done += killed_salvage(path, rng.uniform(0, takes * 1.1))
            lost = sales - len(readable_references(path))
            if lost:
                print(f"kill {done}: {lost} sales are lost")
                return 1
        assert not killed_salvage(path, 600)
        lost = sales - len(readable_references(path))
    print(f"{kills} kills: {lost} sales are lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
