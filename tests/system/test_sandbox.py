"""What the unit forbids is forbidden. A container's kernel can't show this.

The probe runs in a copy of kiosk.service, with its drop-in, that differs in ExecStart alone.
"""

from __future__ import annotations

import json
from typing import Any

from tests.support.processes import eventually
from tests.system.rig.guest import Guest
from tests.system.rig.shop import Shop, label

_UNITS = "/etc/systemd/system"
_PYTHON = "/opt/kiosk/current/bin/python"


def probe(guest: Guest, command: str = "/rig/probe.py", *settings: str) -> str:
    """Run Python in a copy of the unit with more settings; return how it ended."""
    unit = guest.read("/usr/local/lib/systemd/system/kiosk.service").decode()
    kept = [line for line in unit.splitlines() if not line.startswith(("Exec", "Restart", "Type"))]
    kept = [line for line in kept if not line.startswith(("OnFailure", "Watchdog", "    "))]
    start = ["[Service]", "Type=oneshot", f"ExecStart={_PYTHON} {command}", *settings]
    output = ["StandardOutput=truncate:/run/probe", "StandardError=journal"]
    guest.write(f"{_UNITS}/probe.service", "\n".join([*kept, *start, *output, ""]))
    drop_in = guest.read(f"{_UNITS}/kiosk.service.d/50-devices.conf")
    guest.write(f"{_UNITS}/probe.service.d/50-devices.conf", drop_in)
    guest("systemctl", "daemon-reload")
    guest.try_("systemctl", "start", "probe", within=120)
    return guest("systemctl", "show", "-P", "Result", "probe").strip()


def answers(guest: Guest, *settings: str) -> dict[str, Any]:
    ended = probe(guest, "/rig/probe.py", *settings)
    assert ended == "success", guest("journalctl", "-u", "probe", "-n", "20", "-o", "cat")
    found: dict[str, Any] = json.loads(guest.read("/run/probe"))
    return found


def restarted(shop: Shop) -> None:
    """Restart the service with the unit as it is now."""
    shop.guest("systemctl", "daemon-reload")
    shop.guest("systemctl", "restart", "kiosk", within=120)
    shop.becomes("idle")


def test_the_unit_permits_what_the_configuration_names_and_nothing_else(shop: Shop) -> None:
    guest = shop.guest
    # Not for the files' modes: those let everybody in.
    guest.shell("chmod 666 /dev/uinput /dev/rig_bus /dev/watchdog /dev/spidev0.0")
    found = answers(guest)
    allowed = {name for name, answer in found.items() if answer == "yes"}
    forbidden = {"spi", "uinput", "bus", "watchdog"}
    if "+BPF_FRAMEWORK" in guest("systemctl", "--version"):
        forbidden.add("listen")
    else:  # bookworm's: see SocketBindDeny
        allowed.remove("listen")
    assert allowed == {"gpio", "i2c", "lamp", "state", "run", "internet"}, found
    denied = {name: found[name] for name in forbidden}
    assert set(denied.values()) == {"EPERM"}, denied
    assert found["etc"] == found["release"] == found["cgroup"] == "EROFS", found
    assert found["netlink"] == found["packets"] == "EAFNOSUPPORT", found


def test_lgpio_needs_a_folder_that_it_may_write_in(shop: Shop) -> None:
    found = answers(shop.guest, "WorkingDirectory=/", "Environment=LG_WD=/")
    assert found["gpio"] == "yes"
    assert found["lamp"] != "yes"


def test_a_scanner_that_may_only_be_read_is_found_all_the_same(shop: Shop) -> None:
    """Libraries that look for devices which can be written to miss it."""
    guest = shop.guest
    granted = guest.read(f"{_UNITS}/kiosk.service.d/50-devices.conf").decode()
    assert "char-input rw" in granted
    less = granted.replace("[Service]", "[Service]\nDeviceAllow=")
    stricter = f"{_UNITS}/kiosk.service.d/90-stricter.conf"
    guest.write(stricter, less.replace("char-input rw", "char-input r"))
    try:
        restarted(shop)
        shop.pay(shop.sale(lambda: shop.scanner.scan(label(1500))))
    finally:
        guest("rm", stricter)
        restarted(shop)


def test_gpiozero_needs_to_see_which_pi_this_is(shop: Shop) -> None:
    found = answers(shop.guest, "ProcSubset=pid")
    assert found["lamp"].startswith(
        "DeviceGone: GPIO9 can't be used: [Errno 2] No such file or directory: '/proc/cpuinfo'"
    )


def test_a_daemon_that_eats_all_memory_is_ended_before_the_computer_suffers(shop: Shop) -> None:
    hungry = "-c 'bytearray(240 << 20)'"
    assert probe(shop.guest, hungry) == "oom-kill"
    assert probe(shop.guest, hungry, "MemoryMax=300M") == "success"


def test_a_daemon_that_hangs_is_started_again_and_the_log_says_where_it_hung(shop: Shop) -> None:
    guest = shop.guest
    guest.write(f"{_UNITS}/kiosk.service.d/90-hurry.conf", "[Service]\nWatchdogSec=20\n")
    restarted(shop)
    before = guest("systemctl", "show", "-P", "MainPID", "kiosk").strip()
    guest("kill", "-STOP", before)
    guest.eventually("sh", "-c", "[ $(systemctl show -P NRestarts kiosk) = 1 ]", within=300)
    log = guest("journalctl", "-b", "-u", "kiosk", "-o", "cat")
    assert "Watchdog timeout" in log
    assert "Fatal Python error: Aborted" in log
    shop.becomes("idle")
    guest("rm", f"{_UNITS}/kiosk.service.d/90-hurry.conf")


def test_a_cable_whose_driver_was_not_loaded_at_the_start_stays_dead_without_modules_load(
    shop: Shop,
) -> None:
    guest = shop.guest
    shop.register.unplug()
    guest("systemctl", "stop", "kiosk")
    guest("rmmod", "cdc_acm")
    guest("systemctl", "start", "kiosk", within=120)
    shop.register.plug_in()
    shop.says("serial_line: .*no permission")
    guest("systemctl", "restart", "systemd-modules-load")
    guest("systemctl", "restart", "kiosk", within=120)
    shop.becomes("idle")
    shop.register.unplug()  # and plug it in later
    shop.register.plug_in()
    shop.says("serial_line: it works again")
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 20,00\r\n"))
    shop.pay(order)
    eventually(lambda: shop.status()["state"] == "idle")
