"""A piece of e-paper on the counter: the real bus and lines, and a model of the glass."""

from __future__ import annotations

import errno
import sys
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image

from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.chips.epaper import spi_bus
from kiosk.display.epaper import EpaperSettings, PanelName
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.paint import blank
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models import epaper as models
from tests.display.models.buses import SpiDev
from tests.display.reading import argentina

NAMES: tuple[PanelName, ...] = get_args(PanelName)
RESET, BUSY = 17, 24
WIRED = {"dc": 25, "reset": RESET, "busy": BUSY}


@contextmanager
def quick_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Mock pins, and buses that wait for as short as the models allow."""
    monkeypatch.setattr(spi_bus, "_RESET_PULSE", 0.0001)  # the models need no time
    monkeypatch.setattr(spi_bus, "_AFTER_RESET", 0.0001)
    monkeypatch.setattr(spi_bus, "_BUSY_DELAY", 0.001)
    Device.pin_factory = factory = MockFactory()
    yield
    factory.reset()
    Device.pin_factory = None


class Counter:
    """A panel on the counter: the glass, and the driver's settings."""

    def __init__(self, name: PanelName, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
        self.bus_fails = False
        self.glass = models.glass_of(name, (RESET, BUSY))
        known = {"driver": "epaper", "panel": name, "busy_timeout": "1 s"}
        self.settings = EpaperSettings.model_validate(WIRED | known | more)
        module = types.ModuleType("spidev")
        module.SpiDev = lambda: FailingBus(self)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "spidev", module)

    def picture(self, screen: Screen = Screen.PAID, qr_data: str = "") -> Image.Image:
        show = Show(screen, Money.of("1234.56", "ARS"), qr_data=qr_data, until=300)
        canvas = Canvas(self.settings.pixels, "es", "Rosa", Surface.PAPER, time_step=60)
        return draw(show, canvas, 72)

    def qr(self) -> Image.Image:
        return self.picture(Screen.SCAN_ME, argentina())

    def seen(self) -> Image.Image:
        """Return what the payer sees, who looks at the panel as it is mounted."""
        return self.glass.glass().rotate(self.settings.rotate, expand=True)

    def shows(self, image: Image.Image) -> bool:
        seen = self.seen()
        return seen.size == image.size and seen.convert("RGB") == image.convert("RGB")

    def is_white(self) -> bool:
        return self.shows(blank(self.settings.pixels, Surface.PAPER))


class FailingBus(SpiDev):
    """A spidev that may fail."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(counter.glass, counter.settings.dc)
        self.counter = counter

    def writebytes(self, message: Iterable[int]) -> None:
        if self.counter.bus_fails:
            raise OSError(errno.EIO, "Input/output error")
        super().writebytes(message)
