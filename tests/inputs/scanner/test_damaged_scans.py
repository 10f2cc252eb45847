"""A sample of tests/fuzz/damaged_scans.py and tests/fuzz/price_lists.py."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.damaged_scans import CHECKED, OTHERS, damaged, said, try_stream
from tests.fuzz.price_lists import try_list


@pytest.mark.parametrize("scan", CHECKED + OTHERS)
def test_a_damaged_scan_states_nothing_that_the_whole_one_does_not(scan: bytes) -> None:
    whole = said(scan)
    assert len(whole) == 1
    for stream in damaged(scan, checked=scan in CHECKED):
        assert said(stream, plain=scan not in CHECKED) <= whole, stream


def test_a_nul_between_two_codes_is_no_damage() -> None:
    assert said(b"421\r") == said(b"421\r\0") == {("product 421", "8.00", 1)}
    assert said(b"421\r\0" + b"421\r") == {("product 421", "8.00", 1)}


@pytest.mark.parametrize("seed", range(20))
def test_random_streams_and_lists(seed: int) -> None:
    random = Random(seed)
    try_stream(random)
    try_list(random)
