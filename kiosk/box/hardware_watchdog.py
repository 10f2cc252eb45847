"""The hardware watchdog: whether something feeds it, so that it restarts a computer that hangs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kiosk.base.frozen import frozen
from kiosk.box.port_holders import holders
from kiosk.box.system import System

_DEVICES = ("/dev/watchdog0", "/dev/watchdog")
# As systemd-system.conf(5) has them, the strongest first: /etc overrides a file of the same name.
_FOLDERS = ("etc", "run", "usr/local/lib", "usr/lib")
_SETTING = re.compile(r"RuntimeWatchdogSec\s*=\s*(.*)")
_OFF = {"", "0", "0s", "off", "infinity"}


@frozen
class HardwareWatchdog:
    """``is_fed`` is None if only root can see it. ``set_in`` is the file that has the last word."""

    exists: bool
    is_fed: bool | None
    is_wanted: bool
    set_in: Path | None


def hardware_watchdog(system: System) -> HardwareWatchdog:
    """Return what the kernel, the open files and the files of systemd say of the watchdog."""
    state = system.read("/sys/class/watchdog/watchdog0/state")
    exists = bool(state) or any(map(system.has, _DEVICES))
    is_fed: bool | None = state == "active" or any(
        each.pid == 1 for device in _DEVICES for each in holders(device, system.root)
    )
    if not is_fed and not state and not system.is_root:
        is_fed = None
    set_in, value = _last_word(system)
    return HardwareWatchdog(exists, is_fed, value not in _OFF, set_in)


def _last_word(system: System) -> tuple[Path | None, str]:
    """Return the file whose RuntimeWatchdogSec= counts, and its value."""
    found: tuple[Path | None, str] = (None, "")
    for path in _in_order(system):
        for line in system.read(path).splitlines():
            if match := _SETTING.fullmatch(line.strip()):
                found = (path, match[1].strip().lower())
    return found


def _in_order(system: System) -> list[Path]:
    """Return systemd's configuration files: the main one, then the drop-ins by their names."""
    roots = [Path("/") / folder / "systemd" for folder in _FOLDERS]
    main = next((file for root in roots if system.has(file := root / "system.conf")), None)
    dropped: dict[str, Path] = {}
    for root in roots:
        folder = root / "system.conf.d"
        for name in _names(system.path(folder)):
            dropped.setdefault(name, folder / name)
    return [*([main] if main else []), *(dropped[name] for name in sorted(dropped))]


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(".conf")]
    except OSError:
        return []
