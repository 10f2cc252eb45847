"""How much the quick loop tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings


def examples(whole: int) -> int:
    """Return this number of hypothesis' examples, or a fifth of it in the quick loop."""
    return whole * settings().max_examples // 100


def sampled(rows: Iterable[Any], every: int) -> list[Any]:
    """Return the rows of a parameter; the quick loop takes the first of every so many."""
    return [
        pytest.param(row, marks=() if number % every == 0 else pytest.mark.slow)
        for number, row in enumerate(rows)
    ]
