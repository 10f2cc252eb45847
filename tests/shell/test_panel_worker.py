"""The panel's worker: the newest picture wins, a lost panel comes back, no QR is left behind."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from PIL import ImageChops

from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.fake import FakePanelSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.idle import INPUT_LOST
from kiosk.display.screens.layout import Box
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.reading import argentina, read_qr
from tests.shell.panel_counter import AMOUNT, IDLE, PAID, Counter, pixels, play, scan_me


class Unhurried(FakePanelSettings):
    """A panel that takes a new picture once a minute."""

    @property
    def redraw_every(self) -> float:
        return 60.0


def test_what_is_wanted_is_shown_in_turn(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            for show in (IDLE, PAID):
                counter.display.show(show)
                await anyio.sleep(1)
                assert counter.display.shown is show
            assert counter.shows(IDLE, PAID)

    play(story)
    assert counter.heard == []


def test_what_was_wanted_before_the_panel_was_open_is_shown_once_it_is(tmp_path: Path) -> None:
    counter = Counter(tmp_path, work_takes=3)

    async def story() -> None:
        counter.display.show(PAID)
        assert counter.display.shown is None
        async with counter.running():
            await anyio.sleep(10)
            assert counter.shows(PAID)

    play(story)


def test_the_counter_hears_once_when_a_payer_can_scan(tmp_path: Path) -> None:
    counter = Counter(tmp_path, work_takes=3)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(10)
            wanted = anyio.current_time()
            qr = scan_me(until=wanted + 300, begun=wanted)
            counter.display.show(qr)
            await anyio.sleep(60)  # the time left is drawn again and again
            assert counter.qr_shown_at == [wanted + 3]
            counter.display.show(qr)  # after a fault of the journal
            await anyio.sleep(60)
            assert counter.qr_shown_at == [wanted + 3]
            counter.display.show(Show(Screen.CHECKING))
            await anyio.sleep(10)
            counter.display.show(scan_me(until=wanted + 300, begun=wanted))
            await anyio.sleep(10)
            assert len(counter.qr_shown_at) == 2, "it is there again"

    play(story)


def test_a_qr_that_something_newer_replaces_is_never_told_of(tmp_path: Path) -> None:
    counter = Counter(tmp_path, work_takes=3)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(4)  # the panel is open, and the picture is being sent
            counter.display.show(scan_me())
            await anyio.sleep(1)
            counter.display.show(PAID)
            await anyio.sleep(20)
            assert (counter.qr_shown_at, counter.shows(IDLE, PAID)) == ([], True)

    play(story)


def test_an_equal_picture_is_not_sent_again(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            for show in (PAID, Show(Screen.PAID, AMOUNT, "R-8F3K2Q"), IDLE, PAID):
                counter.display.show(show)
                await anyio.sleep(1)
                assert counter.display.shown is show
            assert counter.shows(PAID, IDLE, PAID)

    play(story)


def test_a_slow_panel_gets_the_latest_picture_and_none_that_was_overtaken(tmp_path: Path) -> None:
    counter = Counter(tmp_path, work_takes=5)
    amounts = [Show(Screen.PAID, Money.of(f"{n}.00", "ARS")) for n in range(1, 11)]

    async def story() -> None:
        async with counter.running():
            await anyio.sleep(6)
            for show in amounts:
                counter.display.show(show)
                await anyio.sleep(0.1)
            await anyio.sleep(20)
            assert counter.shows(amounts[0], amounts[-1])

    play(story)


def test_a_picture_overtaken_while_it_was_drawn_is_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(tmp_path)

    class Interrupting(Canvas):
        """Something new is wanted at the moment the drawing asks for the room there is."""

        @property
        def area(self) -> Box:
            if counter.display._wanted is IDLE:
                counter.display.show(PAID)
            return Box(0, 0, *self.pixels)

    canvas = Interrupting((250, 122), "es", "Rosa", Surface.PAPER)
    monkeypatch.setattr(counter.display._sender, "_new_canvas", lambda: canvas)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)
            assert counter.shows(PAID)

    play(story)


# --- the mark in the corner ---------------------------------------------------------------------


def test_the_mark_is_a_square_in_the_corner_of_the_idle_screen_only(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    counter.display.always_marked = True  # the configuration has faults

    async def story() -> None:
        async with counter.running():
            for show in (IDLE, PAID, scan_me()):
                counter.display.show(show)
                await anyio.sleep(1)

    play(story)
    idle, paid, qr = (frame.convert("L") for frame in counter.frames()[:3])
    mark = ImageChops.difference(idle, counter.picture(IDLE).convert("L")).getbbox()
    assert mark == (243, 115, 248, 120), "at the bottom on the right"
    assert pixels([paid, qr]) == pixels([counter.picture(PAID), counter.picture(scan_me())])


def test_the_mark_comes_and_goes_with_an_input_that_is_not_connected(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    marked = Show(Screen.IDLE, reason=INPUT_LOST)

    async def story() -> None:
        async with counter.running():
            for lost in (False, True, False):
                counter.display.show(IDLE, marked=lost)
                await anyio.sleep(1)
            assert counter.shows(IDLE, marked, IDLE)

    play(story)


# --- the time left ------------------------------------------------------------------------------


def test_the_time_left_is_redrawn_each_second_and_stops_at_its_end(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            now = anyio.current_time()
            counter.display.show(scan_me(until=now + 10, begun=now))
            await anyio.sleep(60)
            assert len(counter.frames()) == 11  # 0:10 to 0:00
            idle = counter.jobs
            await anyio.sleep(600)
            assert counter.jobs == idle

    play(story)


def test_a_panel_that_bears_little_gets_the_time_left_rarely(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Unhurried)

    async def story() -> None:
        async with counter.running():
            now = anyio.current_time()
            counter.display.show(scan_me(until=now + 300, begun=now))
            await anyio.sleep(301)
            assert len(counter.frames()) == 6

    play(story)


def test_a_qr_without_an_end_is_drawn_once(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            counter.display.show(scan_me())
            await anyio.sleep(100)
            assert counter.shows(scan_me())
            assert counter.jobs == 2  # opened, drawn

    play(story)


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("work_takes", [0.0, 3.0])
def test_a_shutdown_leaves_no_payable_qr_on_the_glass(tmp_path: Path, work_takes: float) -> None:
    counter = Counter(tmp_path, work_takes=work_takes)

    async def story() -> None:
        async with counter.running():
            counter.display.show(scan_me())
            await anyio.sleep(5)
            assert read_qr(counter.frames()[-1]) == [argentina()]

    play(story)
    assert counter.frames()[-1].convert("L").getextrema() == (255, 255)


def test_a_shutdown_with_the_panel_unplugged_is_still_a_shutdown(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    async def story() -> None:
        async with counter.running():
            counter.display.show(scan_me())
            await anyio.sleep(5)
            counter.switch.touch()

    play(story)


def test_a_fault_of_our_own_is_not_hidden(tmp_path: Path) -> None:
    counter = Counter(tmp_path, language="klingon")

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)

    with pytest.RaisesGroup(KeyError):
        play(story)
