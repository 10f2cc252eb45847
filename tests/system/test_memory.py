"""Thousands of sales in 96 MB, on a virtual clock.

``./scripts/test --system tests/system/test_memory.py --sales 10000`` sells as many.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import starlette

from tests.system.rig.guest import Guest

_LIMIT = "[Service]\nMemoryMax=96M\n"
_CONFIG = """\
kiosk: {name: counter-1, language: es, currency: ARS}
inputs: [{driver: command}]
orders:
  driver: mercadopago
  base_url: http://127.0.0.1:9000
  token: {credential: token}
  external_pos_id: COUNTER1
display: {driver: oled, chip: ssd1309, inches: 2.42}
signals: {driver: gpio, lamps: {green: {pin: 27, pwm: no}}}
"""
_KIOSK = "/opt/kiosk/current/bin/python"
_FOREVER = 10e6  # seconds; the booted system may count fewer


def test_many_sales_take_no_more_memory_than_some(
    installed_disk: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    sales = pytestconfig.getoption("--sales")
    # When the system is idle, its clock jumps to the next timer: the two seconds between two polls
    # take no time. (The kernel's Documentation/virt/uml, "time travel".)
    with Guest(tmp_path, installed_disk, words=["time-travel=inf-cpu"]) as guest:
        guest("systemctl", "stop", "wire", "kiosk")
        guest.share(Path(starlette.__file__).parents[1], "/media")
        guest("systemd-run", "-q", "-E", "PYTHONPATH=/media", _KIOSK, "-m", "kiosk", "simulate-api",
              "--port", "9000", "--pay-after", "0.5")  # fmt: skip
        guest.write("/etc/kiosk/kiosk.yaml", _CONFIG)
        guest.write("/etc/systemd/system/kiosk.service.d/limit.conf", _LIMIT)
        guest("kiosk", "setup", "--units")
        guest("systemctl", "daemon-reload")
        guest("systemctl", "restart", "systemd-modules-load", "kiosk")
        guest.eventually("grep", "-q", '"idle"', "/run/kiosk/status.json", within=300)
        told = json.loads(
            guest(
                "python3", "/rig/cashier.py", "/run/kiosk/command.sock", str(sales), within=_FOREVER
            )
        )
        sys.stdout.write(f"{sales} sales: {told}\n")
        assert (told["paid"], told["kills"]) == (sales, 0)
        half, end = told["own"][4], told["own"][-1]
        assert end < told["warm"] + (4 << 20), "memory grows with the sales"
        assert end < half + (1 << 20), "and goes on growing"
        assert guest("systemctl", "show", "-P", "NRestarts", "kiosk").strip() == "0"
