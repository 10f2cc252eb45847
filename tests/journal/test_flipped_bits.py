"""A sample of flipped bits; ``python -m tests.journal.flip_bits`` flips 200."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.journal.flip_bits import left_by_a_kill, start_after_flip


@pytest.mark.slow
def test_each_start_opens_the_journal_or_says_why_not(tmp_path: Path) -> None:
    whole = tmp_path / "whole" / "journal.sqlite3"
    left_by_a_kill(whole)
    rng, ends = random.Random(1), Counter[str]()
    for number in range(30):
        copy = tmp_path / str(number) / "journal.sqlite3"
        copy.parent.mkdir()
        ends[start_after_flip(whole, copy, rng)] += 1
    assert sum(count for end, count in ends.items() if "refused" in end) < 3, ends
    assert ends["-shm: opened"] > 3, "SQLite makes this file again"
