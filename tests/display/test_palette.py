"""What each panel can show: drawn for it, and driven so."""

from __future__ import annotations

from typing import get_args

import luma.oled.device
import pytest
from PIL import Image

from kiosk.display import Palette, as_mode
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.chips.lcd_glass import LcdChip
from kiosk.display.epaper import EpaperSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.oled import SIZES, Chip, OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.mounted import mount
from tests.support.examples import sampled

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")


@pytest.mark.parametrize("name", sampled(PANELS, 3))
def test_a_panel_with_a_name_is_what_its_driver_says(name: str) -> None:
    assert Canvas.of(PANELS[name], "es", "Rosa") == Canvas.of(mount(name).settings, "es", "Rosa")


@pytest.mark.parametrize("name", sampled(PANELS, 3))
def test_a_picture_has_the_mode_of_the_panel(name: str) -> None:
    canvas = Canvas.of(PANELS[name], "es", "Rosa")
    for screen in (Screen.IDLE, Screen.PAID):
        assert draw(Show(screen), canvas, 0).mode == canvas.palette.mode


class Nothing:
    """A bus that nobody listens to."""

    def command(self, *_: int) -> None: ...

    def data(self, _: object) -> None: ...

    def cleanup(self) -> None: ...


@pytest.mark.parametrize("chip", get_args(Chip))
def test_every_oled_chip_has_the_colours_that_luma_drives(chip: Chip) -> None:
    width, height = SIZES[chip][0]
    device = getattr(luma.oled.device, chip)(Nothing(), width=width, height=height)
    settings = OledSettings(driver="oled", chip=chip, interface="spi", dc=24)
    assert (settings.palette is Palette.MONO) == (device.mode == "1")
    greys = luma.oled.device.greyscale_device
    assert (settings.palette is Palette.GREY) == isinstance(device, greys)


def test_every_lcd_has_colours_and_no_epaper_has() -> None:
    for chip in get_args(LcdChip):
        assert LcdSettings(driver="lcd", chip=chip, dc=24).palette is Palette.COLOUR
    paper = EpaperSettings(driver="epaper", panel="epd-2.13", dc=25, reset=17, busy=24)
    assert paper.palette is Palette.MONO


@pytest.mark.parametrize("name", ["ssd1306-0.96", "epd-2.13", "inky-phat"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_shades_on_a_panel_without_any_are_cut_at_the_middle_and_never_scattered(
    name: str, mode: str
) -> None:
    mounted = mount(name)
    shades = Image.linear_gradient("L").resize(mounted.settings.pixels)
    mounted.panel.show(shades.convert(mode))
    seen = mounted.glass().convert("L")
    assert seen.tobytes() == shades.point([0] * 128 + [255] * 128).tobytes()


def test_a_picture_is_cut_by_its_brightness() -> None:
    colours = Image.new("RGB", (4, 1))
    for x, colour in enumerate(["#000000", "#7f7f7f", "#808080", "#ffff00"]):
        colours.paste(colour, (x, 0, x + 1, 1))
    assert list(as_mode(colours, "1").convert("L").tobytes()) == [0, 0, 255, 255]
