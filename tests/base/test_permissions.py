"""What a device needs of the system, and the GPIO lines that its bus takes."""

from __future__ import annotations

import pytest

from kiosk.base.permissions import GPIO, Permissions, i2c, serial, spi


@pytest.mark.parametrize(
    ("device", "lines"),
    [
        (i2c(1), {2, 3}), (i2c(0), {0, 1}), (spi(0, 0), {8, 9, 10, 11}), (spi(0, 1), {7, 9, 10, 11}),
        (spi(1, 2), {16, 19, 20, 21}), (serial("/dev/serial0"), {14, 15}),
    ],
)  # fmt: skip
def test_a_bus_of_the_header_takes_its_lines(device: Permissions, lines: set[int]) -> None:
    assert device.lines == lines


@pytest.mark.parametrize("device", [i2c(22), spi(0, 5) | GPIO, serial("/dev/ttyUSB0"), GPIO])
def test_a_bus_elsewhere_takes_no_line_that_is_known(device: Permissions) -> None:
    assert not device.lines & {0, 1, 2, 3, 7, 8, 14, 15}


def test_what_two_devices_need_is_what_each_needs() -> None:
    both = spi(0, 0) | i2c(1)
    assert both.lines == {2, 3, 8, 9, 10, 11}
    assert both.nodes == {"/dev/spidev0.0", "/dev/i2c-1"}
