"""A configuration that is broken at boot: the counter sells on by the last one that sold."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk.display.screens.idle import INPUT_LOST
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.e2e.rig import Api, Counter, Register, sells
from tests.e2e.unit import started
from tests.support.glass import is_on
from tests.support.processes import LONG_ENOUGH, eventually, power_cut

NOT_USED = "has faults and is not used; run kiosk check"


@pytest.fixture
def has_sold(api: Api, register: Register, counter: Counter) -> Counter:
    """A counter that has sold by its configuration, and that is switched off now."""
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    with counter.running():
        sells(api, register, counter)
        eventually(copy_of(counter).exists)
    return counter


def copy_of(counter: Counter) -> Path:
    return counter.journal.with_name("kiosk.yaml.good")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOIL: dict[str, Callable[[Path], Any]] = {
    "a typing error": lambda file: file.write_text(file.read_text().replace("ARS", "ARG")),
    "a line that is not YAML": lambda file: file.write_text(file.read_text() + "\n  - {: [\n"),
    "a half file": lambda file: file.write_bytes(file.read_bytes()[:300]),
    "an empty file": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(bytes(range(256)) * 20),
    "no file": lambda file: file.unlink(),
    "a folder": a_folder,
}


@pytest.mark.parametrize("what", SPOIL)
def test_a_broken_file_sells_on_and_says_so_until_it_is_corrected(
    api: Api,
    register: Register,
    has_sold: Counter,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(has_sold.folder))  # as systemd does
    good = has_sold.config.read_bytes()
    SPOIL[what](has_sold.config)

    def status() -> int:
        return has_sold.command("status").returncode

    with started(has_sold, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        has_sold.becomes("idle")
        eventually(partial(is_on, has_sold.folder / "frames", Show(Screen.IDLE, reason=INPUT_LOST)))
        sells(api, register, has_sold)
        assert any(NOT_USED in each for each in has_sold.status()["problems"])
        assert "the kiosk sells on by the last one that sold" in has_sold.log.read_text()
        assert status() == 1
        if has_sold.config.is_dir():
            has_sold.config.rmdir()
        has_sold.config.write_bytes(good)
        assert status() == 1, "it is not read again yet"
        unit.reload()
        unit.hears("READY=1")
        eventually(lambda: "configuration" not in has_sold.status())
        eventually(partial(is_on, has_sold.folder / "frames", Show(Screen.IDLE)))
        assert status() == 0


def test_who_moves_the_counter_to_another_point_of_sale_never_sells_for_the_old_one(
    has_sold: Counter,
) -> None:
    has_sold.change("COUNTER1", "COUNTER2")
    has_sold.change("ARS", "ARG")
    with has_sold.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    assert (
        "orders.external_pos_id is not that of the last configuration" in has_sold.log.read_text()
    )


def moves_to_another_account(counter: Counter) -> bytes:
    """Name the service in another way, as another one; return the new file."""
    counter.change("127.0.0.1", "localhost")
    return counter.config.read_bytes()


def test_after_a_reload_for_another_account_the_copy_is_never_that_of_the_old_one(
    api: Api, register: Register, has_sold: Counter, tmp_path: Path
) -> None:
    copy = copy_of(has_sold)
    with started(has_sold, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        new = moves_to_another_account(has_sold)
        unit.reload()
        unit.hears("READY=1")
        eventually(copy.exists)
        assert copy.read_bytes() == new
        sells(api, register, has_sold)
        power_cut(unit.daemon)
    assert copy.read_bytes() == new


def test_a_file_for_another_account_is_refused_while_the_old_copy_can_not_be_deleted(
    api: Api, register: Register, has_sold: Counter, tmp_path: Path
) -> None:
    copy = copy_of(has_sold)
    old = copy.read_bytes()
    mount = f'mount --bind {copy} {copy} && exec "$0" "$@"'  # a mount point can't be deleted
    through = ("unshare", "--mount", "sh", "-c", mount)
    if subprocess.run([*through, "true"], check=False, stderr=-3).returncode:
        pytest.skip("this test needs root and unshare")
    with started(has_sold, tmp_path / "notify", *through) as unit:
        unit.hears("READY=1")
        has_sold.becomes("idle")
        moves_to_another_account(has_sold)
        unit.reload()
        unit.hears("READY=1")
        has_sold.says("it may be of another account, and it can't be deleted")
        assert unit.daemon.poll() is None, "it sells on as before"
        sells(api, register, has_sold)
    assert copy.read_bytes() == old
    with has_sold.running(through=through) as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2, "it must not sell by the new file"


def test_garbage_sells_on_by_the_copy_beside_a_journal_on_another_disk(
    api: Api, register: Register, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, disk = counter.folder / "state", counter.folder / "disk"
    for folder in (state, disk):
        folder.mkdir()
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    counter.change(f"{counter.folder}/journal", f"{disk}/journal")
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    counter.journal = disk / "journal.sqlite3"
    with counter.running():
        sells(api, register, counter)
        eventually(copy_of(counter).exists)
    counter.config.write_bytes(bytes(range(256)) * 20)
    with counter.running():
        sells(api, register, counter)
        assert any(NOT_USED in each for each in counter.status()["problems"])
        done = counter.command("status")
        assert (done.returncode, NOT_USED in done.stdout) == (1, True), done.stderr
