"""What scripts/install says about a computer that it does not support, and about changed files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.rig import nspawn
from tests.system.rig.counter import INSTALL, differences, install, release, snapshot
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

OURS = "usr/local/lib/systemd/system/kiosk.service"


@pytest.fixture(scope="module")
def machine(bare: Path) -> Iterator[Machine]:
    """A bare computer for all refused installs; each leaves it unchanged."""
    with Machine(bare, network=False) as machine:
        yield machine


@contextmanager
def pretending(machine: Machine, program: str, script: str) -> Iterator[None]:
    """Put another program of this name before the system's own."""
    file = machine.root / "usr/local/sbin" / program
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    yield
    file.unlink()


def is_refused(machine: Machine, because: str) -> None:
    """Run the installer; it must end with this word and change nothing."""
    before = snapshot(machine.root)
    assert because in install(machine, good=False)
    assert differences(before, snapshot(machine.root)) == []


def test_32_bits_are_refused_with_the_reason(machine: Machine) -> None:
    with pretending(machine, "dpkg", "echo armhf"):
        is_refused(machine, because="the kiosk needs 64 bits (Pillow")


def test_an_old_python_is_refused(machine: Machine) -> None:
    old = 'case "$*" in --version) echo Python 3.9.2;; *) exit 1;; esac'
    with pretending(machine, "python3", old):
        is_refused(machine, because="Python 3.9.2 is too old, the kiosk needs 3.11")


def test_who_is_not_root_is_told_how_to_become_it(machine: Machine) -> None:
    machine.run("chmod", "755", "/root")
    done = machine.run("setpriv", "--reuid=65534", INSTALL, check=False)
    assert (done.returncode, done.stdout) == (
        1,
        f"scripts/install: run this as root: sudo {INSTALL}\n",
    )


@pytest.mark.parametrize("words", [["--what"], ["--example", "mars"], ["--from"]])
def test_wrong_usage_changes_nothing(machine: Machine, words: list[str]) -> None:
    before = snapshot(machine.root)
    assert machine.run(INSTALL, *words, check=False).returncode != 0
    assert differences(before, snapshot(machine.root)) == []


def test_a_folder_without_wheels_is_named(machine: Machine) -> None:
    for folder, word in (
        ("/nowhere", "the folder does not exist"),
        ("/srv", "the folder has no wheels"),
    ):
        done = machine.run(INSTALL, "--from", folder, check=False)
        assert (done.returncode, f"--from {folder}: {word}" in done.stdout) == (1, True)


def test_wheels_for_another_computer_are_refused(machine: Machine) -> None:
    made_for = machine.root / "root/wheels/made-for"
    ours = made_for.read_text()
    made_for.write_text("Python 3.13 aarch64\n")
    said = install(machine, good=False)
    made_for.write_text(ours)
    assert "these wheels are for Python 3.13 aarch64, but this is Python 3.11 x86_64" in said


def test_a_configuration_that_is_a_dangling_link_is_named(machine: Machine) -> None:
    link = machine.root / "etc/kiosk/kiosk.yaml"
    link.parent.mkdir()
    link.symlink_to("/media/usb/kiosk.yaml")
    is_refused(machine, because="a link to /media/usb/kiosk.yaml, which does not exist")
    shutil.rmtree(link.parent)


def test_a_root_that_forgets_is_refused(bare: Path, tmp_path: Path) -> None:
    for name in ("up", "work", "root"):
        (tmp_path / name).mkdir()
    layers = f"lowerdir={bare},upperdir={tmp_path}/up,workdir={tmp_path}/work"
    subprocess.run(["mount", "-t", "overlay", "-o", layers, "none", tmp_path / "root"], check=True)
    try:
        command = ["chroot", str(tmp_path / "root"), INSTALL]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        subprocess.run(["umount", tmp_path / "root"], check=True)
    assert done.returncode == 1
    assert "the root is an overlay" in done.stderr
    assert "raspi-config nonint disable_overlayfs" in done.stderr


def test_a_disk_without_room_is_named_before_anything_is_written(machine: Machine) -> None:
    machine.run("mount", "-t", "tmpfs", "-o", "size=20M,mode=755", "none", "/opt")
    is_refused(machine, because="MB, and only 20 MB are free")
    machine.run("umount", "/opt")


def test_a_clock_before_the_release_was_made_is_warned_of(machine: Machine) -> None:
    script = machine.root / INSTALL.removeprefix("/")
    os.utime(script, (4e9, 4e9))
    said = install(machine, "--dry-run")
    os.utime(script)
    assert "warning: the clock says" in said
    assert "before the date of this release" in said


