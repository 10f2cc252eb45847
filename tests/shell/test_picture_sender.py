"""Protection against burn-in, few pictures for slow panels, and the QR that does not fit."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from PIL import Image

from kiosk.display import Viewer
from kiosk.display.fake import FakePanel, FakePanelSettings
from kiosk.sale.effects import Show
from kiosk.sale.events import DeviceFailed
from kiosk.sale.words import Screen
from kiosk.shell.picture_sender import DIM_AFTER, MOVE_EVERY, PictureSender, move_picture, viewer_of
from tests.display.reading import argentina, read_qr
from tests.shell.panel_counter import AMOUNT, IDLE, PAID, Counter, play, scan_me

WORKING = Show(Screen.WORKING, AMOUNT)


class Recording(FakePanel):
    """Remembers for whom each picture was."""

    def __init__(self, settings: FakePanelSettings) -> None:
        super().__init__(settings)
        self.viewers: list[Viewer] = []
        self.restored = 0

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        super().show(image, viewer)
        self.viewers.append(viewer)

    def restore(self) -> None:
        self.restored += 1


class Delicate(FakePanelSettings):
    """An OLED, as far as the worker can tell."""

    def open(self) -> Recording:
        OPENED.append(Recording(self))
        return OPENED[-1]

    @property
    def burns_in(self) -> bool:
        return True

    @property
    def restore_every(self) -> float:
        return 10.0


class Paper(Delicate):
    """Slow, and not to be hurried."""

    @property
    def burns_in(self) -> bool:
        return False

    @property
    def restore_every(self) -> float:
        return float("inf")

    @property
    def redraw_every(self) -> float:
        return 60.0

    @property
    def pause_after_picture(self) -> float:
        return 5.0

    @property
    def working_screen_delay(self) -> float:
        return 2.0


OPENED: list[Recording] = []


def test_at_rest_the_picture_is_dimmed_and_is_never_long_in_one_place(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Delicate)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(DIM_AFTER + 10 * MOVE_EVERY)
            panel = OPENED[-1]
            assert panel.viewers[0] is Viewer.PERSON
            assert set(panel.viewers[1:]) == {Viewer.NOBODY}
            assert len({frame.tobytes() for frame in counter.frames()}) >= 10
            counter.display.show(scan_me())
            await anyio.sleep(1)
            assert panel.viewers[-1] is Viewer.CAMERA
            assert counter.frames()[-1].tobytes() == counter.picture(scan_me()).tobytes()

    play(story)


def test_what_is_not_at_rest_stays_where_it_is(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Delicate)

    async def story() -> None:
        async with counter.running():
            counter.display.show(PAID)
            await anyio.sleep(600)
            assert counter.shows(PAID)
            assert OPENED[-1].restored in (59, 60)

    play(story)


class Glass(Delicate):
    """An LCD, as far as the worker can tell: nothing on it ages."""

    @property
    def burns_in(self) -> bool:
        return False


@pytest.mark.parametrize("kind", [Delicate, Glass])
def test_at_rest_the_panel_is_woken_once_a_minute_and_set_up_again(
    tmp_path: Path, kind: type[Delicate]
) -> None:
    counter = Counter(tmp_path, kind=kind)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)
            first = counter.jobs
            await anyio.sleep(10 * 60)
            assert counter.jobs - first == OPENED[-1].restored == 10

    play(story)


def test_paper_at_rest_is_left_alone(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Paper)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)
            first = counter.jobs
            await anyio.sleep(24 * 3600)
            assert counter.jobs == first

    play(story)


def test_a_wandering_picture_loses_nothing() -> None:
    picture = Image.new("1", (20, 20))
    picture.paste(1, (2, 2, 18, 18))
    places = {
        move_picture(picture, DIM_AFTER + minute * MOVE_EVERY).tobytes() for minute in range(10)
    }
    assert len(places) == 10
    for minute in range(10):
        moved = move_picture(picture, DIM_AFTER + minute * MOVE_EVERY)
        box = moved.getbbox()
        assert box
        assert (box[2] - box[0], box[3] - box[1]) == (16, 16)


def test_a_qr_is_for_cameras_once_and_then_for_people() -> None:
    assert viewer_of(scan_me(), is_new=True, idle_for=0) is Viewer.CAMERA
    assert viewer_of(scan_me(), is_new=False, idle_for=0) is Viewer.PERSON
    assert viewer_of(PAID, is_new=True, idle_for=0) is Viewer.PERSON
    assert viewer_of(IDLE, is_new=False, idle_for=DIM_AFTER) is Viewer.NOBODY


def test_rounding_never_asks_for_a_wait_in_which_the_clock_stands_still() -> None:
    settings = Delicate(driver="fake")
    sender = PictureSender(settings, language="es", shop="Rosa")
    shown_at = 46 / 7
    now = shown_at + settings.restore_every
    assert now - shown_at < settings.restore_every  # by rounding
    sender.send(
        settings.open(), PAID, now=shown_at, idle_for=0, is_new=True, outdated=lambda: False
    )
    wait = sender.seconds_until_next(PAID, now=now, idle_for=0)
    assert now + wait - shown_at >= settings.restore_every


def test_slow_paper_skips_what_passes_and_rests_after_each_picture(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Paper)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(10)
            counter.display.show(WORKING)
            await anyio.sleep(1)  # the order is there before the paper would have turned
            counter.display.show(scan_me())
            await anyio.sleep(1)
            counter.display.show(PAID)
            counter.display.show(IDLE)
            await anyio.sleep(10)
            assert counter.shows(IDLE, scan_me(), IDLE)
            counter.display.show(WORKING)
            await anyio.sleep(10)
            assert counter.shows(IDLE, scan_me(), IDLE, WORKING)

    play(story)


def test_paper_shows_whole_minutes_and_few_of_them(tmp_path: Path) -> None:
    counter = Counter(tmp_path, kind=Paper)

    async def story() -> None:
        async with counter.running():
            begun = anyio.current_time() + 3.5
            await anyio.sleep(3.5)
            counter.display.show(scan_me(until=begun + 300, begun=begun))
            await anyio.sleep(310)
            assert len(counter.frames()) == 6  # 5 min, 4, 3, 2, 1 and 0
            assert OPENED[-1].viewers == [Viewer.CAMERA] + 5 * [Viewer.PERSON]

    play(story)


# --- static and hybrid ----------------------------------------------------------------------------


def test_in_static_mode_the_configured_qr_is_drawn(tmp_path: Path) -> None:
    counter = Counter(tmp_path, more={"printed_qr": argentina("9999")})

    async def story() -> None:
        async with counter.running():
            counter.display.show(Show(Screen.SCAN_ME, AMOUNT, "R"))
            await anyio.sleep(1)
            assert read_qr(counter.frames()[-1]) == [argentina("9999")]
            counter.display.show(scan_me())
            await anyio.sleep(1)
            assert read_qr(counter.frames()[-1]) == [argentina()]

    play(story)


@pytest.mark.parametrize("way_out", ["printed_code", "out_of_service"])
def test_a_qr_too_large_goes_the_way_that_was_configured(
    tmp_path: Path, way_out: str, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter(tmp_path, more={"qr_too_large": way_out})
    too_large = scan_me(qr_data="x" * 2900, until=1000.0)

    async def story() -> None:
        async with counter.running():
            counter.display.show(too_large)
            await anyio.sleep(10)
            if way_out == "printed_code":
                assert counter.events() == []
                printed = Show(Screen.SCAN_ME, AMOUNT, "R", until=1000.0)
                assert counter.frames()[0].tobytes() == counter.picture(printed).tobytes()
                assert len(counter.frames()) >= 10  # the time left goes on
            else:
                assert counter.events() == [DeviceFailed]

    play(story)
    said = [line for line in caplog.messages if "pixels" in line]
    assert len(said) == 1
