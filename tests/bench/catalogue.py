"""A price list of 100,000 products: time to load and to look up, and memory.

    python -m tests.bench.catalogue

Compared with what nobody could do without, so that the numbers mean the same on any computer:
loading with reading the file by the csv module, a question with one to a list of a hundred
products, the memory with the size of the file. Exits with 1 when a limit is broken.
"""

from __future__ import annotations

import csv
import gc
import io
import random
import time
import tracemalloc
from collections.abc import Callable

from kiosk.base.money import CURRENCIES, NumberFormat
from kiosk.inputs.codes.catalogue import Catalogue, CatalogueFormat
from kiosk.inputs.codes.check_digits import check_digit

FORM = CatalogueFormat(NumberFormat(decimal=","), CURRENCIES["ARS"], ";")
LIMITS = {
    "loading, to csv.reader": 40.0,
    "a question, to 100 rows": 4.0,
    "memory, to the file": 1.5,
}


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


def timed(work: Callable[[], object], times: int = 1) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


def question(catalogue: Catalogue, rows: int) -> float:
    """Return the seconds of one look-up; half of the codes are not in the list."""
    asked = random.Random(7).choices(codes(rows), k=2000)
    return (
        timed(lambda: [catalogue.find(code) for code in (*asked, *(c[:-1] for c in asked))]) / 4000
    )


def memory(data: bytes) -> int:
    """Return the bytes that the catalogue keeps, beside the file's own that were given to it."""
    gc.collect()
    tracemalloc.start()
    catalogue = Catalogue(data, FORM)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(catalogue)
    return kept


def main() -> None:
    data = price_list(100_000)
    by_csv = timed(lambda: sum(1 for _ in csv.reader(io.StringIO(data.decode()), delimiter=";")))
    loading = timed(lambda: Catalogue(data, FORM))
    few, many = Catalogue(price_list(100), FORM), Catalogue(data, FORM)
    ratios = {
        "loading, to csv.reader": loading / by_csv,
        "a question, to 100 rows": question(many, 100_000) / question(few, 100),
        "memory, to the file": 1 + memory(data) / len(data),
    }
    print(
        f"{len(data) / 1e6:.1f} MB, loaded in {loading:.2f} s, asked in {question(many, 100_000) * 1e6:.0f} µs"
    )
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f} (limit {LIMITS[name]})")
    raise SystemExit(any(ratio > LIMITS[name] for name, ratio in ratios.items()))


if __name__ == "__main__":
    main()
