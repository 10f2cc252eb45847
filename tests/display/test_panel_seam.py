"""What every panel driver keeps to: the fake, and the others on stub buses, by the same cases."""

from __future__ import annotations

import errno
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import smbus2
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.display import PanelSettings, Viewer
from kiosk.display.chips.lcd_glass import LcdChip
from kiosk.display.epaper import EpaperSettings
from kiosk.display.fake import FakePanelSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.oled import OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.paint import blank
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models.buses import OpenedI2c, SpiDev
from tests.display.models.dcs import Dcs, St7735, St7796
from tests.display.models.epaper import Ssd16xx
from tests.display.models.ssd1306 import Ssd1306

pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")


@dataclass
class Mounted:
    """A panel on the counter: its settings, its glass, and its plug."""

    settings: PanelSettings
    glass: Callable[[], Image.Image]
    plug: Callable[[bool], object]


def fake(tmp_path: Path, _: pytest.MonkeyPatch) -> Mounted:
    switch, frames = tmp_path / "unplugged", tmp_path / "frames"

    def glass() -> Image.Image:
        with Image.open(max(frames.glob("*.png"))) as last:
            return last.copy()

    def plug(plugged: bool) -> None:
        switch.unlink(missing_ok=True) if plugged else switch.touch()

    settings = FakePanelSettings(
        driver="fake", size=(128, 64), frames=frames, fail_while=switch, glass="emissive"
    )
    return Mounted(settings, glass, plug)


def oled(_: Path, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    chip = Ssd1306()
    bus = OpenedI2c(chip)
    monkeypatch.setattr(smbus2, "SMBus", lambda _: bus)

    def plug(plugged: bool) -> None:
        bus.unplugged = not plugged

    return Mounted(OledSettings(driver="oled", chip="ssd1306"), chip.glass, plug)


def lcd(_: Path, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    return lcd_with(St7735(), "st7735", monkeypatch)


def own_lcd(_: Path, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    return lcd_with(St7796(), "st7796", monkeypatch)


def lcd_with(chip: Dcs, name: LcdChip, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    bus: list[str] = []

    class Bus(SpiDev):
        def writebytes(self, message: Iterable[int]) -> None:
            if bus:
                raise OSError(errno.EIO, "Input/output error")
            super().writebytes(message)

    spidev(monkeypatch, lambda: Bus(chip, 24))

    def plug(plugged: bool) -> None:
        bus[:] = [] if plugged else ["unplugged"]

    return Mounted(LcdSettings(driver="lcd", chip=name, dc=24), chip.glass, plug)


def epaper(_: Path, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    chip = Ssd16xx((122, 250), (17, 24))
    spidev(monkeypatch, lambda: SpiDev(chip, 25))

    def plug(plugged: bool) -> None:
        chip.unplugged = not plugged

    settings = EpaperSettings(
        driver="epaper", panel="epd-2.13", dc=25, reset=17, busy=24, busy_timeout=0.1
    )
    return Mounted(settings, chip.glass, plug)


def spidev(monkeypatch: pytest.MonkeyPatch, bus: Callable[[], SpiDev]) -> None:
    module = types.ModuleType("spidev")
    module.SpiDev = bus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spidev", module)


@pytest.fixture(autouse=True)
def _pins() -> Iterator[None]:
    Device.pin_factory = factory = MockFactory()
    yield
    factory.reset()
    Device.pin_factory = None


@pytest.fixture(params=[fake, oled, lcd, own_lcd, epaper])
def mounted(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mounted:
    found: Mounted = request.param(tmp_path, monkeypatch)
    return found


def picture(mounted: Mounted, screen: Screen = Screen.PAID) -> Image.Image:
    settings = mounted.settings
    return draw(Show(screen), Canvas(settings.pixels, "es", "", settings.surface), 0)


def sees(mounted: Mounted, image: Image.Image) -> bool:
    return mounted.glass().convert("L").tobytes() == image.convert("L").tobytes()


def test_the_size_is_known_without_the_panel(mounted: Mounted) -> None:
    mounted.plug(False)
    assert mounted.settings.pixels in ((128, 64), (160, 128), (250, 122), (480, 320))
    assert mounted.settings.redraw_every >= 1


@pytest.mark.parametrize("mode", ["1", "RGB"])
def test_both_modes_are_shown_as_they_are(mounted: Mounted, mode: str) -> None:
    panel = mounted.settings.open()
    panel.show(picture(mounted).convert(mode))
    assert sees(mounted, picture(mounted))
    panel.close()


def test_a_closed_panel_shows_nothing(mounted: Mounted) -> None:
    panel = mounted.settings.open()
    panel.show(picture(mounted))
    panel.close()
    assert sees(mounted, blank(mounted.settings.pixels, mounted.settings.surface))


def test_a_renewed_panel_shows_what_it_showed(mounted: Mounted) -> None:
    panel = mounted.settings.open()
    panel.show(picture(mounted), Viewer.PERSON)
    panel.restore()
    assert sees(mounted, picture(mounted))
    panel.close()


def test_a_panel_that_is_not_there_cannot_be_opened(mounted: Mounted) -> None:
    mounted.plug(False)
    with pytest.raises(DeviceGone):
        mounted.settings.open()


def test_a_panel_that_was_unplugged_can_be_opened_again(mounted: Mounted) -> None:
    panel = mounted.settings.open()
    mounted.plug(False)
    with pytest.raises(DeviceGone):
        panel.show(picture(mounted))
    with pytest.raises(DeviceGone):
        panel.close()
    mounted.plug(True)
    panel = mounted.settings.open()
    panel.show(picture(mounted, Screen.CANCELED))
    assert sees(mounted, picture(mounted, Screen.CANCELED))
    panel.close()
