"""A configuration of each driver there is, and what systemd is to grant it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from kiosk.base.drivers import DriverSettings
from kiosk.base.permissions import Permissions
from kiosk.display import PanelSettings
from kiosk.inputs import InputSettings
from kiosk.signals import SignalsSettings

NUMBER = {"decimal": ","}

# The least that each driver has to be told, and a word for what it hangs on where it has a choice.
INPUTS: dict[str, dict[str, Any]] = {
    "button": {"pin": "5"},
    "command": {"path": "/srv/till/kiosk.sock"},
    "ecr_terminal": {"port": "/dev/ttyACM0", "transbank": {}},
    "escpos_printer": {"listen": "192.168.1.20", "number": NUMBER},
    "escpos_printer on a cable": {"port": "/dev/serial/by-id/usb-x", "number": NUMBER},
    "fake": {"path": "/srv/kiosk/in", "replies": "/srv/kiosk/replies.jsonl"},
    "mqtt": {},
    "pole_display": {"port": "/dev/serial0", "dialect": "epson", "number": NUMBER},
    "scanner_hid": {"device": "/dev/kiosk/scanner"},
    "scanner_serial": {"port": "/dev/my-scanner"},
    "serial_line": {"port": "/dev/ttyUSB0", "number": NUMBER},
    "serial_line on the header": {"port": "/dev/ttyAMA0", "number": NUMBER},
    "serial_line of a gadget": {"port": "/dev/ttyGS0", "number": NUMBER},
    "tef_files": {"request": "/srv/tef/req", "response": "/srv/tef/resp"},
    "serial_line over the air": {"port": "/dev/rfcomm0", "number": NUMBER},
}
PANELS: dict[str, dict[str, Any]] = {
    "epaper": {"panel": "epd-2.13", "dc": "25", "reset": "17", "busy": "24"},
    "fake": {"frames": "/srv/kiosk/frames"},
    "framebuffer": {},
    "inky": {"board": "phat"},
    "lcd": {"chip": "st7789", "dc": "25"},
    "oled": {"chip": "ssd1306"},
    "oled on spi": {"chip": "ssd1322", "interface": "spi", "dc": "25"},
}
SIGNALS: dict[str, dict[str, Any]] = {
    "fake": {"record": "/srv/kiosk/signals.jsonl"},
    "gpio": {"lamps": {"red": {"pin": "17"}}},
    "gpio with a voice": {"voice": {}},
}
SECTIONS: tuple[tuple[type[DriverSettings], dict[str, dict[str, Any]]], ...] = (
    (InputSettings, INPUTS),
    (PanelSettings, PANELS),
    (SignalsSettings, SIGNALS),
)


def settings() -> list[Any]:
    """Return settings of every driver."""
    return [
        family.model_validate({"driver": name.split()[0], **sample})
        for family, samples in SECTIONS
        for name, sample in samples.items()
    ]


def models() -> list[type[DriverSettings]]:
    """Return the settings model of every driver that a configuration can name."""
    return [model for family, _ in SECTIONS for model in family.all()]


def all_needs() -> Permissions:
    permissions: Iterator[Permissions] = (each.permissions() for each in settings())
    return reduce(or_, permissions)
