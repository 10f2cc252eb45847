"""The units, as systemd's own tools judge them, and the promises that they make to each other."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.base.permissions import NOTHING, Permissions, files
from kiosk.cli.verbs.shared_options import DEFAULT_CONFIG
from kiosk.config import load
from kiosk.service.units import UNITS as SANDBOXED
from kiosk.service.units import drop_ins
from kiosk.service.watchdog import FIRST_SCREEN_WITHIN, STUCK_AFTER
from tests.config.counter import COUNTERS
from tests.systemd.every_driver import all_needs
from tests.systemd.unit_file import UNITS, UnitFile, laid_out, shipped, why_not

SLOWEST_LOADING = 12.0  # seconds that the daemon takes to load on the slowest Pi
THRESHOLD = 15  # of systemd-analyze security, in tenths

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

KIOSK = UnitFile.read(UNITS / "kiosk.service")
FAILED = UnitFile.read(UNITS / "kiosk-failed.service")
ODD = files(Path('/srv/50% "off" \\ sale/journal.sqlite3'))
GRANTED = {"nothing": NOTHING, "all devices": all_needs(), "an odd folder": ODD} | {
    example.stem: load(example, {}).permissions() for example in COUNTERS
}


def verified(units: list[Path]) -> str:
    """Return what systemd says of the units. How it exits proves nothing: 0 also for nonsense."""
    command = ["systemd-analyze", "verify", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def exposure(unit: Path) -> tuple[int, str]:
    words = ["--offline=yes", f"--threshold={THRESHOLD}", "--no-pager", str(unit)]
    done = subprocess.run(
        ["systemd-analyze", "security", *words], capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout.strip().splitlines() or [done.stderr])[-1]


@pytest.mark.parametrize("granted", GRANTED)
def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path, granted: str) -> None:
    assert verified(laid_out(tmp_path, GRANTED[granted])) == ""


@pytest.mark.parametrize("line", ["Nonsense=1", "DevicePolicy=ajar", "WatchdogSec=soon"])
def test_it_would_say_something_about_a_wrong_line(tmp_path: Path, line: str) -> None:
    units = laid_out(tmp_path, NOTHING)
    drop_in = tmp_path / "kiosk.service.d/50-devices.conf"
    drop_in.write_text(f"{drop_in.read_text()}{line}\n")
    assert "50-devices.conf" in verified(units)


@pytest.mark.parametrize("unit", SANDBOXED)
def test_with_all_devices_granted_the_exposure_is_small(tmp_path: Path, unit: str) -> None:
    laid_out(tmp_path, all_needs())
    code, said = exposure(tmp_path / unit)
    assert code == 0, said


def test_a_unit_without_its_sandbox_would_be_too_exposed(tmp_path: Path) -> None:
    laid_out(tmp_path, replace(all_needs(), calls=frozenset()))  # these filter calls again
    unit = tmp_path / "kiosk.service"
    unit.write_text(unit.read_text().replace("SystemCallFilter=", "#"))
    assert exposure(unit)[0] == 1


# What the two units differ in: how they are started, watched and ended; the token; their share of
# the computer. All else is the sandbox, and the drop-in with the devices is the same anyway.
OWN = {
    *("Type", "ExecStart", "ExecStartPre", "ExecStopPost", "ExecReload"),
    *("TimeoutStartSec", "TimeoutStopSec", "Restart", "RestartSec", "WatchdogSec"),
    *("WatchdogSignal", "LoadCredential", "SetCredential", "OOMPolicy", "CPUWeight", "IOWeight"),
}


def test_the_sign_stands_in_the_same_sandbox_as_the_daemon() -> None:
    ours, theirs = (
        [(key, value) for section, key, value in unit.settings if section == "Service"]
        for unit in (KIOSK, FAILED)
    )
    assert [it for it in ours if it[0] not in OWN] == [it for it in theirs if it[0] not in OWN]


def test_both_units_are_granted_the_same() -> None:
    files = drop_ins(all_needs())
    one, other = (files[f"etc/systemd/system/{unit}.d/50-devices.conf"] for unit in SANDBOXED)
    assert one.splitlines()[2:] == other.splitlines()[2:]


def test_the_units_themselves_grant_no_device() -> None:
    for unit in (KIOSK, FAILED):
        assert unit.one("DevicePolicy") == "closed"
        assert not unit.all("DeviceAllow")
        assert not unit.all("SupplementaryGroups")


# --- starting, hanging, failing ---


def test_five_of_the_longest_bad_starts_still_lead_to_the_sign() -> None:
    # A start, a stop and what comes after it, each ended by its time-out.
    stops = 2 * KIOSK.seconds("TimeoutStopSec")
    longest = KIOSK.seconds("TimeoutStartSec") + stops + KIOSK.seconds("RestartSec")
    burst = int(KIOSK.one("StartLimitBurst"))
    assert burst == 5
    assert burst * longest < KIOSK.seconds("StartLimitIntervalSec")
    assert KIOSK.one("OnFailure") == "kiosk-failed.service"
    assert KIOSK.one("Restart") == "always"


def test_a_start_has_time_for_the_slowest_computer_with_the_slowest_panel() -> None:
    assert KIOSK.seconds("TimeoutStartSec") > SLOWEST_LOADING + FIRST_SCREEN_WITHIN


def test_the_watchdog_outlasts_the_slowest_work_and_leaves_tracebacks() -> None:
    assert KIOSK.seconds("WatchdogSec") > STUCK_AFTER
    assert KIOSK.one("WatchdogSignal") == "SIGABRT"
    assert KIOSK.one("Type") == "notify"


def test_safe_mode_ends_by_a_new_try_and_never_by_itself() -> None:
    again = UnitFile.read(UNITS / "kiosk-again.timer")
    assert (again.one("Unit"), again.one("PartOf")) == ("kiosk.service", "kiosk-failed.service")
    assert 60 <= again.seconds("OnActiveSec") <= 600
    assert FAILED.one("Wants") == "kiosk-again.timer"
    assert (FAILED.one("Conflicts"), FAILED.one("Before")) == ("kiosk.service", "kiosk.service")
    assert (FAILED.one("Restart"), FAILED.one("StartLimitIntervalSec")) == ("always", "0")
    assert FAILED.one("ExecStopPost").endswith("systemctl reset-failed kiosk.service")


def test_the_units_run_the_release_that_is_current_by_the_configuration_of_this_computer() -> None:
    assert KIOSK.one("ExecStart") == f"/opt/kiosk/current/bin/kiosk run --config {DEFAULT_CONFIG}"
    safe_mode = f"bin/kiosk safe-mode --config {DEFAULT_CONFIG}"
    assert FAILED.one("ExecStart").count(safe_mode) == 2
    assert FAILED.one("ExecStart").index("current") < FAILED.one("ExecStart").index("previous")


def test_nothing_waits_for_the_network() -> None:
    for unit in shipped("kiosk.service", "kiosk-failed.service", "kiosk-devices.service"):
        said = UnitFile.read(unit)
        ordered = " ".join([*said.all("After"), *said.all("Wants"), *said.all("Requires")])
        assert "network" not in ordered


def test_a_missing_device_holds_up_a_boot_for_seconds_only() -> None:
    (place,) = (place for place in drop_ins(NOTHING) if "kiosk-devices" in place)
    text = drop_ins(Permissions(nodes=frozenset({"/dev/ttyUSB0"})))[place]
    wait = re.search(
        r"^ExecStart=-\S*udevadm wait --timeout=(\d+) /dev/ttyUSB0$", text, re.MULTILINE
    )
    assert wait
    assert int(wait[1]) <= 10
    assert UnitFile.read(UNITS / "kiosk-devices.service").one("RemainAfterExit") == "yes"


# --- traps ---


def test_gpio_can_make_its_fifo_and_learn_which_computer_this_is() -> None:
    for unit in (KIOSK, FAILED):
        assert unit.one("WorkingDirectory") == "%t/kiosk" == f"%t/{unit.one('RuntimeDirectory')}"
        assert "LG_WD=%t/kiosk" in unit.all("Environment")
        assert unit.all("ProcSubset") in ([], ["all"])


def test_the_threads_of_the_daemon_share_one_heap() -> None:
    assert {"MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=65536"} <= {*KIOSK.all("Environment")}


def test_the_drivers_are_there_when_the_classes_are_looked_up() -> None:
    for unit in (KIOSK, FAILED):
        assert "systemd-modules-load.service" in unit.all("After")


def test_every_device_is_granted_for_reading_and_writing() -> None:
    """Who may only read an input device is not shown it in the list of devices."""
    for text in drop_ins(all_needs()).values():
        for line in text.splitlines():
            if line.startswith("DeviceAllow="):
                assert re.fullmatch(r"DeviceAllow=char-[A-Za-z0-9]+ rw", line)


OBSOLETE = {
    *("MemoryLimit", "CPUShares", "StartupCPUShares", "BlockIOWeight", "StartLimitInterval"),
    *("PermissionsStartOnly", "Capabilities", "ReadOnlyDirectories", "ReadWriteDirectories"),
    *("InaccessibleDirectories", "OnFailureIsolate"),
}


def test_no_setting_is_obsolete() -> None:
    for path in shipped("*.service", "*.timer"):
        keys = {key for _, key, _ in UnitFile.read(path).settings}
        assert not keys & OBSOLETE, path.name
