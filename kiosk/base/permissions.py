"""Permissions: what a device needs of the system.

Each driver states its own, and ``kiosk setup --units`` grants them: ``systemd/kiosk.service`` alone
grants no device. Nothing here opens anything.
"""

from __future__ import annotations

import errno
from dataclasses import fields
from pathlib import Path
from typing import Self

from kiosk.base.buses import (
    BusLine,
    i2c_lines,
    i2c_switch,
    serial_lines,
    spi_lines,
    spi_switch,
)
from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark

# The unit grants what the configuration needed when `kiosk setup --units` ran the last time.
NOT_GRANTED = mark("no permission; run: sudo kiosk setup --units")
COMMAND_SOCKET = Path("/run/kiosk/command.sock")  # of the input `command`; programs sell through it
DENIED = (errno.EACCES, errno.EPERM)  # from the file's mode; from the unit's DeviceAllow=


def remedy(fault: BaseException, otherwise: str) -> str:
    """Return what to do about a device that can't be used: ``otherwise`` if it was not denied."""
    cause: BaseException | None = fault
    while cause:
        denied = isinstance(cause, OSError) and cause.errno in DENIED
        if denied or "permission denied" in str(cause).lower():  # luma has an error of its own
            return _(NOT_GRANTED)
        cause = cause.__cause__ or cause.__context__
    return otherwise


@frozen
class Permissions:
    """What is needed beyond the permissions of every kiosk; ``a | b`` is what both need.

    ``devices`` are classes by their names in /proc/devices. ``modules`` are the kernel modules of
    those classes: systemd looks the classes up when the unit starts, so they must be loaded before.
    ``nodes`` are device files to wait for at boot, ``folders`` are those that the kiosk writes in,
    ``listens`` the TCP ports that programs connect to, and ``calls`` are system calls. ``lines``
    are the GPIO lines of its bus or board: no setting names them, and nothing else may use them.
    ``switches`` are the lines of config.txt that switch its bus on.
    """

    devices: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    folders: frozenset[Path] = frozenset()
    listens: frozenset[int] = frozenset()
    lines: frozenset[BusLine] = frozenset()
    calls: frozenset[str] = frozenset()
    switches: frozenset[str] = frozenset()

    def __or__(self, other: Self) -> Self:
        """Return what both need together."""
        both = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return type(self)(*(mine | theirs for mine, theirs in both))


NOTHING = Permissions()
# The class, not a node: the header's chip has another number with nearly every kernel of a Pi 5.
GPIO = Permissions(frozenset({"gpiochip"}), frozenset({"gpio"}))
SOUND = Permissions(frozenset({"alsa"}), frozenset({"audio"}), frozenset({"snd"}))
LOW_PRIORITY = Permissions(calls=frozenset({"setpriority"}))
SOUND_AT_LOW_PRIORITY = SOUND | LOW_PRIORITY


def i2c(port: int) -> Permissions:
    """Return what a device on this I2C bus needs."""
    return Permissions(
        frozenset({"i2c"}),
        frozenset({"i2c"}),
        frozenset({"i2c-dev"}),
        _node(f"/dev/i2c-{port}"),
        lines=frozenset(i2c_lines(port)),
        switches=frozenset({i2c_switch(port)}),
    )


def spi(port: int, device: int) -> Permissions:
    """Return what a device on this SPI bus needs."""
    return Permissions(
        frozenset({"spi"}),
        frozenset({"spi"}),
        frozenset({"spidev"}),
        _node(f"/dev/spidev{port}.{device}"),
        lines=frozenset(spi_lines(port, device)),
        switches=frozenset({spi_switch(port, device)}),
    )


def board(name: str, *lines: int) -> Permissions:
    """Return what a board on the header needs that has these GPIO lines of its own."""
    return GPIO | Permissions(lines=frozenset(BusLine(line, name) for line in lines))


def keyboard(node: str = "") -> Permissions:
    """Return what a device that sends key presses needs."""
    return Permissions(
        frozenset({"input"}), frozenset({"input"}), frozenset({"evdev"}), _node(node)
    )


def framebuffer(node: Path) -> Permissions:
    """Return what a screen with a Linux framebuffer needs."""
    return Permissions(frozenset({"fb"}), frozenset({"video"}), nodes=_node(str(node)))


def files(*paths: Path | None) -> Permissions:
    """Return what writing these files needs; None stands for no file."""
    return Permissions(folders=frozenset(path.parent for path in paths if path))


# The classes of a serial port, by the beginning of its name.
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
_MODULES = {"ttyACM": "cdc_acm", "ttyUSB": "usbserial", "rfcomm": "rfcomm"}


def serial(port: str) -> Permissions:
    """Return what a serial port needs; a port with a custom name may be of any class."""
    if not port:
        return NOTHING
    classes = next((c for start, c in _PORTS.items() if port.startswith(start)), _ANY_PORT)
    modules = frozenset(_MODULES[name] for name in classes if name in _MODULES)
    lines = frozenset(serial_lines(port))
    return Permissions(
        frozenset(classes), frozenset({"dialout"}), modules, _node(port), lines=lines
    )


def _node(path: str) -> frozenset[str]:
    """Return the node to wait for: none for a name with a * in it, which may match any node."""
    return frozenset() if not path or "*" in path else frozenset({path})
