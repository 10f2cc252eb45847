"""Devices fail alone: they are tried again for ever, ever more slowly, and the log stays short."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.errors import DeviceGone
from kiosk.base.retry import LONGEST_PAUSE, keep_open, pauses

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize(
        "anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})]
    ),
]


class Plug:
    """A device that is there or not, by a list; each use lasts as long as the list says."""

    def __init__(self, uses: list[float | str]) -> None:
        self.uses: Iterator[float | str] = iter(uses)
        self.opened_at: list[float] = []
        self.closed = 0

    def open(self) -> Plug:
        self.opened_at.append(anyio.current_time())
        self.lasts = next(self.uses, "gone")
        if isinstance(self.lasts, str):
            raise DeviceGone(self.lasts)
        return self

    async def use(self, plug: Plug) -> None:
        assert not isinstance(self.lasts, str)
        await anyio.sleep(self.lasts)
        raise DeviceGone("pulled out")

    def close(self) -> None:
        self.closed += 1


async def watch(plug: Plug, seconds: float) -> None:
    with anyio.move_on_after(seconds):
        await keep_open("till", plug.open, plug.use)


async def test_pauses_grow_to_five_seconds() -> None:
    assert list(islice(pauses(), 7)) == pytest.approx([0.5, 1, 2, 4, 5, 5, 5], rel=0.1)


async def test_an_absent_device_is_told_of_once_and_tried_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plug = Plug([])
    await watch(plug, 3600)
    assert caplog.messages == ["till: gone"]
    assert 3600 / LONGEST_PAUSE * 0.9 < len(plug.opened_at) < 3600 / LONGEST_PAUSE * 1.2


async def test_each_new_trouble_is_told_and_the_return_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await watch(Plug(["gone", "gone", "no permission", 1000.0]), 100)
    assert caplog.messages == ["till: gone", "till: no permission", "till: it works again"]


async def test_a_device_that_served_long_is_tried_again_soon_a_loose_plug_is_not() -> None:
    steady = Plug([60.0, 60.0])
    await watch(steady, 125)
    assert steady.opened_at[1] - steady.opened_at[0] < 61
    loose = Plug([0.0] * 1000)
    await watch(loose, 600)
    assert len(loose.opened_at) < 150


async def test_a_lost_device_is_closed_before_it_is_opened_again() -> None:
    plug = Plug([1.0, 1.0, 1.0])
    await watch(plug, 60)
    assert plug.closed == 3


async def test_a_fault_of_ours_is_no_absent_device() -> None:
    class Broken(Plug):
        async def use(self, plug: Plug) -> None:
            raise ZeroDivisionError

    plug = Broken([1.0])
    with pytest.raises(ZeroDivisionError):
        await keep_open("till", plug.open, plug.use)
    assert plug.closed == 1
