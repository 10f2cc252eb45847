"""Every panel that has a name, mounted: its driver at one end of the wires, its model at the other.

Without GPIO lines and without waiting, so that thousands of pictures take seconds; that bus, lines
and BUSY are handled as they must be is shown in the tests of each driver.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from PIL import Image

from kiosk.base.money import Money
from kiosk.display import Panel, PanelSettings
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.inky_boards import BOARDS
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.chips.lcd_glass import GLASSES, LcdChip
from kiosk.display.epaper import Epaper, EpaperSettings
from kiosk.display.inky import Inky, InkySettings
from kiosk.display.lcd import Lcd, LcdSettings
from kiosk.display.oled import Oled, OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models import dcs, solomon, ssd1306
from tests.display.models import epaper as paper
from tests.display.models.colours import shown


@dataclass
class Wire:
    """A serial interface of luma.core with a model at its end."""

    chip: Any

    def command(self, *codes: int) -> None:
        self.chip.spi(codes, data=False)

    def data(self, pixels: Iterable[int]) -> None:
        self.chip.spi(list(pixels), data=True)

    def cleanup(self) -> None:
        pass


@dataclass
class PaperWire:
    """An EpaperBus on which no command takes any time."""

    chip: Any

    def reset(self) -> None:
        self.chip.reset()

    def send(self, code: int, *arguments: int) -> None:
        self.chip.spi([code], data=False)
        if arguments:
            self.chip.spi(arguments, data=True)

    def data(self, pixels: bytes) -> None:
        self.chip.spi(pixels, data=True)

    def wait(self) -> None:
        pass

    def refresh(self, code: int) -> None:
        self.send(code)


class InkyBoard:
    """What Pimoroni's library gives: a board that takes a picture in numbered inks.

    test_inky.py drives the library itself.
    """

    def __init__(self, name: str) -> None:
        self._size, self._board = PANELS[f"inky-{name}"].pixels, BOARDS[name]
        self._inks = self._shown = Image.new("L", self._size)

    def set_image(self, inks: Image.Image) -> None:
        assert inks.mode == "P", "the library takes other images for pictures, not for inks"
        assert inks.size == self._size
        self._inks = Image.frombytes("L", inks.size, inks.tobytes())

    def show(self) -> None:
        self._shown = self._inks

    def glass(self) -> Image.Image:
        colours = [128] * 256
        colours[self._board.black], colours[self._board.white] = 0, 255
        return self._shown.point(colours)


class StillLines:
    """The lines of a board on which nothing takes any time."""

    def begin(self) -> None:
        pass

    def wait(self) -> None:
        pass

    def check_answer(self) -> None:
        pass


@dataclass
class Mounted:
    """A panel, its settings, and the glass that the payer looks at."""

    settings: PanelSettings
    panel: Panel
    model: Any

    def glass(self) -> Image.Image:
        """Return what the payer sees, before the panel is turned as it is mounted."""
        seen: Image.Image = self.model.glass()
        return seen

    def shows(self, picture: Image.Image) -> bool:
        """Return whether the picture is on the glass, as far as the chip keeps its colours."""
        return shown(self.model, picture, getattr(self.settings, "rotate", 0))

    def canvas(self, language: str = "es") -> Canvas:
        return Canvas.of(self.settings, language, "Rosa")

    def scan_me(self, qr_data: str) -> Image.Image:
        """Return the picture that is to be on the glass."""
        show = Show(Screen.SCAN_ME, Money.of("1234.56", "ARS"), qr_data=qr_data, until=300)
        return draw(show, self.canvas(), 72)


OLEDS: dict[str, type[Any]] = {
    "ssd1306": ssd1306.Ssd1306, "ssd1309": ssd1306.Ssd1309, "sh1106": ssd1306.Sh1106,
    "ssd1322": solomon.Ssd1322, "ssd1327": solomon.Ssd1327, "ssd1331": solomon.Ssd1331,
    "ssd1351": solomon.Ssd1351,
}  # fmt: skip
LCDS: dict[tuple[str, tuple[int, int]], type[dcs.Dcs]] = {
    ("gc9a01", (240, 240)): dcs.Gc9a01,
    ("ili9341", (240, 240)): dcs.Ili9341Square,
    ("ili9341", (320, 180)): dcs.Ili9341Wide,
    ("ili9341", (320, 240)): dcs.Ili9341,
    ("ili9486", (320, 480)): dcs.Ili9486,
    ("ili9488", (480, 320)): dcs.Ili9488,
    ("st7735", (128, 128)): dcs.St7735Square,
    ("st7735", (160, 128)): dcs.St7735,
    ("st7735", (160, 80)): dcs.St7735Bar,
    ("st7789", (240, 135)): dcs.St7789Inch114,
    ("st7789", (240, 240)): dcs.St7789,
    ("st7789", (280, 240)): dcs.St7789Rounded,
    ("st7789", (320, 170)): dcs.St7789Inch19,
    ("st7789", (320, 172)): dcs.St7789Inch147,
    ("st7789", (320, 240)): dcs.St7789Inch20,
    ("st7796", (480, 320)): dcs.St7796,
}  # by chip and the pixels of the glass


def mount(name: str, on: str = "", rotate: int = 0, bus: Any = None) -> Mounted:
    """Mount the panel of that name; or, by mistake, its driver ``on`` another's glass.

    ``bus`` goes between them instead of the wires, where the glass does not matter.
    """
    chip, _, inches = name.partition("-")
    model = _model(on or name)
    known: dict[str, Any] = {"rotate": rotate, "dc": 24}
    if chip == "epd":
        known |= {"driver": "epaper", "panel": name, "reset": 17, "busy": 25}
        paper_settings = EpaperSettings.model_validate(known)
        return Mounted(paper_settings, Epaper(paper_settings, bus or PaperWire(model)), model)
    if chip == "inky":
        inky_settings = InkySettings.model_validate(
            {"driver": "inky", "board": inches, "rotate": rotate}
        )
        lines: Any = StillLines()
        return Mounted(inky_settings, Inky(inky_settings, model, lines), model)
    known |= {"chip": chip, "inches": inches, "size": _glass(name)}
    if chip in OLEDS:
        settings = OledSettings.model_validate(known | {"driver": "oled", "interface": "spi"})
        return Mounted(settings, Oled(settings, bus or Wire(model)), model)
    lcd_settings = LcdSettings.model_validate(known | {"driver": "lcd"})
    return Mounted(lcd_settings, Lcd(lcd_settings, bus or Wire(model), GpioLines()), model)


def _model(name: str) -> Any:
    chip = name.partition("-")[0]
    match chip:
        case "epd":
            return paper.glass_of(name)
        case "inky":
            return InkyBoard(name.removeprefix("inky-"))
        case _ if chip in OLEDS:
            return OLEDS[chip]()
    return LCDS[chip, _glass(name)]()


def _glass(name: str) -> tuple[int, int]:
    """Return the pixels of the whole glass, which is larger than the screens if it is round."""
    chip, usable = name.partition("-")[0], PANELS[name].pixels
    glasses = GLASSES.get(cast("LcdChip", chip), ())
    return next((glass.pixels for glass in glasses if glass.usable == usable), usable)
