"""Real drivers in trouble, under the worker: the counter hears of it, and all comes back alone."""

from __future__ import annotations

import errno
import fcntl
import sys
import threading
import types
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import anyio
import pytest
import smbus2
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image

from kiosk.base.money import Money
from kiosk.display import PanelSettings
from kiosk.display.epaper import EpaperSettings
from kiosk.display.framebuffer import FramebufferSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.oled import OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.events import DeviceFailed, DeviceRecovered, Event, QrShown
from kiosk.sale.words import Screen
from kiosk.shell.panel_worker import LONGEST_PAUSE, PanelWorker
from tests.display.models.buses import OpenedI2c, SpiDev
from tests.display.models.colours import shown
from tests.display.models.dcs import Gc9a01, Ili9341
from tests.display.models.epaper import Ssd16xx
from tests.display.models.screen import Screen as HdmiScreen
from tests.display.models.ssd1306 import Ssd1306
from tests.display.reading import argentina, read_qr
from tests.shell.panel_counter import play

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

T = TypeVar("T")
QR = Show(Screen.SCAN_ME, Money.of("1234.56", "ARS"), "R", argentina())
PAID, IDLE = Show(Screen.PAID, Money.of("1234.56", "ARS"), "R"), Show(Screen.IDLE)


@pytest.fixture(autouse=True)
def _pins() -> Iterator[None]:
    Device.pin_factory = factory = MockFactory()
    yield
    factory.reset()
    Device.pin_factory = None


class Counter:
    """A display on virtual time; what blocks is done in place."""

    def __init__(self, settings: PanelSettings) -> None:
        self.settings = settings
        self.heard: list[type[Event]] = []
        self.problems: list[str] = []  # what the status file says
        self.display = PanelWorker(
            settings,
            language="es",
            shop="Rosa",
            offload=self.offload,
            deliver=self.deliver,
            on_problem=self.problems.append,
        )

    async def offload(self, work: Callable[[], T], /) -> T:
        try:
            return work()
        finally:
            await anyio.lowlevel.checkpoint()

    async def deliver(self, event: Event) -> None:
        if not isinstance(event, QrShown):
            self.heard.append(type(event))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.display.run)
            yield
            tasks.cancel_scope.cancel()

    def picture(self, show: Show) -> bytes:
        canvas = Canvas.of(self.settings, "es", "Rosa")
        return draw(show, canvas, 0).convert("L").tobytes()


def seen(glass: Image.Image) -> bytes:
    return glass.convert("L").tobytes()


def spidev(monkeypatch: pytest.MonkeyPatch, bus: Callable[[], SpiDev]) -> None:
    module = types.ModuleType("spidev")
    module.SpiDev = bus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spidev", module)


def test_an_i2c_bus_that_throws_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = Ssd1306()
    bus = OpenedI2c(chip)
    monkeypatch.setattr(smbus2, "SMBus", lambda _: bus)
    counter = Counter(OledSettings(driver="oled", chip="ssd1306"))

    async def story() -> None:
        async with counter.running():
            counter.display.show(QR)
            await anyio.sleep(1)
            assert read_qr(chip.glass()) == [argentina()]
            bus.unplugged = True
            counter.display.show(PAID)
            await anyio.sleep(60)
            assert counter.heard == [DeviceFailed]
            assert counter.display.shown is None
            assert "/dev/i2c-1, address 0x3C cannot be reached" in counter.problems[-1]
            bus.unplugged = False
            await anyio.sleep(LONGEST_PAUSE * 1.1 + 1)  # the jitter is 10 %
            assert counter.heard == [DeviceFailed, DeviceRecovered]
            assert counter.problems[-1] == ""
            assert seen(chip.glass()) == counter.picture(PAID)

    play(story)


def test_an_spi_bus_that_throws_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel is off for that time, too: it has forgotten its settings and its picture."""
    chip, broken = Gc9a01(), threading.Event()

    class Bus(SpiDev):
        def writebytes(self, message: Iterable[int]) -> None:
            if broken.is_set():
                raise OSError(errno.EIO, "Input/output error")
            super().writebytes(message)

    spidev(monkeypatch, lambda: Bus(chip, 24))
    counter = Counter(LcdSettings(driver="lcd", chip="gc9a01", dc=24))

    async def story() -> None:
        async with counter.running():
            counter.display.show(QR)
            await anyio.sleep(1)
            assert read_qr(chip.glass()) == [argentina()]
            broken.set()
            chip.lose_power()
            counter.display.show(PAID)
            await anyio.sleep(60)
            assert counter.heard == [DeviceFailed]
            broken.clear()
            await anyio.sleep(LONGEST_PAUSE * 1.1 + 1)  # the jitter is 10 %
            assert counter.heard == [DeviceFailed, DeviceRecovered]
            assert shown(chip, draw(PAID, Canvas.of(counter.settings, "es", "Rosa"), 0))

    play(story)


def test_an_oled_unplugged_while_nothing_happens_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bus = OpenedI2c(Ssd1306())
    monkeypatch.setattr(smbus2, "SMBus", lambda _: bus)
    counter = Counter(OledSettings(driver="oled", chip="ssd1306"))

    async def story() -> None:
        async with counter.running():
            counter.display.show(PAID)
            await anyio.sleep(20)
            bus.unplugged = True
            await anyio.sleep(counter.settings.restore_every + 1)
            assert counter.heard == [DeviceFailed]

    play(story)


@pytest.mark.parametrize("kind", ["oled", "lcd"])
def test_a_panel_whose_plug_was_loose_for_a_second_is_set_up_again(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent meanwhile, and nothing throws: the panel is dark and does not say so."""
    settings: PanelSettings
    if kind == "oled":
        chip: Ssd1306 | Ili9341 = Ssd1306()
        bus = OpenedI2c(chip)
        monkeypatch.setattr(smbus2, "SMBus", lambda _: bus)
        settings = OledSettings(driver="oled", chip="ssd1306")
    else:
        chip = Ili9341()
        spidev(monkeypatch, lambda: SpiDev(chip, 24))
        settings = LcdSettings(driver="lcd", chip="ili9341", dc=24)
    counter = Counter(settings)

    async def story() -> None:
        async with counter.running():
            counter.display.show(QR)
            await anyio.sleep(1)
            vars(chip).update(vars(type(chip)()))
            assert read_qr(chip.glass()) == []
            await anyio.sleep(settings.restore_every)
            assert read_qr(chip.glass()) == [argentina()]
            assert counter.heard == []

    play(story)


