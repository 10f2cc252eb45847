"""The known panels, named chip-inches, with the properties that decide how well a QR is read.

Not a list of drivers: an entry says what a panel looks like, not how it is driven.
"""

from __future__ import annotations

import math
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.settings import Size
from kiosk.display import Palette, Surface
from kiosk.display.chips.unsupported import chip_meant, panels_meant, unsupported

MM_PER_INCH = 25.4
SLOW = 10.0  # seconds; after a slower refresh, the time left to pay would be wrong


@frozen
class KnownPanel:
    """A panel as it is sold. ``pitch`` is the millimetres from pixel to pixel, None if unknown.

    ``pixels`` are those that the screens use: fewer than a round glass has. ``redraw_every`` is the
    seconds between two pictures of the time left to pay. ``full_refresh`` is the seconds until a
    new picture is visible, ``partial_refresh`` those of e-paper's quick refresh, None if there is
    none. ``source`` is the document that gives the pitch: active area divided by pixels, unless it
    says something else.
    """

    name: str
    pixels: tuple[int, int]
    pitch: float | None
    surface: Surface
    palette: Palette
    redraw_every: float
    full_refresh: float
    partial_refresh: float | None
    source: str


_MONO, _GREY, _COLOUR = Palette
_NOT_CHECKED = "maker's data sheet, from memory: measure before relying on it"
_WIKI = "Waveshare wiki, "
_I2C, _SPI = 0.024, 0.002  # seconds for a frame of 1 KB: I2C at 400 kHz, SPI at 8 MHz


def _emissive(
    name: str, pixels: str, pitch: float, palette: Palette, takes: float, source: str = _NOT_CHECKED
) -> KnownPanel:
    width, height = map(int, pixels.split("x"))
    surface = Surface.EMISSIVE
    return KnownPanel(name, (width, height), pitch, surface, palette, 1.0, takes, None, source)


def _epaper(
    name: str, pixels: str, pitch: float, full: float, partial: float | None, source: str
) -> KnownPanel:
    width, height = map(int, pixels.split("x"))
    size, surface = (width, height), Surface.PAPER
    redraw_every = math.inf if full > SLOW else 60.0  # each refresh flickers and wears it
    return KnownPanel(name, size, pitch, surface, _MONO, redraw_every, full, partial, source)


