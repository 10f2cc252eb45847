"""What a device needs of the system: said beside each driver, granted by ``kiosk setup --units``.

The unit grants no device by itself; see ``systemd/kiosk.service``. Nothing here opens anything.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

# What to do where the system says no: the unit grants what the configuration needed the last time.
NOT_GRANTED = "no permission; run: sudo kiosk setup --units"
DENIED = (errno.EACCES, errno.EPERM)  # by the file's mode; by the unit's DeviceAllow=


# lgpio does not say why it can't have a line.
UNUSABLE_GPIO = "see whether another program has it, or run: sudo kiosk setup --units"


def remedy(fault: BaseException, otherwise: str) -> str:
    """Return what to do about a device that can't be used: ``otherwise``, unless it was denied."""
    cause: BaseException | None = fault
    while cause:
        denied = isinstance(cause, OSError) and cause.errno in DENIED
        if denied or "permission denied" in str(cause).lower():  # luma has an error of its own
            return NOT_GRANTED
        cause = cause.__cause__ or cause.__context__
    return otherwise


@dataclass(frozen=True, slots=True)
class Permissions:
    """Beyond what every kiosk may do; ``a | b`` is what both need together.

    ``devices`` are classes by their names in /proc/devices, ``modules`` the drivers that bring
    those classes: the unit's grants are resolved when it starts, so they must be there by then.
    ``nodes`` are device files to wait for at boot, ``folders`` are written in, and at the TCP
    ports ``listens`` programs connect.
    """

    devices: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    folders: frozenset[Path] = frozenset()
    listens: frozenset[int] = frozenset()

    def __or__(self, other: Self) -> Self:
        """Return what both need."""
        both = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return type(self)(*(mine | theirs for mine, theirs in both))


NOTHING = Permissions()
GPIO = Permissions(frozenset({"gpiochip"}), frozenset({"gpio"}))


def i2c(port: int) -> Permissions:
    """Return what a device on this I2C bus needs."""
    return Permissions(
        frozenset({"i2c"}), frozenset({"i2c"}), frozenset({"i2c-dev"}), _node(f"/dev/i2c-{port}")
    )


def spi(port: int, device: int) -> Permissions:
    """Return what a device on this SPI bus needs."""
    node = _node(f"/dev/spidev{port}.{device}")
    return Permissions(frozenset({"spi"}), frozenset({"spi"}), frozenset({"spidev"}), node)


def keyboard(node: str = "") -> Permissions:
    """Return what a device that types needs."""
    return Permissions(
        frozenset({"input"}), frozenset({"input"}), frozenset({"evdev"}), _node(node)
    )


def framebuffer(node: Path) -> Permissions:
    """Return what a screen that Linux drives itself needs."""
    return Permissions(frozenset({"fb"}), frozenset({"video"}), nodes=_node(str(node)))


def files(*paths: Path | None) -> Permissions:
    """Return what writing these files needs, those that are named."""
    return Permissions(folders=frozenset(path.parent for path in paths if path))


# Which class a serial port is of, by the beginning of its name, and the module that brings it.
_PORTS = {
    "/dev/ttyACM": ("ttyACM",),
    "/dev/ttyUSB": ("ttyUSB",),
    "/dev/ttyAMA": ("ttyAMA",),
    "/dev/ttyS": ("ttyS",),
    "/dev/ttyGS": ("ttyGS",),
    "/dev/rfcomm": ("rfcomm",),
    "/dev/serial/": ("ttyACM", "ttyUSB"),
    "/dev/serial": ("ttyAMA", "ttyS"),  # serial0: the Pi's own, either of its two kinds
}
_ANY_PORT = ("ttyACM", "ttyUSB", "ttyAMA", "ttyS")
_BRINGS = {"ttyACM": "cdc_acm", "ttyUSB": "usbserial", "rfcomm": "rfcomm"}


def serial(port: str) -> Permissions:
    """Return what a serial port needs; one with a name of its own may be of any class."""
    if not port:
        return NOTHING
    classes = next((c for start, c in _PORTS.items() if port.startswith(start)), _ANY_PORT)
    modules = frozenset(_BRINGS[name] for name in classes if name in _BRINGS)
    return Permissions(frozenset(classes), frozenset({"dialout"}), modules, _node(port))


def _node(path: str) -> frozenset[str]:
    """A name with a * in it can't be waited for."""
    return frozenset() if not path or "*" in path else frozenset({path})
