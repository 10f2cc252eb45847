"""Counters to wire: from fixed settings, and random ones for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kiosk.base.drivers import DriverSettings
from kiosk.base.parts import WiredPart
from kiosk.display import PanelSettings
from kiosk.inputs import InputSettings
from kiosk.signals import SignalsSettings

NUMBER = {"decimal": ",", "thousands": "."}
PANELS: tuple[dict[str, Any], ...] = (
    {"driver": "oled", "chip": "ssd1309"},
    {"driver": "oled", "chip": "sh1106", "i2c_port": 3, "reset": 6},
    {"driver": "oled", "chip": "ssd1306", "i2c_port": 9},
    {"driver": "oled", "chip": "ssd1322", "interface": "spi", "dc": 24, "reset": 25},
    {"driver": "oled", "chip": "ssd1306", "interface": "spi", "spi_mode": 3, "dc": 24},
    {"driver": "lcd", "chip": "st7789", "dc": 24, "reset": 25, "backlight": 12},
    {"driver": "lcd", "chip": "ili9341", "dc": 24, "spi_port": 1, "spi_device": 2},
    {"driver": "epaper", "panel": "epd-2.9", "dc": 25, "reset": 17, "busy": 24},
    {"driver": "epaper", "panel": "epd-7.5", "dc": 5, "reset": 6, "busy": 13, "power": 26},
    {"driver": "inky", "board": "phat-ssd1608"},
    {"driver": "framebuffer"},
    {"driver": "fake"},
)
INPUTS: tuple[dict[str, Any], ...] = (
    {"driver": "serial_line", "port": "/dev/serial0", "number": NUMBER},
    {"driver": "serial_line", "port": "/dev/ttyUSB0", "number": NUMBER},
    {"driver": "serial_line", "port": "/dev/rfcomm0", "number": NUMBER},
    {"driver": "pole_display", "port": "/dev/ttyGS0", "dialect": "epson", "number": NUMBER},
    {"driver": "escpos_printer", "listen": "127.0.0.1:9100", "number": NUMBER},
    {"driver": "scanner_hid", "device": "/dev/input/by-id/usb-X-event-kbd"},
    {"driver": "command", "path": "/run/kiosk/command.sock"},
)
_LINE = st.integers(0, 27)
_LAMP = st.fixed_dictionaries({"pin": _LINE, "inverted": st.booleans(), "pwm": st.booleans()})
_BUZZER = st.fixed_dictionaries(
    {
        "pin": _LINE,
        "kind": st.sampled_from(["active", "passive"]),
        "inverted": st.booleans(),
    }
)
_LAMPS = st.dictionaries(st.sampled_from(["red", "green", "blue", "white"]), _LAMP)
_BUTTON = st.fixed_dictionaries({"pin": _LINE, "pull": st.sampled_from(["up", "down"])})


def made(family: type[DriverSettings], section: dict[str, Any]) -> DriverSettings:
    """Return the settings of a section."""
    return family.of(section["driver"]).model_validate(section)


def counter(
    panel: dict[str, Any],
    signals: dict[str, Any],
    inputs: list[dict[str, Any]],
) -> list[WiredPart]:
    """Return the parts of a counter; each input is named by its place."""
    sections = [made(PanelSettings, panel), made(SignalsSettings, {"driver": "gpio"} | signals)]
    sections += [
        made(InputSettings, section | {"name": f"input-{number}"})
        for number, section in enumerate(inputs)
    ]
    return [part for section in sections for part in section.parts()]


@st.composite
def counters(draw: st.DrawFn) -> list[WiredPart]:
    """Return the parts of a random counter, which may have conflicts."""
    signals: dict[str, Any] = {"lamps": draw(_LAMPS)}
    if buzzer := draw(st.none() | _BUZZER):
        signals["buzzer"] = buzzer
    buttons = [{"driver": "button", **each} for each in draw(st.lists(_BUTTON, max_size=12))]
    others = draw(st.lists(st.sampled_from(INPUTS), max_size=4))
    return counter(draw(st.sampled_from(PANELS)), signals, [*buttons, *others])
