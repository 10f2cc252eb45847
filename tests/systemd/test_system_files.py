"""What the system gets besides units: users, folders, rules for devices, the log, the watchdog."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.systemd.every_driver import all_needs
from tests.systemd.unit_file import UNITS, UnitFile, shipped

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="making users of a system needs root")


def needs_tool(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name}: apt install systemd")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A root with the users and groups that every Debian has."""
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (etc / "group").write_text("root:x:0:\ndialout:x:20:\naudio:x:29:\nvideo:x:44:\n")
    return tmp_path


def sysusers(system: Path) -> None:
    command = ["systemd-sysusers", f"--root={system}", str(UNITS / "kiosk.sysusers")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@ROOT
@needs_tool("systemd-sysusers")
def test_there_is_a_user_of_its_own_and_every_group_that_a_drop_in_can_name(system: Path) -> None:
    sysusers(system)
    users = [line.split(":") for line in (system / "etc/passwd").read_text().splitlines()]
    (kiosk,) = (user for user in users if user[0] == "kiosk")
    assert kiosk[6].endswith("nologin")
    groups = {line.split(":")[0] for line in (system / "etc/group").read_text().splitlines()}
    assert groups >= all_needs().groups | {"kiosk"}


@ROOT
@needs_tool("systemd-tmpfiles")
def test_the_token_is_roots_and_the_state_folder_the_kiosks(system: Path) -> None:
    sysusers(system)
    token, journal = system / "etc/kiosk/token", system / "var/lib/kiosk/journal.sqlite3"
    for path in (token, journal):
        path.parent.mkdir(parents=True)
        path.write_text("")
        path.chmod(0o644)
    rules = system / "etc/tmpfiles.d/kiosk.conf"
    rules.parent.mkdir()
    shutil.copy(UNITS / "kiosk.tmpfiles", rules)
    command = ["systemd-tmpfiles", f"--root={system}", "--create"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    uid = int(re.findall(r"^kiosk:x:(\d+):", (system / "etc/passwd").read_text(), re.MULTILINE)[0])
    assert (token.stat().st_uid, token.stat().st_mode & 0o777) == (0, 0o600)
    assert (journal.stat().st_uid, journal.stat().st_mode & 0o777) == (uid, 0o644)


@ROOT
@needs_tool("systemd-tmpfiles")
def test_what_a_power_cut_has_left_of_an_update_is_removed_at_boot_only(system: Path) -> None:
    sysusers(system)
    rules = system / "etc/tmpfiles.d/kiosk.conf"
    rules.parent.mkdir()
    shutil.copy(UNITS / "kiosk.tmpfiles", rules)
    left = system / "opt/kiosk/incoming/tree"
    left.mkdir(parents=True)
    for words, stays in (["--remove"], True), (["--remove", "--boot"], False):
        subprocess.run(["systemd-tmpfiles", f"--root={system}", *words], check=True)
        assert left.exists() is stays
    assert left.parents[1].exists()


# What udev's rules may say, as far as ours do: a wrong key is not told before a device is plugged in.
MATCHES = r'(ACTION|SUBSYSTEM|KERNEL|DRIVERS|ATTRS\{idVendor\}|ENV\{[A-Z_.]+\})(==|!=)"[^"]+"'
ASSIGNMENTS = r'(SYMLINK\+=|TAG\+=|GROUP=|MODE=|GOTO=|LABEL=|ENV\{[A-Z_.]+\}=)"[^"]+"'


def rules() -> list[str]:
    (path,) = shipped("*.rules")
    lines = path.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_rules_are_written_as_udev_reads_them() -> None:
    for rule in rules():
        parts = rule.split(", ")
        assert all(re.fullmatch(f"{MATCHES}|{ASSIGNMENTS}", part) for part in parts), rule
        matching = [bool(re.fullmatch(MATCHES, part)) for part in parts]
        assert matching == sorted(matching, reverse=True), (
            "first what it matches, then what it does"
        )
        assert not all(matching), f"does nothing: {rule}"


def test_every_jump_has_its_label() -> None:
    text = "\n".join(rules())
    assert set(re.findall(r'GOTO="(\w+)"', text)) == set(re.findall(r'LABEL="(\w+)"', text))


def test_a_scanner_has_a_name_of_its_own_and_is_nobody_elses() -> None:
    (rule,) = (rule for rule in rules() if "kiosk/scanner" in rule)
    for part in ('LIBINPUT_IGNORE_DEVICE}="1"', 'TAG+="systemd"', 'GROUP="input"'):
        assert part in rule


def test_the_rules_come_after_those_that_tell_keyboards_and_before_those_that_use_them() -> None:
    (path,) = shipped("*.rules")
    assert "60-persistent-input.rules" < path.name < "73-seat-late.rules"


def test_the_groups_of_plain_debian_are_the_ones_that_are_granted() -> None:
    named = set(re.findall(r'GROUP="(\w+)"', "\n".join(rules())))
    assert named == all_needs().groups - {"audio", "dialout", "video"}  # those are udev's own


@needs_tool("systemd-analyze")
def test_the_hardware_watchdog_is_asked_for_what_a_pi_has() -> None:
    watchdog = UnitFile.read(UNITS / "kiosk.watchdog.conf")
    assert watchdog.seconds("RuntimeWatchdogSec") < 15
    assert {section for section, _, _ in watchdog.settings} == {"Manager"}


def test_the_log_is_small_and_the_way_to_keep_it_off_the_card_is_named() -> None:
    text = (UNITS / "kiosk.journald.conf").read_text()
    assert "#Storage=volatile" in text
    assert "SystemMaxUse=" in text
