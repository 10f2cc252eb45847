"""The power supply, as the kernel of a Raspberry Pi sees it."""

from __future__ import annotations

from kiosk.base.frozen import frozen
from kiosk.box.system import System

# The firmware's word, hexadecimal, from the kernel's driver raspberrypi.c.
_THROTTLED = "/sys/devices/platform/soc/soc:firmware/get_throttled"
_LOW_NOW, _HOT_NOW, _LOW_SINCE_START = 1 << 0, 1 << 3, 1 << 16


@frozen
class Power:
    """What is known of the voltage. ``None``: this computer does not tell."""

    low_now: bool | None
    low_since_start: bool | None
    hot_now: bool | None


def power(system: System) -> Power:
    """Return what the kernel says of the voltage and of the temperature."""
    bits = _throttled(system)
    if bits is not None:
        return Power(bool(bits & _LOW_NOW), bool(bits & _LOW_SINCE_START), bool(bits & _HOT_NOW))
    return Power(_alarm(system), None, None)


def _throttled(system: System) -> int | None:
    try:
        return int(system.read(_THROTTLED), 16)
    except ValueError:
        return None


def _alarm(system: System) -> bool | None:
    """Return whether the hardware monitor ``rpi_volt`` has seen a low voltage lately."""
    for monitor in sorted(system.path("/sys/class/hwmon").glob("hwmon*")):
        if system.read(monitor.relative_to(system.root) / "name") == "rpi_volt":
            alarms = (each.read_text().strip() for each in monitor.glob("in*_lcrit_alarm"))
            return any(alarm == "1" for alarm in alarms)
    return None
