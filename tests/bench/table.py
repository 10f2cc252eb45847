"""The rows of the table of measurements, and how a script of this folder prints its own.

A script measures one row, or a few that come from one run, in less than two minutes. It has a
function ``measure`` that yields its rows, and it ends with ``print_rows(measure())`` if it is run
alone. ``python -m tests.bench`` runs all of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

ROWS_FILE = "BENCH_ROWS_FILE"  # in the environment: where a script leaves its rows as JSON lines


@dataclass(frozen=True)
class Row:
    """One figure beside its goal. The figure is a ratio within one run, a count or a size.

    ``what`` says what was measured and against what.
    ``note`` says what a reader must know, for example why a row could not be measured here.
    """

    what: str
    now: float | None  # None: it can't be measured on this machine; the note says why
    goal: float
    unit: str = ""  # "×", "ms", "MiB", "KiB", "RTT", "looks"
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure is as good as the goal. Less is better in every row."""
        return self.now is not None and self.now <= self.goal

    @property
    def figures(self) -> tuple[str, str]:
        """Return the figure and the goal, as people write them."""
        now = "not measured" if self.now is None else f"{self.now:.3g} {self.unit}".strip()
        return now, f"≤ {self.goal:.3g} {self.unit}".strip()

    def __str__(self) -> str:
        now, goal = self.figures
        verdict = "" if self.now is None else ("reached" if self.reached else "NOT REACHED")
        return f"{self.what:<64} {now:>14} {goal:>14}  {verdict:<11}  {self.note}".rstrip()


def print_rows(rows: Iterable[Row]) -> None:
    """Print each row as soon as it is measured."""
    for row in rows:
        print(row, flush=True)
        if file := os.environ.get(ROWS_FILE):
            with Path(file).open("a", encoding="utf-8") as left:
                left.write(json.dumps(asdict(row)) + "\n")
