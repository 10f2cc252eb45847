"""A box that is a folder of files: a Raspberry Pi with an installed kiosk, and what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from kiosk.box.finding import Finding
from kiosk.box.system import System
from kiosk.cli.examination import examine
from kiosk.config.loader import load
from kiosk.service.units import drop_ins

CONFIG = """\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: serial_line
    port: {port}
    number: {{decimal: ","}}
  - {{driver: scanner_hid, device: /dev/input/event3}}
orders: {{token: {{env: KIOSK_TOKEN}}, external_pos_id: COUNTER1, base_url: {url}}}
display: {{driver: oled, chip: ssd1309, inches: 2.42}}
signals: {{driver: fake}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: /run/kiosk/status.json}}
"""
PID = 700
ENVIRON = {"KIOSK_TOKEN": "APP_USR-TEST-1"}


class Box:
    """The files of a box, and what its foreign programs print."""

    def __init__(self, root: Path, url: str = "http://127.0.0.1:9") -> None:
        self.root, self.url = root, url
        self.programs: dict[str, str] = {}
        self.on_i2c = {(1, 0x3C)}
        self.now = time.time
        self.file = root / "etc/kiosk/kiosk.yaml"
        self.configure()
        self.write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0")
        self.write("proc/cmdline", "console=tty1 rootwait\n")
        self.write("proc/self/mounts", "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n")
        self.write("boot/firmware/config.txt", "dtparam=i2c_arm=on\n")
        self.write("run/systemd/timesync/synchronized")
        self.write("sys/class/watchdog/watchdog0/state", "active\n")
        self.write("sys/devices/platform/soc/soc:firmware/get_throttled", "0\n")
        self.write("dev/i2c-1")
        self.write("dev/ttyS0")
        (root / "dev/serial0").symlink_to("ttyS0")
        self.process(PID, "kiosk", "/dev/ttyS0", "/dev/input/event3")
        self.process(300, "systemd-logind", "/dev/input/event3")
        self.install()
        self.says_status(f'{{"state": "idle", "health": {{"panel": "ok"}}, "pid": {PID}}}')

    def configure(self, port: str = "/dev/serial0") -> None:
        self.write("etc/kiosk/kiosk.yaml", CONFIG.format(out=self.root, port=port, url=self.url))

    def write(self, path: str, text: str = "") -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def process(self, pid: int, name: str, *opened: str) -> None:
        self.write(f"proc/{pid}/comm", f"{name}\n")
        (self.root / f"proc/{pid}/fd").mkdir()
        for number, path in enumerate(opened):
            (self.root / f"proc/{pid}/fd/{number}").symlink_to(path)

    def install(self) -> None:
        """Install the service, with what its configuration needs."""
        needs = load(self.file, ENVIRON).permissions()
        self.write("usr/local/lib/systemd/system/kiosk.service")
        for place, text in drop_ins(needs).items():
            self.write(place, text)
        self.write("etc/group", "".join(f"{group}:x:1:\n" for group in sorted(needs.groups)))

    def says_status(self, text: str) -> None:
        self.write("run/kiosk/status.json", text)

    def findings(self, *, online: bool = False) -> dict[str, Finding]:
        """Examine the box. Return the findings by what they are about."""

        def command(words: Sequence[str]) -> str:
            return self.programs.get(words[0], "")

        def answers(bus: int, address: int) -> bool:
            return (bus, address) in self.on_i2c

        system = System(self.root, command, self.now, answers, is_root=True)
        found = examine(self.file, system, ENVIRON, online=online)
        assert len({each.what for each in found}) == len(found), "one line for each thing"
        return {each.what: each for each in found}
