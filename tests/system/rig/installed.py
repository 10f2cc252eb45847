"""A booted system with the kiosk: a bare Debian in which scripts/install was run.

Its register hangs on a serial line, and its payment service is outside: see ``outside``. What the
panel shows and the lamps do is in /run, so that the disk is written to by nothing but the journal.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.system.rig import counter, disks, outside
from tests.system.rig.guest import Guest

CONFIG = f"""\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: serial_line
    port: {outside.REGISTER}
    number: {{decimal: ",", thousands: "."}}
    amount: 'TOTAL\\s+(?P<amount>\\S+)'
    reply:
      paid: "PAID {{amount}} {{reference}}\\r\\n"
      failed: "FAIL {{outcome}} {{reference}}\\r\\n"
orders:
  driver: mercadopago
  base_url: {outside.URL}
  token: {{credential: token}}
  external_pos_id: COUNTER1
display: {{driver: fake, size: 250x122, frames: /run/kiosk/frames}}
signals: {{driver: fake, record: /run/kiosk/signals.jsonl}}
"""
_WIRE = f"""\
[Unit]
Description=The network of the tests
[Service]
ExecStart=/usr/bin/python3 /rig/wire.py {outside.WIRE} {outside.PORT}
Restart=always
RestartSec=100ms
[Install]
WantedBy=multi-user.target
"""
# The computer that runs the booted system may be busier than any Pi; see kiosk.watchdog.conf.
_PATIENT = "[Manager]\nRuntimeWatchdogSec=off\n"
_ROWS = """
import json, sqlite3
db = sqlite3.connect("file:/var/lib/kiosk/journal.sqlite3?mode=ro", uri=True)
db.row_factory = sqlite3.Row
print(json.dumps([{k: r[k] for k in r.keys() if k != "request"} for r in
                  db.execute("SELECT * FROM sales ORDER BY rowid")]))
"""


def fresh(folder: Path) -> Path:
    """Install the kiosk in a bare system, and answer nothing; return the disk."""
    counter.copy_checkout(folder / "kiosk")
    with _changed(disks.system(), folder) as guest:
        guest.share(folder / "kiosk", "/mnt")
        guest("cp", "-r", "/mnt", "/root/kiosk")
        guest.share(counter.wheels(), "/media")
        _connect(guest)
        guest(counter.INSTALL, "--from", "/media", within=1500)
    shutil.rmtree(folder / "kiosk")
    return folder / "disk"


def configured(fresh_disk: Path, folder: Path) -> Path:
    """Write the configuration and the token in a system with the kiosk; return its disk."""
    with _changed(fresh_disk, folder) as guest:
        guest.write("/etc/kiosk/kiosk.yaml", CONFIG)
        guest.write("/root/token", "TEST\n")
        guest.share(counter.wheels(), "/media")
        guest(counter.INSTALL, "--from", "/media", "--token", "/root/token", within=300)
    return folder / "disk"


def from_package(deb: Path, folder: Path) -> Path:
    """Install the Debian package in a bare system, with configuration and token; return its disk."""
    with _changed(disks.system(), folder) as guest:
        _connect(guest)
        guest.share(deb.parent, "/media")
        guest("dpkg", "-i", f"/media/{deb.name}", within=1500)
        guest.write("/etc/kiosk/kiosk.yaml", CONFIG)
        guest.write("/etc/kiosk/token", "TEST\n")
        guest("kiosk", "setup", "--units")
        guest("systemctl", "enable", "kiosk.service")
    return folder / "disk"


def _connect(guest: Guest) -> None:
    guest.write("/etc/systemd/system.conf.d/zz-tests.conf", _PATIENT)
    guest.write("/etc/systemd/system/wire.service", _WIRE)
    guest("systemctl", "enable", "wire.service")


@contextmanager
def _changed(disk: Path, folder: Path) -> Iterator[Guest]:
    """Boot a copy of the disk, ``folder``/disk, to change something on it, and shut it down."""
    copy = folder / "disk"
    subprocess.run(["cp", "--sparse=always", disk, copy], check=True)
    guest = Guest(folder)
    guest.disks[0] = str(copy)  # the disk itself, not a copy-on-write file
    with guest:
        yield guest
        guest.power_off()


def status(guest: Guest) -> dict[str, Any]:
    """Return what kiosk status says; without a daemon, the state is None."""
    done = guest.try_("kiosk", "status", "--json")
    said: dict[str, Any] = json.loads(done.out) if done.status == 0 else {"state": None}
    return said


def rows(guest: Guest) -> list[dict[str, Any]]:
    """Return the journal's sales, oldest first."""
    found: list[dict[str, Any]] = json.loads(guest("python3", "-c", _ROWS))
    return found
