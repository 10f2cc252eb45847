"""``python -m tests.simulation --seeds N [--first K]``: simulate many days, on all cores.

If a day breaks a promise, prints what happened on that day and exits 1. ``--show SEED`` prints
what happens on one day.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.day import BadDay, live_through

CHUNK = 25


def main() -> int:
    """Run the days that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    words = parser.parse_args()
    if words.show is not None:
        logging.basicConfig(level=logging.DEBUG)
        print(*live_through(words.show).play, sep="\n")
        return 0
    bad = first_bad_day(words.first, words.seeds, words.jobs)
    print(bad or f"{words.seeds} days from seed {words.first}: every promise kept")
    return 1 if bad else 0


def first_bad_day(first: int, seeds: int, jobs: int | None = None) -> str | None:
    """Return what happened on the first day that breaks a promise, or None."""
    chunks = [range(n, min(n + CHUNK, first + seeds)) for n in range(first, first + seeds, CHUNK)]
    with ProcessPoolExecutor(jobs) as pool:
        for bad in pool.map(bad_day_among, chunks):
            if bad:
                pool.shutdown(cancel_futures=True)
                return bad
    return None


def bad_day_among(seeds: Iterable[int]) -> str | None:
    """Return what happened on the first of these days that breaks a promise, or None."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        for seed in seeds:
            live_through(seed)
    except BadDay as bad:
        return str(bad)
    finally:
        logging.disable(before)
    return None


if __name__ == "__main__":
    sys.exit(main())
