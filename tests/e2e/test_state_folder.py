"""Files and devices with wrong permissions, and disks that are full or read-only."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.rig import SOMEBODY, Api, Counter, Register, fill, fill_log, sells
from tests.support.processes import LONG_ENOUGH


@pytest.mark.parametrize("what", ["journal.sqlite3", "journal.sqlite3.lock"])
def test_another_users_files_in_the_state_folder(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...], what: str
) -> None:
    state = counter.folder / "state"
    counter.change(str(counter.journal), str(state / "journal.sqlite3"))
    counter.journal = state / "journal.sqlite3"
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    with counter.running():
        sells(api, register, counter)
    os.chown(state / what, SOMEBODY, SOMEBODY)
    os.chmod(state / what, 0o600)
    with counter.running(through=ordinary):
        counter.is_out_of_service("journal")
        counter.says("make the kiosk's user the owner of its folder")
        register.send(b"TOTAL 30,00\r\n")
        os.chown(state / what, 0, 0)
        sells(api, register, counter)
    assert len(api.orders()) == 2


def test_another_users_status_file_stops_no_sale(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...]
) -> None:
    run = counter.folder / "run"
    run.mkdir(mode=0o755)
    os.chown(run, SOMEBODY, SOMEBODY)
    counter.change(f"{counter.folder}/status.json", f"{run}/status.json")
    with counter.running(through=ordinary) as daemon:
        counter.says("panel shows idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.says("panel shows scan_me")
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 20.00 ")
        daemon.terminate()
        assert daemon.wait(LONG_ENOUGH) == 0
    log = counter.log.read_text()
    assert "service.status_file can't be written" in log
    assert "make the kiosk's user the owner of its folder" in log
    assert "Traceback" not in log


def test_a_disk_that_can_only_be_read(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with counter.running():
        counter.is_out_of_service("journal")
        counter.says("mount it for writing")
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        sells(api, register, counter)


def test_a_disk_that_is_full_already_when_the_power_comes_back(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    counter.loses_power_in_mid_sale(register)
    fill(small_disk / "filler")
    fill_log(counter.journal)
    with counter.running() as daemon:
        counter.is_out_of_service("journal")
        assert register.silent(), "nothing is told that is not written down"
        (small_disk / "filler").unlink()
        assert register.hears().startswith(b"FAIL canceled ")
        sells(api, register, counter)
        assert daemon.poll() is None, "it never ended"


def test_a_disk_that_was_full_from_the_first_start(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    fill(small_disk / "filler")
    with counter.running():
        counter.is_out_of_service("journal")
        counter.says("free space on it")
        (small_disk / "filler").unlink()
        sells(api, register, counter)


def test_a_port_that_the_unit_does_not_grant(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...]
) -> None:
    port = os.readlink(register.path)
    os.chown(port, SOMEBODY, SOMEBODY)
    os.chmod(port, 0o600)
    with counter.running(through=ordinary):
        counter.becomes("idle")
        counter.says("no permission; run: sudo kiosk setup --units")
        os.chown(port, 0, 0)
        counter.says("serial_line: it works again")
        sells(api, register, counter)
