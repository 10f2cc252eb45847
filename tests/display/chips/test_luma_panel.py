"""Every chip that luma drives takes a picture in every size, and none of luma's is forgotten."""

from __future__ import annotations

from typing import Any, get_args

import luma.lcd.device
import luma.oled.device
import pytest

from kiosk.display import lcd, oled
from kiosk.display.chips.luma_panel import LumaPanel, LumaSettings
from kiosk.display.lcd import Lcd, LcdSettings
from kiosk.display.oled import Oled, OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.support.examples import sampled

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

OLEDS = [(Oled, OledSettings, chip, size) for chip in oled.SIZES for size in oled.SIZES[chip]]
LCDS = [(Lcd, LcdSettings, chip, size) for chip in lcd.SIZES for size in lcd.SIZES[chip]]


class Sink:
    """A serial interface of luma.core that takes everything."""

    def __init__(self) -> None:
        self.bytes = 0

    def command(self, *codes: int) -> None:
        assert all(0 <= code <= 255 for code in codes)

    def data(self, data: list[int]) -> None:
        self.bytes += len(data)

    def cleanup(self) -> None:
        pass


@pytest.mark.parametrize(("panel_class", "settings_class", "chip", "size"), [*OLEDS, *LCDS])
@pytest.mark.parametrize("rotate", sampled(["0", "90"], 2))
def test_every_chip_takes_a_picture_in_every_size(
    panel_class: type[LumaPanel],
    settings_class: type[LumaSettings],
    chip: str,
    size: tuple[int, int],
    rotate: str,
) -> None:
    given: dict[str, Any] = {"driver": panel_class.__name__.lower(), "chip": chip, "size": size}
    wired = {"dc": "24", "rotate": rotate}
    if panel_class is Oled:
        wired["interface"] = "spi"
    settings, bus = settings_class.model_validate(given | wired), Sink()
    panel = panel_class(settings, bus)
    before = bus.bytes
    panel.show(draw(Show(Screen.PAID), Canvas(settings.pixels, "es", ""), 0))
    assert bus.bytes > before
    if panel_class is Lcd:
        assert bus.bytes - before >= 3 * size[0] * size[1]
    panel.close()


def test_no_graphic_chip_of_luma_is_forgotten() -> None:
    parallel = {"ws0010", "winstar_weh"}
    assert set(get_args(oled.Chip)) == set(luma.oled.device.__all__) - parallel


def test_no_colour_chip_of_luma_is_forgotten() -> None:
    grey = {"pcd8544", "ht1621", "uc1701x", "st7567", "hd44780"}
    ours = {"gc9a01", "st7796"}
    assert set(lcd.SIZES) == (set(luma.lcd.device.__all__) - grey) | ours
