"""What a device needs of the system, and the GPIO lines that its bus takes."""

from __future__ import annotations

import pytest

from kiosk.base.permissions import GPIO, Permissions, board, i2c, serial, spi


def taken(device: Permissions) -> set[int]:
    """Return the lines that nothing in config.txt can free."""
    return {line.number for line in device.lines if not line.freed_by}


@pytest.mark.parametrize(
    ("device", "lines"),
    [
        (i2c(1), {2, 3}), (i2c(0), {0, 1}), (spi(0, 0), {8, 10, 11}), (spi(0, 1), {7, 8, 10, 11}),
        (spi(1, 2), {16, 17, 18, 20, 21}), (serial("/dev/serial0"), {14, 15}),
        (board("a HAT", 5, 6), {5, 6}),
    ],
)  # fmt: skip
def test_a_bus_of_the_header_takes_its_lines(device: Permissions, lines: set[int]) -> None:
    assert taken(device) == lines


@pytest.mark.parametrize("device", [i2c(22), i2c(3), spi(10, 0), serial("/dev/ttyUSB0"), GPIO])
def test_a_bus_elsewhere_takes_no_line_that_is_known(device: Permissions) -> None:
    assert not taken(device)


def test_what_two_devices_need_is_what_each_needs() -> None:
    both = spi(0, 0) | i2c(1)
    assert taken(both) == {2, 3, 8, 10, 11}
    assert both.nodes == {"/dev/spidev0.0", "/dev/i2c-1"}
    assert both.switches == {"dtparam=spi=on", "dtparam=i2c_arm=on"}
