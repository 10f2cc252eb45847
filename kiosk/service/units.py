"""The systemd drop-ins that grant a kiosk its devices, from what the devices say they need. Pure.

Both units get the same: who shows the sign of a failed start needs the same panel and lamps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.base.permissions import Permissions

UNITS = ("kiosk.service", "kiosk-failed.service")
OURS = (Path("/var/lib/kiosk"), Path("/run/kiosk"))  # the folders that the unit gives anyway

_HEAD = """\
# Written by `kiosk setup --units` from the configuration; run that again when its devices change.
# What you want otherwise goes into a file of your own: sudo systemctl edit {}
"""
_WAITS = 5  # seconds for a USB device to show up at boot, most of which have passed by then


def drop_ins(permissions: Permissions) -> dict[str, str]:
    """Return the files by their places below the root: two drop-ins, what to wait for, modules."""
    grants = "\n".join(_grants(permissions))
    files = {_place(unit): f"{_HEAD.format(unit)}{grants}\n" for unit in UNITS}
    waits = "kiosk-devices.service"
    files[_place(waits)] = _HEAD.format(waits) + "\n".join(_waits(permissions)) + "\n"
    modules = (
        "# Written by `kiosk setup --units`. The units' DeviceAllow= means only what is loaded.\n"
    )
    files["etc/modules-load.d/kiosk.conf"] = modules + "".join(
        f"{m}\n" for m in sorted(permissions.modules)
    )
    return files


def _place(unit: str) -> str:
    return f"etc/systemd/system/{unit}.d/50-devices.conf"


def _grants(permissions: Permissions) -> Iterator[str]:
    folders = sorted(str(folder) for folder in permissions.folders if not _is_given(folder))
    if folders:
        yield from ("[Unit]", f"RequiresMountsFor={_words(folders)}")
    yield "[Service]"
    yield from (f"DeviceAllow=char-{name} rw" for name in sorted(permissions.devices))
    if permissions.groups:
        yield f"SupplementaryGroups={_words(sorted(permissions.groups))}"
    if folders:  # the minus: one that is missing is named by the kiosk itself
        yield f"ReadWritePaths={_words(f'-{folder}' for folder in folders)}"
    yield from (f"SocketBindAllow=tcp:{port}" for port in sorted(permissions.listens))


def _waits(permissions: Permissions) -> Iterator[str]:
    """The minus: a device that does not come is the kiosk's own business, which looks for it."""
    yield "[Service]"
    if permissions.nodes:
        nodes = _words(sorted(permissions.nodes))
        yield f"ExecStart=-/usr/bin/udevadm wait --timeout={_WAITS} {nodes}"


def _is_given(folder: Path) -> bool:
    return not folder.is_absolute() or any(folder.is_relative_to(ours) for ours in OURS)


def _words(words: Iterable[str]) -> str:
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """Return the word as systemd.syntax(7) has it."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[^\s\"'\\$;]+", word):
        return word
    return '"{}"'.format(word.replace("\\", "\\\\").replace('"', '\\"'))
