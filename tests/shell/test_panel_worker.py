"""The display's worker: the latest picture wins, a lost panel comes back, no QR is left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import anyio
import pytest
from PIL import Image
from trio.testing import MockClock

from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.fake import FakePanelSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.layout import Box
from kiosk.sale.effects import Show
from kiosk.sale.events import DeviceFailed, DeviceRecovered, Event
from kiosk.sale.words import Fault, Screen
from kiosk.shell.panel_worker import PanelWorker
from tests.display.reading import argentina, read_qr

T = TypeVar("T")

AMOUNT = Money.of("1234.56", "ARS")
IDLE, PAID = Show(Screen.IDLE), Show(Screen.PAID, AMOUNT, "R-8F3K2Q")


def scan_me(until: float | None = None, begun: float = 0.0, qr_data: str = "") -> Show:
    return Show(Screen.SCAN_ME, AMOUNT, "R", qr_data or argentina(), begun, until)


class Unhurried(FakePanelSettings):
    """A panel that bears a new picture once a minute."""

    @property
    def redraw_every(self) -> float:
        return 60.0


@dataclass
class Counter:
    """A counter with a fake panel whose work takes virtual time."""

    folder: Path
    size: str = "250x122"
    work_takes: float = 0.0
    kind: type[FakePanelSettings] = FakePanelSettings
    heard: list[tuple[float, Event]] = field(default_factory=list)
    jobs: int = 0

    def __post_init__(self) -> None:
        self.switch = self.folder / "unplugged"
        self.frames_folder = self.folder / "frames"
        self.settings = self.kind.model_validate(
            {
                "driver": "fake",
                "size": self.size,
                "frames": str(self.frames_folder),
                "fail_while": str(self.switch),
            }
        )
        self.display = PanelWorker(
            self.settings, language="es", shop="Rosa", offload=self.offload, deliver=self.deliver
        )

    async def offload(self, work: Callable[[], T], /) -> T:
        self.jobs += 1
        try:
            return work()
        finally:
            with anyio.CancelScope(shield=True):  # a thread's job is waited for
                await anyio.sleep(self.work_takes)

    async def deliver(self, event: Event) -> None:
        self.heard.append((anyio.current_time(), event))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.display.run)
            yield
            tasks.cancel_scope.cancel()

    def frames(self) -> list[Image.Image]:
        return [Image.open(file).copy() for file in sorted(self.frames_folder.glob("*.png"))]

    def picture(self, show: Show, now: float = 0.0) -> Image.Image:
        size, look = self.settings.pixels, self.settings.look
        return draw(show, Canvas(size, "es", "Rosa", look), now)

    def shows(self, *expected: Show) -> bool:
        """Return whether the frames so far are exactly these."""
        return pixels(self.frames()) == pixels([self.picture(show) for show in expected])

    def events(self) -> list[type[Event]]:
        return [type(event) for _, event in self.heard]


def pixels(frames: list[Image.Image]) -> list[bytes]:
    return [frame.convert("L").tobytes() for frame in frames]


def play(story: Callable[[], Awaitable[None]]) -> None:
    clock = MockClock(autojump_threshold=0)
    anyio.run(story, backend="trio", backend_options={"clock": clock})


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


def test_a_picture_overtaken_while_it_was_drawn_is_never_sent(tmp_path: Path) -> None:
    counter = Counter(tmp_path)

    class Interrupting(Canvas):
        """Something new is wanted at the moment the drawing asks for the room there is."""

        @property
        def room(self) -> Box:
            if counter.display._wanted is IDLE:
                counter.display.show(PAID)
            return Box(0, 0, *self.pixels)

    counter.display._canvas = Interrupting((250, 122), "es", "Rosa", Surface.PAPER)

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)
            assert counter.shows(PAID)

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


# --- a panel that is lost ---------------------------------------------------------------------


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
            await anyio.sleep(1 + 2 + 4 + 8 + 16 + 0.5)
            assert counter.jobs == 6
            await anyio.sleep(30 * 10)
            assert counter.jobs == 16
            counter.switch.unlink()
            await anyio.sleep(30)
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
    counter = Counter(tmp_path)
    counter.display._canvas = replace(counter.display._canvas, language="klingon")

    async def story() -> None:
        async with counter.running():
            counter.display.show(IDLE)
            await anyio.sleep(1)

    with pytest.RaisesGroup(KeyError):
        play(story)
