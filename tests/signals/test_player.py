"""The player: the signal requested last is on, even if the lamps fail. On virtual time."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
from trio.testing import MockClock

from kiosk.sale.words import Screen
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.signals.player import Player


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


pytestmark = pytest.mark.anyio


class Record:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "signals" / "record.jsonl"

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def signals(self) -> list[str]:
        return [line["signal"] for line in self.lines() if "signal" in line]

    def lit(self) -> dict[str, float]:
        levels = {line["lamp"]: line["level"] for line in self.lines() if "lamp" in line}
        return {lamp: level for lamp, level in levels.items() if level}

    def tones(self) -> list[float]:
        return [line["tone"] for line in self.lines() if line.get("tone")]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path)


@asynccontextmanager
async def playing(record: Record, problems: list[str] | None = None) -> AsyncIterator[Player]:
    heard = problems if problems is not None else []
    player = Player(FakeSignalsSettings(record=record.path), on_problem=heard.append)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        yield player
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()


async def test_paid_flashes_rises_and_stays_green(record: Record) -> None:
    async with playing(record) as player:
        player.play(Screen.PAID)
        await anyio.sleep(60)
        assert record.lit() == {"green": 1.0}
        assert record.tones() == [523, 659, 784, 1047]
    green = [line["at"] for line in record.lines() if line.get("lamp") == "green"]
    start = green[0]
    assert [at - start for at in green[:7]] == pytest.approx([0, 0.15, 0.25, 0.4, 0.5, 0.65, 0.75])


async def test_a_sale_is_recorded_signal_by_signal(record: Record) -> None:
    async with playing(record) as player:
        for name in (Screen.IDLE, Screen.WORKING, Screen.SCAN_ME, Screen.PAID, Screen.IDLE):
            player.play(name)
            await anyio.sleep(5)
        assert record.lit() == {"white": 0.15}
    assert record.signals() == ["idle", "working", "scan_me", "paid", "idle"]


async def test_signals_that_come_at_once_are_all_recorded_and_the_last_is_on(
    record: Record,
) -> None:
    async with playing(record) as player:
        player.play(Screen.WORKING)
        player.play(Screen.REFUSED)
        player.play(Screen.IDLE)
        await anyio.sleep(1)
        assert record.lit() == {"white": 0.15}
        assert record.tones() == []
    assert record.signals() == ["working", "refused", "idle"]


async def test_a_rejected_reading_sounds_in_between(record: Record) -> None:
    async with playing(record) as player:
        player.play(Screen.IDLE)
        await anyio.sleep(10)
        player.play(Screen.REJECTED_INPUT)
        await anyio.sleep(0.1)
        assert record.lit() == {}
        await anyio.sleep(0.1)
        assert record.lit() == {"red": 1.0}
        await anyio.sleep(1)
        assert record.lit() == {"white": 0.15}
    assert record.signals() == ["idle", "rejected_input"]
    assert record.tones() == [220, 220]


async def test_after_a_rejected_reading_the_breathing_goes_on_without_its_chime(
    record: Record,
) -> None:
    async with playing(record) as player:
        player.play(Screen.SCAN_ME)
        await anyio.sleep(5)
        player.play(Screen.REJECTED_INPUT)
        await anyio.sleep(5)
        assert set(record.lit()) == {"blue"}
    assert record.tones() == [659, 220, 220]


async def test_a_new_signal_ends_a_rejected_reading(record: Record) -> None:
    async with playing(record) as player:
        player.play(Screen.REJECTED_INPUT)
        player.play(Screen.PAID)
        await anyio.sleep(0.05)
        assert record.lit() == {"green": 1.0}


async def test_a_state_asked_for_again_goes_on_but_a_result_comes_again(record: Record) -> None:
    async with playing(record) as player:
        for name in (Screen.SCAN_ME, Screen.SCAN_ME, Screen.PAID, Screen.PAID):
            player.play(name)
            await anyio.sleep(3)
    assert record.signals() == ["scan_me", "paid", "paid"]
    assert record.tones() == [659, *[523, 659, 784, 1047] * 2]


async def test_all_is_dark_and_silent_at_the_end(record: Record) -> None:
    async with playing(record) as player:
        player.play(Screen.REFUSED)
        await anyio.sleep(0.5)
        assert record.lit() == {"red": 1.0}
    assert record.lit() == {}
    assert [line["tone"] for line in record.lines() if "tone" in line][-1] == 0.0


async def test_only_changes_are_written(record: Record) -> None:
    async with playing(record) as player:
        player.play(Screen.CHECKING)
        await anyio.sleep(0.7)
    assert [line["lamp"] for line in record.lines() if "lamp" in line] == ["red", "blue"] * 2


async def test_lamps_that_are_gone_come_back_with_the_signal_of_the_day(
    record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    problems: list[str] = []
    async with playing(record, problems) as player:
        player.play(Screen.IDLE)
        await anyio.sleep(1)
        assert problems == [""]
        shutil.rmtree(record.path.parent)
        record.path.parent.write_text("in the way")
        player.play(Screen.PAID)
        await anyio.sleep(60)
        assert len(caplog.messages) == 2  # the write failed, then the opening
        assert problems == ["", *(text.removeprefix("signals: ") for text in caplog.messages)]
        record.path.parent.unlink()
        await anyio.sleep(60)
        assert record.lit() == {"green": 1.0}
        assert record.tones() == []  # the time of the melody is over
        assert problems[3:] == [""]


class Steps(trio.abc.Instrument):
    """Counts how often any task is run."""

    count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


@pytest.mark.parametrize(
    ("name", "most"), [(Screen.IDLE, 0), (Screen.PAID, 0), (Screen.OUT_OF_SERVICE, 1)]
)
async def test_a_quiet_counter_sleeps(record: Record, name: Screen, most: float) -> None:
    steps = Steps()
    async with playing(record) as player:
        player.play(name)
        await anyio.sleep(10)
        trio.lowlevel.add_instrument(steps)
        await anyio.sleep(600)
        trio.lowlevel.remove_instrument(steps)
    assert steps.count - 1 <= 600 * most  # 1: this test itself
