"""The memory of the daemon in a sale: with a panel of two colours, and with a colour panel.

    python -m tests.bench.memory

What the panel's own library needs is not in it: the fake panels draw the same pictures, and send them
to no device. The daemon has the environment that its systemd unit gives it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.bench.compiled import Python, compiled
from tests.bench.daemon import shop
from tests.bench.libraries import ALL, LAZILY, OURS, RESIDENT
from tests.bench.table import Row, print_rows

UNIT = Path(__file__).parents[2] / "systemd/kiosk.service"
SALES = 10
FIRST = "an OLED, 128x64"
PANELS = {
    FIRST: "size: 128x64, glass: emissive",
    "e-paper, 250x122": "size: 250x122",
    "a colour panel, 320x240": "size: 320x240, glass: emissive, shades: colour",
}


def resident(panel: str, python: Python, sales: int = SALES) -> float:
    """Return the most MiB that are resident in a few sales."""
    with shop() as counter:
        counter.change(f"size: 250x122, frames: {counter.folder}/frames", panel)
        with counter.at_work(**python.settings, **of_the_unit()) as daemon:
            seen = [daemon.rss()]
            for number in range(sales):
                counter.rings_up(20 + number)
                counter.becomes("paying")
                seen.append(daemon.rss())
                counter.service.api.pay(counter.service.api.orders()[0]["id"])
                assert counter.register.hears().startswith(b"PAID ")
                seen.append(daemon.rss())
    return max(seen)


def of_modules(python: Python, before: str = "", after: str = "") -> float:
    """Return the MiB of a process that imports all the libraries, and what is before and after."""
    words = [sys.executable, "-c", f"{before}{ALL}{after}{RESIDENT}"]
    environ = os.environ | python.settings | of_the_unit()
    return float(subprocess.check_output(words, env=environ)) / 1024


def of_the_unit() -> dict[str, str]:
    """Return how systemd's unit sets up the memory."""
    return dict(re.findall(r"^Environment=(MALLOC_\w+)=(\S+)$", UNIT.read_text(), re.MULTILINE))


def measure() -> Iterator[Row]:
    """Yield a row for each panel."""
    with compiled() as python:
        resident(PANELS[FIRST], python, sales=1)  # compiles, which takes memory too
        of_modules(python)  # these two compile, too
        of_modules(python, LAZILY, OURS)
        note = (
            f"the libraries alone: {of_modules(python):.1f} MiB; with the kiosk's modules: "
            f"{of_modules(python, LAZILY, OURS):.1f} MiB"
        )
        with ThreadPoolExecutor() as threads:
            for name, most in zip(
                PANELS, threads.map(partial(resident, python=python), PANELS.values()), strict=True
            ):
                yield Row(f"memory in a sale, {name}", most, 54.0, "MiB", note)


if __name__ == "__main__":
    print_rows(measure())
