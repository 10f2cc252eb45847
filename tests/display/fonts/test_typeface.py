"""Sizes of type: what a reader sees in millimetres, from pixels and back."""

from __future__ import annotations

import pytest

from kiosk.display.fonts.typeface import MIN_SIZE, cap_height, cap_rows, ink_box, size_for_cap


@pytest.mark.parametrize("bold", [False, True])
def test_digits_are_as_high_as_capitals(bold: bool) -> None:
    for size in range(MIN_SIZE, 120):
        _, top, _, bottom = ink_box("0", size, bold)
        assert cap_rows(size, bold) == pytest.approx(bottom - top, abs=2)
        assert cap_rows(size, bold) == pytest.approx(0.69 * size, abs=1.1)


@pytest.mark.parametrize("pitch", [0.0975, 0.138, 0.2, 0.43])
@pytest.mark.parametrize("height", [1.8, 2.5, 12.0])
def test_a_size_for_a_height_is_the_smallest_that_reaches_it(pitch: float, height: float) -> None:
    size = size_for_cap(height, pitch)
    assert cap_height(size, pitch) >= height
    assert size == MIN_SIZE or cap_height(size - 1, pitch) < height


def test_no_size_is_too_small_for_the_pixels() -> None:
    assert size_for_cap(0.1, pitch=0.43) == MIN_SIZE
