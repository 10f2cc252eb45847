"""The values of the resistors: safe for every LED of a colour, and enough for the transistor."""

from __future__ import annotations

import pytest

from kiosk.signals.circuits import base_resistor, lamp_resistor, ohms


@pytest.mark.parametrize(("lamp", "volts"), [("red", 1.8), ("green", 1.9), ("blue", 2.7)])
def test_no_led_takes_more_than_8_milliamperes(lamp: str, volts: float) -> None:
    assert 0.006 < (3.3 - volts) / lamp_resistor(lamp) <= 0.008


def test_the_transistor_gets_enough_for_50_milliamperes() -> None:
    assert 0.0025 <= (3.3 - 0.7) / base_resistor() <= 0.008


def test_values_are_written_as_on_the_bag() -> None:
    assert [ohms(value) for value in (82, 220, 1000, 4700)] == ["82 Ω", "220 Ω", "1 kΩ", "4.7 kΩ"]
