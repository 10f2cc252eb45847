"""Glass as it is sold: inverted, with blue before red, at an offset, round, or with round corners."""

from __future__ import annotations

from typing import Any

import luma.lcd.device
import pytest
from PIL import Image, ImageDraw

from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.lcd import Lcd, LcdSettings
from kiosk.display.oled import Oled, OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, sample_named
from tests.display.models import dcs, solomon, ssd1306
from tests.display.models.colours import shown
from tests.display.mounted import LCDS, OLEDS, Mounted, Wire, mount
from tests.display.reading import argentina, brazil, has_zbar, read_qr, read_with_zbar

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

NEW = [
    *("st7789-1.14", "st7789-1.47", "st7789-1.69", "st7789-1.9", "ili9486-3.5", "ili9488-3.5"),
    *("st7796-3.5", "gc9a01-1.28"),
]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the pauses in which a real chip starts."""
    monkeypatch.setattr(luma.lcd.device, "sleep", lambda _: None)


def lcd(model: dcs.Dcs, chip: str, size: tuple[int, int], **more: str) -> Mounted:
    given = {"driver": "lcd", "chip": chip, "size": size, "dc": "24", **more}
    settings = LcdSettings.model_validate(given)
    return Mounted(settings, Lcd(settings, Wire(model), GpioLines()), model)


def oled(model: Any, chip: str, **more: str) -> Mounted:
    given = {"driver": "oled", "chip": chip, "interface": "spi", "dc": "24", **more}
    settings = OledSettings.model_validate(given)
    return Mounted(settings, Oled(settings, Wire(model)), model)


def coloured(mounted: Mounted) -> Image.Image:
    """Return a picture that is neither its own opposite nor the same with red and blue exchanged."""
    picture = Image.new("RGB", mounted.settings.pixels)
    ImageDraw.Draw(picture).polygon([(0, 0), (50, 0), (0, 40)], fill="#ffcc00", outline="white")
    return picture


def is_right(mounted: Mounted) -> bool:
    mounted.panel.show(coloured(mounted))
    right = mounted.shows(coloured(mounted))
    mounted.panel.close()
    return right


SOME = [("ili9486", (320, 480)), ("st7789", (240, 240)), ("st7796", (480, 320))]
LCD_GLASSES = [
    pytest.param(*glass, marks=() if glass in SOME else pytest.mark.slow) for glass in LCDS
]


@pytest.mark.parametrize(("chip", "size"), LCD_GLASSES)
def test_an_lcd_is_made_right_by_its_settings(chip: str, size: tuple[int, int]) -> None:
    usual = LCDS[chip, size]

    class OtherGlass(usual):  # type: ignore[valid-type, misc]
        inverted_glass = not usual.inverted_glass

    class OtherOrder(usual):  # type: ignore[valid-type, misc]
        blue_first = not usual.blue_first

    assert is_right(lcd(usual(), chip, size))
    assert not is_right(lcd(usual(), chip, size, invert="yes"))
    assert not is_right(lcd(OtherGlass(), chip, size))
    assert is_right(lcd(OtherGlass(), chip, size, invert="yes"))
    assert not is_right(lcd(OtherOrder(), chip, size))
    assert is_right(lcd(OtherOrder(), chip, size, bgr="yes"))


@pytest.mark.parametrize("chip", OLEDS)
def test_inverted_oled_glass_is_made_right(chip: str) -> None:
    usual = OLEDS[chip]

    class OtherGlass(usual):  # type: ignore[valid-type, misc]
        inverted_glass = True

    assert is_right(oled(usual(), chip))
    assert not is_right(oled(usual(), chip, invert="yes"))
    assert not is_right(oled(OtherGlass(), chip))
    assert is_right(oled(OtherGlass(), chip, invert="yes"))


@pytest.mark.parametrize("chip", ["ssd1331", "ssd1351"])
def test_a_colour_oled_with_blue_first_is_made_right(chip: str) -> None:
    usual: type[solomon.Ssd1351] = OLEDS[chip]

    class BlueFirst(usual):  # type: ignore[valid-type, misc]
        blue_first = True

    assert not is_right(oled(BlueFirst(), chip))
    assert is_right(oled(BlueFirst(), chip, bgr="yes"))


def test_the_name_that_the_setting_had_before_is_still_understood() -> None:
    class Ips(dcs.St7735):
        inverted_glass = True

    assert is_right(lcd(Ips(), "st7735", (160, 128), inverted="yes"))


def test_a_glass_in_the_middle_of_the_memory_needs_offsets() -> None:
    size = (160, 128)
    assert not is_right(lcd(dcs.St7735GreenTab(), "st7735", size))
    assert is_right(lcd(dcs.St7735GreenTab(), "st7735", size, h_offset="1", v_offset="2"))


@pytest.mark.parametrize("mirrored", [dcs.St7789, ssd1306.Ssd1306])
def test_a_mirrored_panel_is_made_right(mirrored: type[Any]) -> None:
    def mounted(**more: str) -> Mounted:
        if mirrored is dcs.St7789:
            return lcd(dcs.St7789(), "st7789", (240, 240), **more)
        return oled(ssd1306.Ssd1306(), "ssd1306", **more)

    assert is_right(mounted())
    panel = mounted(mirror="yes")
    panel.panel.show(coloured(panel))
    assert shown(panel.model, coloured(panel).transpose(Image.Transpose.FLIP_LEFT_RIGHT))


@pytest.mark.parametrize(
    "rotate", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (90, 180, 270))]
)
@pytest.mark.parametrize("name", NEW)
def test_a_qr_is_read_off_every_new_glass(name: str, rotate: int) -> None:
    for text in (argentina(), brazil()):
        mounted = mount(name, rotate=rotate)
        mounted.panel.show(mounted.scan_me(text))
        assert mounted.shows(mounted.scan_me(text))
        seen = mounted.glass().rotate(rotate, expand=True)
        assert read_qr(seen, border=0) == [text]
        if has_zbar():
            assert read_with_zbar(seen, border=0) == [text]


@pytest.mark.parametrize("name", ["gc9a01-1.28", "st7789-1.47", "st7789-1.69"])
def test_nothing_is_drawn_where_a_corner_is_cut_off(name: str) -> None:
    mounted = mount(name)
    canvas = Canvas.of(PANELS[name], "pt", "Rosa")
    for screen in SAMPLE_NAMES:
        picture = draw(sample_named(screen, "pt"), canvas, NOW)
        mounted.panel.show(picture)
        assert mounted.shows(picture), screen


@pytest.mark.parametrize("name", NEW)
def test_a_new_panel_that_lost_its_power_is_set_up_again(name: str) -> None:
    mounted = mount(name)
    picture = mounted.scan_me(argentina())
    mounted.panel.show(picture)
    mounted.model.lose_power()
    assert not mounted.shows(picture)
    mounted.panel.restore()
    assert mounted.shows(picture)
