"""The name of a panel, such as ssd1309-2.42, becomes its settings, and back. Pure."""

from __future__ import annotations

from typing import Any

from kiosk.base.language import _
from kiosk.display.chips.known_panels import PANELS, panel_named
from kiosk.display.chips.lcd_glass import GLASSES
from kiosk.display.oled import SIZES as OLED_SIZES
from kiosk.display.oled import SPI_ONLY

Section = dict[str, Any]

DC, RESET, BUSY = "25", "17", "24"  # on Waveshare's HATs, and in the table of the manual


def panel_name(display: Section) -> str:
    """Return the name of the panel in these settings; that of the driver if it has none."""
    match display:
        case {"driver": "oled" | "lcd", "chip": chip, "inches": inches}:
            return f"{chip}-{inches}"
        case {"driver": "oled" | "lcd", "chip": chip}:
            return str(chip)
        case {"driver": "epaper", "panel": panel}:
            return str(panel)
        case {"driver": "inky", "board": board}:
            return f"inky-{board}"
    return str(display.get("driver", ""))


def panel_settings(name: str, old: Section) -> Section:
    """Return the settings of the panel; the old ones if it is the same. Raises ValueError."""
    name = name.strip().lower()
    if name == panel_name(old):
        return old
    if name.startswith("inky-") and name in PANELS:
        return {"driver": "inky", "board": name.removeprefix("inky-")}
    if name.startswith("epd-") and name in PANELS:
        return {"driver": "epaper", "panel": name, "dc": DC, "reset": RESET, "busy": BUSY}
    chip, _dash, inches = name.partition("-")
    if chip in OLED_SIZES:
        section = {"driver": "oled", "chip": chip, **_interface(chip), "inches": inches}
        native = {size: size for size in OLED_SIZES[chip]}
    elif chip in GLASSES:
        section = {"driver": "lcd", "chip": chip, "dc": DC, "inches": inches}
        native = {glass.usable: glass.pixels for glass in GLASSES[chip]}
    else:
        panel_named(name)  # raises ValueError, with what is meant
        raise ValueError(_("{name}: write the name of a panel, not a size", name=name))
    section["size"] = _size(name, native)
    return {key: value for key, value in section.items() if value}


def _interface(chip: str) -> Section:
    return {"interface": "spi", "dc": DC} if chip in SPI_ONLY else {"interface": "i2c"}


def _size(name: str, native: dict[tuple[int, int], tuple[int, int]]) -> str:
    """Return the pixels of the chip for this panel; empty if they are the chip's default."""
    known = PANELS.get(name)
    default = next(iter(native.values()))
    width, height = native.get(known.pixels, default) if known else default
    return "" if (width, height) == default else f"{width}x{height}"


def on_interface(display: Section, interface: str) -> Section:
    """Return the settings of an OLED panel that is wired in this way."""
    if display.get("interface", "i2c") == interface:
        return display | {"interface": interface}
    dropped = ("i2c_port", "i2c_address", "spi_port", "spi_device", "spi_megahertz", "spi_mode")
    kept = {key: each for key, each in display.items() if key not in (*dropped, "dc")}
    return kept | {"interface": interface} | ({"dc": DC} if interface == "spi" else {})
