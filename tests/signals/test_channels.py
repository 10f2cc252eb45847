"""The channels: the panel comes first at a start, and holds nothing up. On virtual time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.environment import Environment, at_once
from kiosk.base.money import CURRENCIES
from kiosk.sale.effects import Signal
from kiosk.sale.words import Sale, Screen
from kiosk.signals.channels import PANEL_FIRST, SignalChannels
from kiosk.signals.fake import FakeSignalsSettings


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


pytestmark = pytest.mark.anyio


class NothingSaid:
    """The journal of a counter without a voice."""

    async def begin_saying(self, reference: str, screen: Screen) -> bool:
        raise AssertionError(f"{screen} of {reference} was said")

    async def last_result(self) -> tuple[Sale, Screen] | None:
        raise AssertionError("the last result was asked for")


@pytest.mark.parametrize("panel_takes", [0.2, 30.0])
async def test_the_lamps_follow_the_first_screen_or_a_second(
    tmp_path: Path, panel_takes: float
) -> None:
    record, panel_started = tmp_path / "record.jsonl", anyio.Event()
    channels = SignalChannels(
        FakeSignalsSettings(record=record),
        "es",
        CURRENCIES["ARS"],
        Environment(new_thread=lambda: at_once),
        NothingSaid(),
        lambda part, problem: pytest.fail(f"{part}: {problem}") if problem else None,
        panel_started,
    )
    opens_after = min(panel_takes, PANEL_FIRST)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channels.run)
        channels.play(Signal(Screen.IDLE))
        await anyio.sleep(opens_after - 0.1)
        assert not record.exists()
        if opens_after == panel_takes:
            await anyio.sleep(0.1)
            panel_started.set()
        await anyio.sleep(0.2)
        assert '"signal": "idle"' in record.read_text()
        tasks.cancel_scope.cancel()