def test_of_two_installs_at_once_the_second_says_who_is_at_work(system: Path) -> None:
    with Machine(system, network=False) as machine:
        words = ("--config", "/root/kiosk.yaml", "--token", "/root/token")
        first = machine.start(INSTALL, "--from", "/root/wheels", *words)
        assert first.stdout
        first.stdout.readline()  # "build release ...": it is at work
        said = install(machine, good=False)
        assert "another installer is running: process" in said
        assert "wait until it has ended" in said
        rest, _ = first.communicate(timeout=300)
        assert first.returncode == 0, rest


def test_a_configuration_that_is_a_link_stays_one(system: Path) -> None:
    (system / "etc/kiosk").mkdir()
    shutil.move(system / "root/kiosk.yaml", system / "srv")
    (system / "etc/kiosk/kiosk.yaml").symlink_to("/srv/kiosk.yaml")
    with Machine(system, network=False) as machine:
        said = install(machine, "--token", "/root/token")
        assert "/etc/kiosk/kiosk.yaml is a link to /srv/kiosk.yaml" in said
        assert (system / "etc/kiosk/kiosk.yaml").is_symlink()
        assert machine.out("systemctl", "is-active", "kiosk") == "active"


def test_without_a_token_it_installs_and_says_what_is_to_be_done(system: Path) -> None:
    with Machine(system, network=False) as machine:
        said = install(machine, "--config", "/root/kiosk.yaml")
        assert (
            "to do: describe this counter, and give it its access token: sudo kiosk setup" in said
        )
        assert machine.out("systemctl", "is-active", "kiosk") == "inactive"
        said = install(machine, "--token", "/root/token")
        assert "start the kiosk" in said
        token = (system / "etc/kiosk/token").stat()
        assert (oct(token.st_mode), token.st_uid) == ("0o100600", 0)


def test_a_faulty_configuration_is_named_line_by_line_and_not_replaced(system: Path) -> None:
    (system / "root/kiosk.yaml").write_text("kiosk: {nmae: x}\n")
    with Machine(system, network=False) as machine:
        said = install(machine, "--config", "/root/kiosk.yaml", good=False)
        assert "/etc/kiosk/kiosk.yaml:1:9: kiosk.nmae" in said
        assert "build release" not in install(machine, good=False)  # what is built is kept
        shutil.copy(system / "root/kiosk.yaml", system / "etc/kiosk/kiosk.yaml")


def test_a_unit_that_was_edited_in_place_is_kept_aside_and_said(kiosk: Path) -> None:
    with (kiosk / OURS).open("a") as unit:
        unit.write("# mine\n")
    with Machine(kiosk, network=False) as machine:
        said = install(machine)
        assert f"keep /{OURS}, which was changed by hand, as /{OURS}.by-hand" in said
        assert "sudo systemctl edit kiosk" in said
        assert (kiosk / f"{OURS}.by-hand").read_text().endswith("# mine\n")
        carried = kiosk / "opt/kiosk/releases" / release(kiosk) / "share/systemd/kiosk.service"
        assert (kiosk / OURS).read_text() == carried.read_text()
        assert install(machine) == "nothing to do\n"


def test_a_unit_of_the_technicians_own_is_warned_of_and_left_alone(kiosk: Path) -> None:
    own = kiosk / "etc/systemd/system/kiosk.service"
    own.write_text((kiosk / OURS).read_text() + "# mine\n")
    with Machine(kiosk, network=False) as machine:
        said = install(machine)
        assert "warning: /etc/systemd/system/kiosk.service is not from the installer" in said
        assert "nothing to do" in said
        assert own.read_text().endswith("# mine\n")


def test_on_a_pi_the_interfaces_that_are_used_are_switched_on(kiosk: Path) -> None:
    boot = kiosk / "boot/firmware/config.txt"
    boot.parent.mkdir(parents=True)
    boot.write_text("[pi4]\narm_boost=1\n")
    config = kiosk / "etc/kiosk/kiosk.yaml"
    panel = "display: {driver: oled, chip: ssd1309, inches: 2.42, interface: i2c}\n"
    lines = [line for line in config.read_text().splitlines() if not line.startswith("display")]
    config.write_text("\n".join([*lines, panel]))
    with Machine(kiosk, network=False) as machine:
        said = install(machine)
        assert "to do: reboot to activate dtparam=i2c_arm=on" in said
        assert boot.read_text() == "[pi4]\narm_boost=1\n[all]\ndtparam=i2c_arm=on\n"
        assert install(machine) == "nothing to do\n"
