"""``python -m tests.model [--quick] [--most N] [NAME...]``: explore the variants, two at a time.

Says of each variant whether it is COMPLETE (no state is left), CUT OFF or BROKEN. Then it prints the
shortest play that breaks the promise, and exits 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.model.facts import possible_facts, write_facts
from tests.model.telling import explored
from tests.model.variants import VARIANTS


def main() -> int:
    """Explore what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.model")
    parser.add_argument("names", nargs="*", default=list(VARIANTS))
    parser.add_argument("--quick", action="store_true", help="only those of the test suite")
    parser.add_argument("--most", type=int, default=5_000_000, help="states of one variant")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--write-facts", action="store_true", help="add to facts.txt")
    words = parser.parse_args()
    names = [name for name in words.names if not (words.quick and VARIANTS[name].nightly)]
    begun, states, complete, broken = time.perf_counter(), 0, True, False
    written: set[tuple[str, str]] = set()
    with ProcessPoolExecutor(words.jobs, max_tasks_per_child=1) as pool:
        for report in pool.map(partial(explored, words.most), names):
            print(report.told, flush=True)
            states, written = states + report.states, written | report.written
            complete, broken = complete and report.complete, broken or report.broken
    end = "BROKEN" if broken else "COMPLETE" if complete else "CUT OFF"
    print(f"{end}: {states:,} states in {time.perf_counter() - begun:.0f} s")
    if words.write_facts:
        all_is_explored = complete and set(names) == set(VARIANTS)
        others = frozenset() if all_is_explored else possible_facts()
        write_facts(written | others)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
