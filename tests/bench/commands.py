"""How fast the commands start, against the bare import of typer.

    python -m tests.bench.commands [COUNT]

``--version`` and the help of every verb: what each does then needs more, such as pydantic for the
configuration. With a number it prints the modules that take longest to import, for `kiosk run`.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Iterator

from kiosk.cli.verbs import FILE_OF
from tests.bench.compiled import Python, compiled
from tests.bench.libraries import LAZILY
from tests.bench.table import Row, print_rows

TIMES = 5
DAEMON = LAZILY + (
    "import sys, kiosk.cli as k; sys.modules.update(k.LEFT_OUT); import kiosk.cli.run, kiosk.daemon"
)


def _ratio(python: Python, *words: str) -> float:
    """Return the ratio of the medians; the two are measured in turns."""
    pairs = [
        (python.seconds("-m", "kiosk", *words), python.seconds("-c", "import typer"))
        for _ in range(TIMES)
    ]
    ours, typer = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio: float = ours / typer
    return ratio


def measure() -> Iterator[Row]:
    """Yield the rows of --version, of the list of all verbs, and of the slowest verb."""
    with compiled() as python:
        python.seconds("-m", "kiosk", "--help")  # compiles
        for words in ("--version", "--help"):
            yield Row(f"kiosk {words} against the import of typer", _ratio(python, words), 2.0, "×")
        ratios = {verb: _ratio(python, verb, "--help") for verb in FILE_OF}
    slowest = max(ratios, key=lambda verb: ratios[verb])
    note = f"{slowest} is the slowest"
    yield Row("start of any command against the import of typer", ratios[slowest], 2.0, "×", note)


def importtime(count: int) -> Iterator[str]:
    """Yield the modules of the daemon that take longest by themselves, with their milliseconds."""
    with compiled() as python:
        for _ in range(2):  # the first compiles
            command = python.words("-X", "importtime", "-c", DAEMON)
            told = subprocess.run(command, check=True, capture_output=True, env=python.environ)
    found = re.findall(
        r"^import time: +(\d+) \| +\d+ \| +(\S+)$", told.stderr.decode(), re.MULTILINE
    )
    rows = sorted(((int(took), module) for took, module in found), reverse=True)
    yield f"{sum(took for took, _ in rows) / 1000:8.1f} ms for {len(rows)} modules"
    yield from (f"{took / 1000:8.1f} ms {module}" for took, module in rows[:count])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*importtime(int(sys.argv[1])), sep="\n")
    else:
        print_rows(measure())