def counter_with_oled(monkeypatch: pytest.MonkeyPatch) -> tuple[Ssd1306, Counter]:
    chip = Ssd1306()
    monkeypatch.setattr(smbus2, "SMBus", lambda _: OpenedI2c(chip))
    return chip, Counter(OledSettings(driver="oled", chip="ssd1306"))


def test_a_plug_that_was_loose_in_the_night_costs_the_first_payer_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At rest the panel is seldom set up again: so it is after the first picture of a sale."""
    chip, counter = counter_with_oled(monkeypatch)

    async def story() -> None:
        async with counter.running():
            counter.display.show(Show(Screen.IDLE))
            await anyio.sleep(8 * 3600 + 30)
            vars(chip).update(vars(Ssd1306()))
            counter.display.show(QR)
            await anyio.sleep(0.1)
            assert read_qr(chip.glass()) == [argentina()]

    play(story)


def test_a_plug_that_is_loose_while_the_time_left_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each second the panel gets a new picture, which does not switch it on again."""
    chip, counter = counter_with_oled(monkeypatch)

    async def story() -> None:
        async with counter.running():
            counter.display.show(replace(QR, until=anyio.current_time() + 300))
            await anyio.sleep(2.5)
            vars(chip).update(vars(Ssd1306()))
            await anyio.sleep(counter.settings.restore_every)
            assert read_qr(chip.glass()) == [argentina()]

    play(story)


@pytest.mark.parametrize("trouble", ["stuck", "unplugged"])
def test_paper_whose_busy_line_does_not_move_as_it_should(
    trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chip = Ssd16xx((122, 250), (17, 24))
    spidev(monkeypatch, lambda: SpiDev(chip, 25))
    counter = Counter(
        EpaperSettings(
            driver="epaper", panel="epd-2.13", dc=25, reset=17, busy=24, busy_timeout=0.1
        )
    )

    async def story() -> None:
        async with counter.running():
            counter.display.show(QR)
            await anyio.sleep(1)
            assert read_qr(chip.glass()) == [argentina()]
            setattr(chip, trouble, True)
            counter.display.show(PAID)
            await anyio.sleep(100)
            assert counter.heard == [DeviceFailed]
            setattr(chip, trouble, False)
            if trouble == "stuck":
                chip.busy()  # it comes to itself
            await anyio.sleep(LONGEST_PAUSE + 5)
            assert counter.heard == [DeviceFailed, DeviceRecovered]
            assert seen(chip.glass()) == counter.picture(PAID)

    play(story)
    assert seen(chip.glass()) == b"\xff" * (250 * 122)  # a shutdown leaves it empty


def test_a_screen_on_hdmi_that_changes_its_size_while_a_payer_scans(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    screen = HdmiScreen(tmp_path / "fb0", (320, 240))
    monkeypatch.setattr(fcntl, "ioctl", screen.ioctl)
    counter = Counter(FramebufferSettings(driver="framebuffer", device=screen.path))

    async def story() -> None:
        async with counter.running():
            counter.display.show(QR)
            await anyio.sleep(1)
            assert read_qr(screen.glass()) == [argentina()]
            screen.show_mode((400, 300))
            await anyio.sleep(counter.settings.restore_every + 2)
            assert counter.heard == [DeviceFailed, DeviceRecovered]
            assert read_qr(screen.glass()) == [argentina()]
            screen.path.unlink()
            await anyio.sleep(counter.settings.restore_every)
            assert counter.heard[2:] == [DeviceFailed]
            screen.show_mode((320, 240))
            await anyio.sleep(LONGEST_PAUSE * 1.2)
            assert counter.heard[3:] == [DeviceRecovered]
            assert read_qr(screen.glass()) == [argentina()]

    play(story)
    assert screen.glass().getextrema() == ((0, 0),) * 3
