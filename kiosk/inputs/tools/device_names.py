"""Which devices are plugged in, and by which names they can be found again after replugging."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

DEV = Path("/dev")


def serial_ports() -> list[str]:
    """Return the device files of the serial ports that there are now."""
    from serial.tools import list_ports  # noqa: PLC0415 - no hardware library loads before it is needed

    return sorted(port.device for port in list_ports.comports())


def lasting_name(device: str, dev: Path = DEV) -> str:
    """Return the name under by-id or by-path that udev gave the device, else its own.

    Adapters without a serial number of their own have no name by-id that tells two of them apart,
    or none at all; by-path names the socket that they are plugged into.
    """
    return next(_links_to(Path(device), dev), device)


def _links_to(device: Path, dev: Path) -> Iterator[str]:
    for folder in ("serial/by-id", "input/by-id", "serial/by-path", "input/by-path"):
        for link in sorted((dev / folder).glob("*")):
            if link.resolve() == device.resolve():
                yield str(link)
