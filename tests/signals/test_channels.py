"""The channels: the panel comes first at a start, and holds nothing up. On virtual time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.environment import Environment
from kiosk.base.money import CURRENCIES
from kiosk.sale.effects import Signal
from kiosk.sale.words import Sale, Screen
from kiosk.signals.channels import PANEL_FIRST, SignalChannels
from kiosk.signals.fake import FakeSignalsSettings

T = TypeVar("T")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


pytestmark = pytest.mark.anyio


class LampsOfALibrary(FakeSignalsSettings):
    slow_import: ClassVar[str] = "colorsys"


class LampsWithoutTheirLibrary(FakeSignalsSettings):
    slow_import: ClassVar[str] = "there_is_no_such_library"


async def in_place(work: Callable[[], T], /) -> T:
    return work()


class NothingSaid:
    """The journal of a counter without a voice."""

    async def begin_saying(self, reference: str, screen: Screen) -> bool:
        raise AssertionError(f"{screen} of {reference} was said")

    async def last_result(self) -> tuple[Sale, Screen] | None:
        raise AssertionError("the last result was asked for")


def channels_of(settings: FakeSignalsSettings, panel_started: anyio.Event) -> SignalChannels:
    return SignalChannels(
        settings,
        "es",
        CURRENCIES["ARS"],
        Environment(new_thread=lambda: in_place),
        NothingSaid(),
        lambda part, problem: pytest.fail(f"{part}: {problem}") if problem else None,
        panel_started,
    )


@pytest.mark.parametrize("kind", [LampsOfALibrary, LampsWithoutTheirLibrary])
@pytest.mark.parametrize("panel_takes", [0.2, 30.0])
async def test_lamps_with_a_library_follow_the_first_screen_or_a_second(
    tmp_path: Path, panel_takes: float, kind: type[FakeSignalsSettings]
) -> None:
    record, panel_started = tmp_path / "record.jsonl", anyio.Event()
    channels = channels_of(kind(record=record), panel_started)
    waits = min(panel_takes, PANEL_FIRST)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channels.run)
        channels.play(Signal(Screen.IDLE))
        await anyio.sleep(waits - 0.1)
        assert not record.exists()
        if waits == panel_takes:
            panel_started.set()
        await anyio.sleep(0.2)
        assert '"signal": "idle"' in record.read_text()
        tasks.cancel_scope.cancel()


async def test_other_lamps_wait_for_nothing(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    channels = channels_of(FakeSignalsSettings(record=record), anyio.Event())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channels.run)
        channels.play(Signal(Screen.IDLE))
        await anyio.sleep(PANEL_FIRST / 2)
        assert '"signal": "idle"' in record.read_text()
        tasks.cancel_scope.cancel()