PANELS = {
    panel.name: panel
    for panel in (
        _emissive(
            "ssd1306-0.96", "128x64", 0.170, _MONO, _I2C, "eereview.com: visible area 22 x 11 mm"
        ),
        _emissive(
            "sh1106-1.3", "128x64", 0.230, _MONO, _I2C, _WIKI + "1.3inch OLED: 29.42 x 14.70 mm"
        ),
        _emissive("ssd1309-1.54", "128x64", 0.274, _MONO, _I2C),
        _emissive("ssd1309-2.42", "128x64", 0.430, _MONO, _I2C),
        _emissive("ssd1322-3.12", "256x64", 0.300, _GREY, 8 * _SPI),
        _emissive("ssd1322-5.5", "256x64", 0.530, _GREY, 8 * _SPI),
        _emissive("ssd1327-1.5", "128x128", 0.210, _GREY, 8 * _SPI),
        _emissive("ssd1331-0.95", "96x64", 0.210, _COLOUR, 12 * _SPI),
        _emissive("ssd1351-1.5", "128x128", 0.210, _COLOUR, 32 * _SPI),
        _emissive("st7735-1.8", "160x128", 0.219, _COLOUR, 0.06),
        _emissive("st7789-1.3", "240x240", 0.0975, _COLOUR, 0.05, _WIKI + "1.3inch LCD"),
        _emissive(
            "st7789-1.14", "240x135", 0.1038, _COLOUR, 0.03, _WIKI + "1.14inch LCD: 24.912 mm / 240"
        ),
        _emissive(
            "st7789-1.47", "302x154", 0.1011, _COLOUR, 0.05, _WIKI + "1.47inch LCD: 32.35 mm / 320"
        ),
        _emissive("st7789-1.54", "240x240", 0.1155, _COLOUR, 0.05),
        _emissive(
            "st7789-1.69", "242x228", 0.1166, _COLOUR, 0.05, _WIKI + "1.69inch LCD: 32.634 mm / 280"
        ),
        _emissive("st7789-1.9", "320x170", 0.1332, _COLOUR, 0.05, "diagonal of 1.9 inches"),
        _emissive(
            "st7789-2.0", "320x240", 0.1275, _COLOUR, 0.06, _WIKI + "2inch LCD: 30.6 mm / 240"
        ),
        _emissive("ili9341-2.4", "320x240", 0.153, _COLOUR, 0.06),
        _emissive("ili9341-2.8", "320x240", 0.180, _COLOUR, 0.06, "P028B126-IPS data sheet"),
        _emissive("ili9341-3.2", "320x240", 0.2025, _COLOUR, 0.06),
        _emissive("ili9486-3.5", "320x480", 0.154, _COLOUR, 0.12, "diagonal of 3.5 inches"),
        _emissive("ili9488-3.5", "480x320", 0.154, _COLOUR, 0.12, "diagonal of 3.5 inches"),
        _emissive("st7796-3.5", "480x320", 0.154, _COLOUR, 0.12, "diagonal of 3.5 inches"),
        _emissive(
            "gc9a01-1.28", "168x168", 0.135, _COLOUR, 0.05, _WIKI + "1.28inch LCD: 32.4 mm / 240"
        ),
        _epaper("epd-1.54", "200x200", 0.138, 2, 0.3, _NOT_CHECKED),
        _epaper("epd-2.13", "250x122", 0.194, 2, 0.3, _WIKI + "2.13inch e-Paper"),
        _epaper("epd-2.66", "296x152", 0.202, 3, None, _WIKI + "Pico e-Paper 2.66-B: 0.202 mm"),
        _epaper("epd-2.7", "264x176", 0.217, 6, 0.6, _WIKI + "2.7inch e-Paper V2"),
        _epaper("epd-2.9", "296x128", 0.227, 3, None, _WIKI + "2.9inch e-Paper V2"),
        _epaper("epd-3.7", "480x280", 0.170, 3, 0.5, _NOT_CHECKED),
        _epaper("epd-4.2", "400x300", 0.212, 4, 0.4, _WIKI + "4.2inch e-Paper V2"),
        _epaper("epd-5.83", "648x480", 0.184, 5, None, _WIKI + "Pico e-Paper 5.83: 0.184 mm"),
        _epaper("epd-7.5", "800x480", 0.204, 5, 0.5, _WIKI + "7.5inch e-Paper V2"),
        _epaper("inky-phat", "212x104", 0.229, 15, None, _NOT_CHECKED),
        _epaper("inky-what", "400x300", 0.212, 15, None, _NOT_CHECKED),
        _epaper("inky-phat-ssd1608", "250x122", 0.194, 15, None, _WIKI + "2.13inch e-Paper"),
        _epaper("inky-phat-jd79661", "250x122", 0.194, 25, None, _WIKI + "2.13inch e-Paper"),
        _epaper("inky-what-ssd1683", "400x300", 0.212, 15, None, _WIKI + "4.2inch e-Paper"),
        _epaper("inky-what-jd79668", "400x300", 0.212, 25, None, _WIKI + "4.2inch e-Paper"),
        _epaper("inky-what-ssd2683", "400x300", 0.212, 25, None, _WIKI + "4.2inch e-Paper"),
        _epaper("inky-impression-4.0", "600x400", 0.141, 20, None, _NOT_CHECKED),
        _epaper("inky-impression-7.3", "800x480", 0.200, 25, None, _NOT_CHECKED),
        _epaper("inky-impression-13.3", "1600x1200", 0.169, 30, None, _NOT_CHECKED),
        _epaper("epd-2.13b", "250x122", 0.194, 15, None, _WIKI + "2.13inch e-Paper (B) V4"),
        _epaper(
            "epd-2.13b-v3", "212x104", 0.229, 15, None, _WIKI + "Pico e-Paper 2.13 B: 0.229 mm"
        ),
        _epaper("epd-2.9b", "296x128", 0.227, 15, None, _WIKI + "2.9inch e-Paper: 29.05 mm / 128"),
        _epaper(
            "epd-2.9b-v3", "296x128", 0.227, 15, None, _WIKI + "2.9inch e-Paper: 29.05 mm / 128"
        ),
        _epaper("epd-4.2b", "400x300", 0.212, 15, None, _WIKI + "Pico e-Paper 4.2 B: 0.212 mm"),
        _epaper("epd-4.2b-uc8176", "400x300", 0.212, 15, None, _WIKI + "4.2inch e-Paper (B)"),
        _epaper("epd-7.5b", "800x480", 0.204, 16, None, _WIKI + "7.5inch e-Paper: 97.92 mm / 480"),
    )
}


