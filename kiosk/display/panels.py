"""The panels that people mount, as data: named chip-inches, with what legibility depends on.

Not a list of drivers: a name here says what a panel looks like, not how it is spoken to.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from kiosk.display import Glass
from kiosk.settings import Size

Colors = Literal["one", "grey", "rgb", "black-white", "black-white-red"]


@dataclass(frozen=True, slots=True)
class KnownPanel:
    """A panel as it is sold. ``pitch`` is millimetres from pixel to pixel, None when unknown.

    ``source`` is where the pitch comes from: active area divided by pixels, unless it says else.
    """

    name: str
    pixels: tuple[int, int]
    pitch: float | None
    glass: Glass
    colors: Colors
    source: str


_LIT, _PAPER = Glass.EMISSIVE, Glass.PAPER
_REMEMBERED = "maker's data sheet, from memory: measure before relying on it"

PANELS = {
    panel.name: panel
    for panel in (
        KnownPanel(
            "ssd1306-0.96", (128, 64), 0.170, _LIT, "one", "eereview.com: visible area 22 x 11 mm"
        ),
        KnownPanel("sh1106-1.3", (128, 64), 0.230, _LIT, "one", "Waveshare wiki: 29.42 x 14.70 mm"),
        KnownPanel("ssd1309-2.42", (128, 64), 0.430, _LIT, "one", _REMEMBERED),
        KnownPanel("ssd1322-3.12", (256, 64), 0.300, _LIT, "grey", _REMEMBERED),
        KnownPanel("ssd1327-1.5", (128, 128), 0.210, _LIT, "grey", _REMEMBERED),
        KnownPanel("ssd1351-1.5", (128, 128), 0.210, _LIT, "rgb", _REMEMBERED),
        KnownPanel("st7735-1.8", (160, 128), 0.219, _LIT, "rgb", _REMEMBERED),
        KnownPanel("st7789-1.3", (240, 240), 0.0975, _LIT, "rgb", "Waveshare wiki: 1.3inch LCD"),
        KnownPanel(
            "st7789-2.0",
            (320, 240),
            0.1275,
            _LIT,
            "rgb",
            "Waveshare wiki: 2inch LCD, 30.6 mm / 240",
        ),
        KnownPanel("ili9341-2.8", (320, 240), 0.180, _LIT, "rgb", "P028B126-IPS data sheet"),
        KnownPanel("epd-1.54", (200, 200), 0.138, _PAPER, "black-white", _REMEMBERED),
        KnownPanel(
            "epd-2.13", (250, 122), 0.194, _PAPER, "black-white", "Waveshare wiki: 2.13inch e-Paper"
        ),
        KnownPanel(
            "epd-2.7", (264, 176), 0.217, _PAPER, "black-white", "Waveshare wiki: 2.7inch e-Paper"
        ),
        KnownPanel(
            "epd-2.9", (296, 128), 0.227, _PAPER, "black-white", "Waveshare wiki: 2.9inch e-Paper"
        ),
        KnownPanel(
            "epd-4.2", (400, 300), 0.212, _PAPER, "black-white", "Waveshare wiki: 4.2inch e-Paper"
        ),
        KnownPanel(
            "epd-7.5", (800, 480), 0.204, _PAPER, "black-white", "Waveshare wiki: 7.5inch e-Paper"
        ),
        KnownPanel("inky-phat", (212, 104), 0.229, _PAPER, "black-white-red", _REMEMBERED),
        KnownPanel("inky-what", (400, 300), 0.212, _PAPER, "black-white-red", _REMEMBERED),
    )
}


def panel_named(name: str) -> KnownPanel:
    """Return the panel of that name, or of that ``WIDTHxHEIGHT``; ValueError says what to write."""
    if name in PANELS:
        return PANELS[name]
    try:
        pixels = TypeAdapter[tuple[int, int]](Size).validate_python(name)
    except ValidationError:
        raise ValueError(_unknown(name)) from None
    return KnownPanel(name, pixels, None, Glass.EMISSIVE, "one", "given as a size")


def smallest_with(short_side: int) -> str | None:
    """Return the name of the smallest panel whose short side has that many pixels."""
    enough = [panel for panel in PANELS.values() if min(panel.pixels) >= short_side]
    return min(enough, key=lambda panel: panel.pixels).name if enough else None


def _unknown(name: str) -> str:
    close = get_close_matches(name.lower(), PANELS, n=1, cutoff=0.4)
    guess = f"did you mean {close[0]}? " if close else ""
    return (
        f"there is no panel {name!r}; {guess}Write one of {', '.join(PANELS)}, or a size: 250x122"
    )
