"""Buses on a Raspberry Pi's header: the GPIO lines that each takes, and what switches it on.

From Raspberry Pi's "GPIO and the 40-pin header", and from the README of its kernel's overlays
(https://github.com/raspberrypi/firmware/blob/master/boot/overlays/README).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kiosk.base.language import _


class BusLine(NamedTuple):
    """A GPIO line that a bus or a board takes.

    ``freed_by`` is what leaves this line free in /boot/firmware/config.txt; empty: nothing does.
    """

    number: int
    owner: str
    freed_by: str = ""


# The lines of SDA and SCL. Those of buses 3 to 6 are their overlays' defaults.
_I2C = {0: (0, 1), 1: (2, 3), 3: (4, 5), 4: (8, 9), 5: (12, 13), 6: (22, 23)}
_I2C_SWITCH = {0: "dtparam=i2c_vc=on", 1: "dtparam=i2c_arm=on"}


def i2c_lines(port: int) -> Iterator[BusLine]:
    """Yield the lines of an I2C bus; none for a bus that is not on the header."""
    others = "" if port in _I2C_SWITCH else _("dtoverlay=i2c{port} with other pins", port=port)
    for number in _I2C.get(port, ()):
        yield BusLine(number, _("I2C bus {port}", port=port), others)


def i2c_pins(port: int) -> tuple[int | None, int | None]:
    """Return the lines of SDA and SCL; None for a bus that is not on the header."""
    return _I2C.get(port, (None, None))


def i2c_switch(port: int) -> str:
    """Return the line of config.txt that switches the bus on."""
    return _I2C_SWITCH.get(port, f"dtoverlay=i2c{port}")


class _Spi(NamedTuple):
    """The lines of an SPI bus; ``selects`` are those of chip select 0, 1, 2."""

    mosi: int
    clock: int
    miso: int
    selects: tuple[int, ...]


_SPI = {0: _Spi(10, 11, 9, (8, 7)), 1: _Spi(20, 21, 19, (18, 17, 16))}


def spi_lines(port: int, device: int) -> Iterator[BusLine]:
    """Yield the lines of an SPI bus for a device; none for a bus that is not on the header.

    An overlay such as spi0-1cs takes fewer chip selects, and leaves out MISO, which a panel does
    not need, with ``no_miso``.
    """
    if port not in _SPI:
        return
    lines, owner = _SPI[port], _("SPI bus {port}", port=port)
    fewer = f"dtoverlay=spi{port}-{device + 1}cs"
    yield BusLine(lines.mosi, owner)
    yield BusLine(lines.clock, owner)
    yield BusLine(lines.miso, owner, f"{fewer},no_miso")
    for number, select in enumerate(lines.selects):
        yield BusLine(select, owner, fewer if number > device else "")


def spi_pins(port: int, device: int) -> tuple[int | None, int | None, int | None]:
    """Return the lines of MOSI, clock and chip select; None for what is not on the header."""
    if port not in _SPI:
        return None, None, None
    lines = _SPI[port]
    return lines.mosi, lines.clock, dict(enumerate(lines.selects)).get(device)


def spi_switch(port: int, device: int) -> str:
    """Return the line of config.txt that switches the bus on."""
    return "dtparam=spi=on" if port == 0 else f"dtoverlay=spi{port}-{device + 1}cs"


_ON_THE_HEADER = ("/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0")


def serial_lines(port: str) -> Iterator[BusLine]:
    """Yield the lines of a serial port; none for one that is not the header's."""
    if port in _ON_THE_HEADER:
        yield from (BusLine(number, _("the serial port {port}", port=port)) for number in (14, 15))
