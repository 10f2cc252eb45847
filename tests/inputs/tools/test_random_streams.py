"""A sample of the random streams of ``tests/fuzz/random_streams.py``."""

from __future__ import annotations

import pytest

from tests.fuzz.random_streams import try_all
from tests.support.examples import examples


@pytest.mark.slow
def test_random_streams_break_no_decoder() -> None:
    assert try_all(seed=1, count=examples(60)) > 0
