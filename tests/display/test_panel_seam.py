"""What every panel driver keeps to: the fake and the OLED on a stub bus, through the same cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import smbus2
from PIL import Image

from kiosk.display import PanelSettings
from kiosk.display.canvas import Canvas
from kiosk.display.fake import FakePanelSettings
from kiosk.display.oled import OledSettings
from kiosk.display.paint import blank
from kiosk.display.screens import draw
from kiosk.errors import DeviceGone
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models.buses import OpenedI2c
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


@pytest.fixture(params=[fake, oled])
def mounted(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mounted:
    found: Mounted = request.param(tmp_path, monkeypatch)
    return found


def picture(mounted: Mounted, screen: Screen = Screen.PAID) -> Image.Image:
    settings = mounted.settings
    return draw(Show(screen), Canvas(settings.pixels, "es", "", settings.look), 0)


def sees(mounted: Mounted, image: Image.Image) -> bool:
    return mounted.glass().convert("L").tobytes() == image.convert("L").tobytes()


def test_the_size_is_known_without_the_panel(mounted: Mounted) -> None:
    mounted.plug(False)
    assert mounted.settings.pixels == (128, 64)
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
    assert sees(mounted, blank((128, 64), mounted.settings.look))


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
