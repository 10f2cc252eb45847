"""ISO 8601 durations."""

from __future__ import annotations

import pytest

from kiosk.simulator.service.durations import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT30S", 30),
        ("PT16M", 960),
        ("PT1H30M", 5400),
        ("P1D", 86_400),
        ("P1DT1S", 86_401),
        ("P2W", 1_209_600),
        ("P3Y6M4DT12H30M5S", ((3 * 365 + 6 * 30 + 4) * 24 + 12) * 3600 + 1805),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "5 min", "300", "PT5", "PT-5M", "pt5m", "PT5M ", "PT1.5M", "T5M"],
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert seconds_of(text) is None
