"""The manual's page of figures, which ``python -m tests.bench --write`` brings up to date.

A section for each script, with the day on which it ran. The sections of the scripts that did not run
stay as they are.
"""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.table import Row

PAGE = Path(__file__).parents[2] / "kiosk/manual/why/figures.md"
INTRODUCTION = """# The figures

What [the measurements](measurements.md) gave on one computer. `python -m tests.bench --write` writes
this page. A goal that was not reached is named, with what is known about it.
"""


def rows_in(file: Path) -> list[Row]:
    """Return the rows that a script left in this file."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [Row(**json.loads(line)) for line in lines]


def write(measured: dict[str, list[Row]], order: Sequence[str], page: Path = PAGE) -> None:
    """Replace the sections of these scripts, and put all sections in this order."""
    sections = _sections(page) | {name: _section(rows) for name, rows in measured.items()}
    texts = [f"## `{name}`\n\n{sections[name]}\n" for name in order if name in sections]
    page.write_text("\n".join([INTRODUCTION, *texts]), "utf-8")


def _sections(page: Path) -> dict[str, str]:
    text = page.read_text("utf-8") if page.exists() else ""
    parts = re.split(r"^## `(\w+)`$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))


def _section(rows: Iterable[Row]) -> str:
    day = time.strftime("%Y-%m-%d")
    where = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    return "\n".join([f"Measured on {day}: {where}.", "", *map(_item, rows)])


def _item(row: Row) -> str:
    now, goal = row.figures
    reached = "" if row.reached or row.now is None else ", not reached"
    note = f"; {row.note}" if row.note else ""
    return f"- {row.what}: **{now}** (goal {goal}{reached}){note}"
