"""What is plugged in: panels on I2C, serial ports, and names that stay the same."""

# ruff: noqa: PLC0415 - the library of the bus is only imported where there is one

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from kiosk.base.buses import i2c_lines

DEV = Path("/dev")
PANEL_ADDRESSES = (
    0x3C,
    0x3D,
)  # SSD1306 data sheet 8.1.5; SH1106, SSD1309 and SSD1327 have the same
_BUSY = (errno.EBUSY,)  # a driver of the kernel has the device
_NOT_SUPPORTED = (errno.EOPNOTSUPP, errno.EINVAL)


class I2cPanel(NamedTuple):
    """An address on an I2C bus of the header where a panel answers."""

    bus: int
    address: int

    def __str__(self) -> str:
        return f"/dev/i2c-{self.bus}, 0x{self.address:02X}"


def i2c_buses(root: Path = Path("/")) -> list[int]:
    """Return the I2C buses that are switched on and on the header; others belong to HDMI."""
    names = (path.name.removeprefix("i2c-") for path in (root / "dev").glob("i2c-*"))
    return sorted(int(name) for name in names if name.isdecimal() and any(i2c_lines(int(name))))


def answers_at(bus: int, address: int) -> bool:
    """Return whether a device answers on the bus. As i2cdetect does, nothing is written to it."""
    from smbus2 import SMBus

    try:
        with SMBus(bus) as opened:
            try:
                opened.write_quick(address)
            except OSError as error:
                if error.errno not in _NOT_SUPPORTED:
                    raise
                opened.read_byte(address)
    except OSError as error:
        return error.errno in _BUSY
    return True


def i2c_panels(
    root: Path = Path("/"), answers: Callable[[int, int], bool] = answers_at
) -> list[I2cPanel]:
    """Return where panels answer, at the addresses that panels have."""
    places = (I2cPanel(bus, address) for bus in i2c_buses(root) for address in PANEL_ADDRESSES)
    return [place for place in places if answers(*place)]


def plugged_in_ports(root: Path = Path("/")) -> list[str]:
    """Return the serial ports on USB, and the header's, by names that stay the same."""
    dev = root / "dev"
    nodes = [*sorted(chain(dev.glob("ttyUSB*"), dev.glob("ttyACM*"))), *dev.glob("serial0")]
    return [f"/{Path(lasting_name(str(node), dev)).relative_to(root)}" for node in nodes]


def lasting_name(device: str, dev: Path = DEV) -> str:
    """Return udev's name for the device under by-id or by-path, or its own name if it has none.

    An adapter without a serial number has no name under by-id, or the same name as another adapter;
    by-path names the USB socket instead.
    """
    return next(_links_to(Path(device), dev), device)


def _links_to(device: Path, dev: Path) -> Iterator[str]:
    for folder in ("serial/by-id", "input/by-id", "serial/by-path", "input/by-path"):
        for link in sorted((dev / folder).glob("*")):
            with suppress(OSError):  # it was unplugged in the meantime
                if link.resolve() == device.resolve():
                    yield str(link)
