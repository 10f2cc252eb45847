"""A panel that is lost, and a QR that does not fit: delivered once, with the reason."""

from __future__ import annotations

from pathlib import Path

import anyio

from kiosk.sale.effects import Show
from kiosk.sale.events import DeviceFailed, DeviceRecovered
from kiosk.sale.words import Fault, Screen
from kiosk.shell.panel_worker import LONGEST_PAUSE
from tests.shell.panel_counter import IDLE, PAID, Counter, play, scan_me


def test_an_unplugged_panel_is_told_of_once_and_shows_the_latest_when_it_is_back(
    tmp_path: Path,
) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)
            counter.switch.touch()
            counter.display.show(PAID)
            await anyio.sleep(40)
            assert counter.display.shown is None
            assert counter.events() == [DeviceFailed]
            counter.display.show(scan_me())
            counter.switch.unlink()
            await anyio.sleep(30)
            assert counter.events() == [DeviceFailed, DeviceRecovered]
            assert counter.shows(IDLE, scan_me())

    play(story)
    failed = counter.heard[0][1]
    assert isinstance(failed, DeviceFailed)
    assert failed.fault is Fault.PANEL
    assert "unplugged" in failed.reason


def test_a_panel_missing_from_the_start_is_tried_again_ever_more_seldom(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    counter.switch.touch()

    async def story() -> None:
        async with counter.running():
            await anyio.sleep(1.1 * (1 + 2 + 4 + 8 + 16))  # each pause may be 10 % longer
            assert counter.jobs == 6
            for _ in range(3):
                await anyio.sleep(1.1 * LONGEST_PAUSE)
            assert counter.jobs == 9
            counter.switch.unlink()
            await anyio.sleep(1.1 * LONGEST_PAUSE)
            assert counter.events() == [DeviceFailed, DeviceRecovered]

    play(story)


def test_a_panel_that_showed_something_is_tried_again_soon(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            for show in (IDLE, PAID, IDLE):  # a loose wire
                counter.switch.touch()
                counter.display.show(show)
                await anyio.sleep(0.5)
                counter.switch.unlink()
                await anyio.sleep(1)
                assert counter.display.shown is show

    play(story)
    assert counter.events() == [DeviceFailed, DeviceRecovered] * 3


# --- a QR that does not fit -------------------------------------------------------------------


def test_a_qr_that_does_not_fit_is_a_fault_with_its_reason_and_never_a_half_qr(
    tmp_path: Path,
) -> None:
    counter = Counter(tmp_path, size="128x64")
    too_long = scan_me(qr_data="x" * 400, until=1000.0)

    async def story() -> None:
        async with counter.running():
            counter.display.show(too_long)
            await anyio.sleep(10)
            assert counter.shows(Show(Screen.OUT_OF_SERVICE, reason=Fault.PANEL))
            assert counter.events() == [DeviceFailed]
            counter.display.show(IDLE)
            await anyio.sleep(1)
            assert counter.events() == [DeviceFailed, DeviceRecovered]

    play(story)
    failed = counter.heard[0][1]
    assert isinstance(failed, DeviceFailed)
    assert "mount a larger panel" in failed.reason
