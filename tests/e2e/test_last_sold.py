"""A configuration that is broken at boot: the counter sells on by the last one that sold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from kiosk.base import atomic_file
from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.config.loader import CheckedFile, check_file
from kiosk.daemon import KioskFactory
from kiosk.display.screens.idle import INPUT_LOST
from kiosk.journal import DaemonJournal, Journal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs
from tests.e2e.rig import Api, Counter, Register, sells
from tests.e2e.unit import started
from tests.support.glass import is_on
from tests.support.processes import LONG_ENOUGH, eventually

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


def _a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOIL: dict[str, Callable[[Path], Any]] = {
    "a typing error": lambda file: file.write_text(file.read_text().replace("ARS", "ARG")),
    "a line that is no YAML": lambda file: file.write_text(file.read_text() + "\n  - {: [\n"),
    "a half file": lambda file: file.write_bytes(file.read_bytes()[:300]),
    "an empty file": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(bytes(range(256)) * 20),
    "no file": lambda file: file.unlink(),
    "a folder": _a_folder,
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


# The kiosks of one daemon, in this process, because a test decides when each one is idle.


@asynccontextmanager
async def factory() -> AsyncIterator[KioskFactory]:
    async with (
        open_event_queue() as events,
        supervised_inputs(events.deliver, lambda: 0.0) as supervisor,
        anyio.create_task_group() as tasks,
    ):
        yield KioskFactory(Environment(), events, supervisor, tasks)
        tasks.cancel_scope.cancel()


def checked(counter: Counter, pos: str = "COUNTER1") -> CheckedFile:
    file = counter.folder / f"{pos}.yaml"
    file.write_text(counter.config.read_text().replace("COUNTER1", pos))
    return check_file(file, {"KIOSK_TOKEN": "TEST"})


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_kiosk_that_is_idle_late_does_not_bring_back_the_copy_of_its_account(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    old, new = checked(counter), checked(counter, "COUNTER2")
    copy = copy_of(counter)
    copy.write_bytes(old.data)
    with closing(Journal.open(counter.journal, lambda: 0.0)) as journal:
        async with factory() as kiosks:
            first = kiosks.make(counter.config, old, journal)
            assert not first.display.always_marked
            assert copy.read_bytes() == old.data
            second = kiosks.make(counter.config, new, journal)
            assert not copy.exists()
            kiosks._keep(first, copy, old.data)
            assert not copy.exists(), "the second kiosk may sell at any moment"
            second.status.reached_idle.set()
            await anyio.to_thread.run_sync(eventually, copy.exists)
            assert copy.read_bytes() == new.data


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_no_kiosk_is_made_that_could_sell_beside_the_copy_of_another_account(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")

    def broken(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(atomic_file, "delete", broken)
    old, new = checked(counter), checked(counter, "COUNTER2")
    copy = copy_of(counter)
    copy.write_bytes(old.data)
    without: DaemonJournal = NoJournal("the disk is full")
    with closing(Journal.open(counter.journal, lambda: 0.0)) as journal:
        async with factory() as kiosks:
            serving = kiosks.make(counter.config, replace(old, problem="it has faults"), journal)
            assert serving.display.always_marked
            with pytest.raises(ConfigError, match="it can't be deleted"):
                kiosks.make(counter.config, new, journal)
            assert kiosks.newest is serving
            out_of_service = kiosks.make(counter.config, new, without)
            assert out_of_service.inputs == {}, "it reads nothing, so it sells nothing"
