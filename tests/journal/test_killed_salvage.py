"""Salvages that are killed: the next start completes them, and no sale is lost."""

from __future__ import annotations

import os
import random
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.journal import Journal
from tests.journal.damage import (
    break_page,
    filled,
    killed_salvage,
    readable_references,
    references,
)
from tests.support.journals import noon


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_no_sale(tmp_path: Path) -> None:
    """``python -m tests.journal.kill_salvage`` does it with 20,000 sales and 40 kills."""
    path = tmp_path / "journal.sqlite3"
    filled(path, 2000)
    break_page(path, "checks")
    damaged = path.read_bytes()
    rng, kills = random.Random(14), 0
    while kills < 3:
        if list(tmp_path.glob("*.unreadable-1")) and not list(tmp_path.glob("*.salvage*")):
            for left in tmp_path.iterdir():  # that salvage was complete: begin again
                left.unlink()
            path.write_bytes(damaged)
        kills += killed_salvage(path, rng.uniform(0, 0.5))
        assert len(readable_references(path)) == 2000
    with closing(Journal.open(path, noon)) as journal:
        assert {sale.reference for sale in journal.unsettled()} == {"K-1999"}
    assert references(path) == {f"K-{number}" for number in range(2000)}
    names = {each.name for each in path.parent.iterdir()}
    assert {"journal.sqlite3", "journal.sqlite3.unreadable-1"} <= names
    assert not [name for name in names if "salvage" in name or "unreadable-2" in name]


@pytest.mark.slow
def test_killed_before_each_use_of_a_file(tmp_path: Path) -> None:
    moment = 0
    while True:
        path = tmp_path / str(moment) / "journal.sqlite3"
        path.parent.mkdir()
        filled(path, 3)
        break_page(path, "checks")
        ended = _killed_before_step(path, moment)
        with closing(Journal.open(path, noon)) as journal:
            assert [sale.reference for sale in journal.unsettled()] == ["K-2"]
            assert len(journal.events("K-0")) == 2
        assert references(path) == {"K-0", "K-1", "K-2"}
        assert not list(path.parent.glob("*salvage*"))
        assert len(list(path.parent.glob("*.unreadable-?"))) == 1
        if ended:
            break
        moment += 1
    assert moment > 12


def _killed_before_step(path: Path, moment: int) -> bool:
    """Open the journal in a process that is killed before that step; return whether it ended."""
    child = os.fork()
    if not child:
        left = [moment]
        sys.addaudithook(lambda event, _: _count_down(left, event))
        Journal.open(path, noon)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def _count_down(left: list[int], event: str) -> None:
    """Kill the process when Python uses a file; a flush opens its file first."""
    if event in ("open", "os.rename", "os.remove", "sqlite3.connect"):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
