"""The LCD driver: the very picture on the glass, the backlight, and chips that must be told more."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image
from pydantic import ValidationError

from kiosk.display.chips.lcd_glass import LcdChip as Chip
from kiosk.display.lcd import Lcd, LcdSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models import dcs
from tests.display.models.buses import SpiDev
from tests.display.models.colours import shown

DC, RESET, LIGHT = 24, 25, 18


@pytest.fixture(autouse=True)
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = None


def lcd(chip: Chip = "ili9341", **more: Any) -> LcdSettings:
    return LcdSettings.model_validate({"driver": "lcd", "chip": chip, "dc": DC, **more})


def picture(settings: LcdSettings) -> Image.Image:
    return draw(Show(Screen.PAID), Canvas(settings.pixels, "es"), 0)


def mounted(monkeypatch: pytest.MonkeyPatch, settings: LcdSettings, model: dcs.Dcs) -> Lcd:
    module = types.ModuleType("spidev")
    module.SpiDev = lambda: SpiDev(model, DC)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spidev", module)
    return settings.open()


@pytest.mark.parametrize(("inverted", "level"), [("no", True), ("yes", False)])
def test_the_backlight_is_lit_while_the_panel_is_open(
    inverted: str, level: bool, pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = lcd(reset=RESET, backlight=LIGHT, backlight_inverted=inverted)
    panel = mounted(monkeypatch, settings, dcs.Ili9341())
    line: Any = pins.pin(LIGHT)
    assert line.state is level
    panel.show(picture(settings))
    panel.close()
    assert [state.state for state in line.states][-1] is not level


def test_a_panel_that_lost_its_power_is_set_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for model, settings in (
        (dcs.Ili9341(), lcd()),
        (dcs.St7789Inch20(), lcd("st7789", size="320x240")),
        (dcs.St7735(), lcd("st7735")),
    ):
        panel = mounted(monkeypatch, settings, model)
        panel.show(picture(settings))
        model.obey(0x01, [])  # what power does to it, too
        assert not shown(model, picture(settings))
        panel.restore()
        assert shown(model, picture(settings))
        panel.close()


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_panel_gets_the_picture_turned(
    rotate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, model = lcd(rotate=rotate), dcs.Ili9341()
    panel = mounted(monkeypatch, settings, model)
    panel.show(picture(settings))
    assert shown(model, picture(settings), rotate)
    panel.close()


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"size": "100x100"}, "ili9341 does not have that size; write one of 320x240"),
        ({"v_offset": "1"}, "1 is too much: ili9341 has 0 columns or rows more; write 0 or less"),
        ({"chip": "st7789", "h_offset": "81"}, "81 is too much: .* 80 .*; write 80 or less"),
        ({"chip": "st7789", "size": "240x320"}, "write 320x240, and rotate: 90 for a panel that"),
        ({"chip": "st7789v2"}, "'st7789v2' is the seller's name; write st7789"),
        (
            {"chip": "ILI9225"},
            "'ILI9225' is known, not supported: the kiosk has no driver for it; use",
        ),
        (
            {"chip": "ssd1963"},
            "not supported: it needs a parallel bus or a video signal; use a panel with st7789",
        ),
        ({"spi_mode": "1"}, "1 is not an SPI mode of panels; write 0 or 3"),
        ({"invert": "yes", "inverted": "no"}, "the old name of invert; remove inverted"),
        ({"backlight_inverted": "yes"}, "no effect without backlight; write backlight: and its"),
        ({"spi_megahertz": "7"}, "7 is not a valid SPI clock; write one of 1, 2, 4"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_to_write(
    settings: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValidationError, match=fault):
        lcd(**{"chip": "ili9341", **settings})
