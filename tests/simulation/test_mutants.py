"""The simulation bites: each of these tempting mistakes is caught within 200 days.

A mutant is a copy of the project with a few words changed; it lives through the same days.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MUTANTS = {
    "commits are not flushed": (
        "kiosk/journal/file.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=OFF",
    ),
    "a retry uses a fresh key": (
        "kiosk/journal/__init__.py",
        "return Intent(*row)",
        "return Intent(str(uuid.uuid4()), row[1])",
    ),
    "a retry sends fresh bytes": (
        "kiosk/journal/__init__.py",
        "return Intent(*row)",
        "return Intent(row[0], row[1] + b' ' * (uuid.uuid4().int % 9))",
    ),
    "a cancel that comes too late counts as canceled": (
        "kiosk/sale/closing.py",
        "    if event.failure is Failure.CONFLICT:\n",
        "    if event.failure is Failure.CONFLICT:\n"
        "        return finish(transition, phase.sale, Outcome.CANCELED, '409')\n",
    ),
    "time running out here is final": (
        "kiosk/sale/paying.py",
        "    if transition.now >= phase.until:\n",
        "    if transition.now >= phase.until:\n"
        "        from kiosk.sale.phase_changes import finish\n"
        "        return finish(transition, phase.sale, Outcome.EXPIRED, 'time ran out')\n",
    ),
    "nothing is settled at boot": (
        "kiosk/app.py",
        "self.journal.unsettled()",
        "()",
    ),
    "an unanswered create counts as never sent": (
        "kiosk/sale/creating.py",
        "phase.maybe_sent or event.failure is Failure.UNKNOWN",
        "phase.maybe_sent",
    ),
    "a new amount does not wait for the old order": (
        "kiosk/sale/paying.py",
        "    return _give_up(transition.with_waiting(event), phase)\n",
        "    from kiosk.sale.phase_changes import open_sale\n"
        "    return open_sale(transition, event, transition.now)\n",
    ),
    "a new configuration does not wait for the sale's end": (
        "kiosk/app.py",
        "requested and self.counter.at_rest and self.events.quiet",
        "requested",
    ),
    "results that a power cut kept back are forgotten": (
        "kiosk/app.py",
        "self.journal.untold()",
        "()",
    ),
}


@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mistake_is_caught(mistake: str, tmp_path: Path) -> None:
    file, before, after = MUTANTS[mistake]
    for part in ("kiosk", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    source = (tmp_path / file).read_text()
    assert before in source, "the mutant no longer fits the code: mend it"
    (tmp_path / file).write_text(source.replace(before, after))
    days = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", "200"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert days.returncode == 1, f"lived through 200 days: {days.stdout[-300:]}{days.stderr[-900:]}"
    assert days.stdout.splitlines()[-1].startswith("Broken: "), days.stdout[-900:]
