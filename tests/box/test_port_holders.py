"""Who has a port open, on a system that is a folder of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.box.port_holders import Holder, holders, names_of_running

BY_ID = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"


def process(root: Path, pid: int, name: str, *opened: str) -> None:
    (root / f"proc/{pid}/fd").mkdir(parents=True)
    (root / f"proc/{pid}/comm").write_text(f"{name}\n")
    for number, path in enumerate(opened):
        (root / f"proc/{pid}/fd/{number}").symlink_to(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dev/serial/by-id").mkdir(parents=True)
    (tmp_path / "dev/ttyUSB0").touch()
    (tmp_path / BY_ID.lstrip("/")).symlink_to("../../ttyUSB0")
    process(tmp_path, 1, "systemd", "/dev/null")
    process(tmp_path, 412, "brltty", "socket:[1]", "/dev/ttyUSB0")
    (tmp_path / "proc/99").mkdir()  # a program that has ended in the meantime
    (tmp_path / "proc/uptime").touch()
    return tmp_path


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", BY_ID])
def test_a_port_has_its_holder_under_each_of_its_names(root: Path, port: str) -> None:
    assert holders(port, root) == [Holder(412, "brltty")]
    assert str(Holder(412, "brltty")) == "brltty (412)"


def test_other_ports_are_free(root: Path) -> None:
    assert holders("/dev/ttyACM0", root) == []
    assert holders("/dev/ttyUSB0", root / "nowhere") == []


def test_the_names_of_all_programs_are_seen(root: Path) -> None:
    assert names_of_running(root) == {"", "systemd", "brltty"}


def test_this_very_program_holds_its_terminal() -> None:
    leader, follower = os.openpty()
    try:
        assert os.getpid() in {each.pid for each in holders(os.ttyname(follower))}
    finally:
        os.close(leader)
        os.close(follower)