def panel_named(name: str) -> KnownPanel:
    """Return the panel of that name or ``WIDTHxHEIGHT``; ValueError says what to write."""
    if name in PANELS:
        return PANELS[name]
    try:
        pixels = TypeAdapter[tuple[int, int]](Size).validate_python(name)
    except ValidationError:
        raise ValueError(_unknown(name)) from None
    surface = Surface.EMISSIVE
    return KnownPanel(name, pixels, None, surface, _MONO, 1.0, 0.1, None, "given as a size")


def pitch_of(chip: str, pixels: tuple[int, int], inches: Decimal | None) -> float | None:
    """Return the millimetres from pixel to pixel of the panel with that chip and diagonal.

    Without a diagonal: those of the smallest known panel with that chip, or None if there is none.
    """
    if inches is not None:
        exact = PANELS.get(f"{chip}-{inches}")
        if exact and exact.pixels == pixels:
            return exact.pitch
        return float(inches) * MM_PER_INCH / math.hypot(*pixels)
    sold = [p.pitch for p in PANELS.values() if _chip(p) == chip and p.pixels == pixels and p.pitch]
    return min(sold, default=None)


def _chip(panel: KnownPanel) -> str:
    return panel.name.partition("-")[0]


def smallest_panel_for(modules: int, module_mm: float) -> str | None:
    """Return the name of the smallest panel that shows a QR of so many modules a side.

    Its modules have at least ``module_mm`` millimetres there. Panels that need many seconds for a
    picture are not recommended.
    """
    quick = [panel for panel in PANELS.values() if panel.full_refresh < SLOW and panel.pitch]
    good = [
        panel for panel in quick if min(panel.pixels) // modules * (panel.pitch or 0) >= module_mm
    ]
    return min(good, key=lambda panel: panel.pixels).name if good else None


def _unknown(name: str) -> str:
    if reason := unsupported(name):
        return reason
    meant = _meant(name)
    known = ", ".join(PANELS)
    if meant:
        return _(
            "{name!r} is not a known panel; did you mean {meant}? Write one of {known}, or a size "
            "such as 250x122",
            name=name,
            meant=meant,
            known=known,
        )
    return _(
        "{name!r} is not a known panel; write one of {known}, or a size such as 250x122",
        name=name,
        known=known,
    )


def _meant(name: str) -> str | None:
    """Return the panel that a seller's name or a mistake means: never one with other digits."""
    chips = {_chip(panel): panel.name for panel in reversed(PANELS.values())}
    del chips["epd"]  # e-paper is named by its size
    if of_seller := panels_meant(name, PANELS):
        return of_seller[0]
    if chip := name.lower() if name.lower() in chips else chip_meant(name, chips):
        return chips[chip]
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong name

    close = get_close_matches(name.lower(), PANELS, n=3, cutoff=0.4)
    return next((each for each in close if _digits(each) == _digits(name)), None)


def _digits(name: str) -> str:
    return "".join(filter(str.isdecimal, name))
