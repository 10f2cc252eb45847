"""The commands of e-paper controllers. Settings and time-outs are in ``epaper.py``.

Sources: Solomon Systech SSD1680 rev 0.14, SSD1681 rev 0.13 and SSD1683 rev 0.1, chapter 8; Ultra
Chip UC8179c rev 0.6, "Commands". The options of each panel are those of Waveshare's demonstration
programs and of the GxEPD2 library, which both run on the real panels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class EpaperBus(Protocol):
    """The bus to a controller. Every method raises DeviceGone when the panel does not answer."""

    def reset(self) -> None:
        """Pulse the reset line: the controller wakes from deep sleep and has lost its settings."""
        ...

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        ...

    def data(self, pixels: bytes) -> None:
        """Send the pixels that follow the last command."""
        ...

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become busy at all."""
        ...

    def refresh(self, code: int) -> None:
        """Send the command that starts a refresh; return when the refresh is done."""
        ...


@dataclass(frozen=True, slots=True)
class Ssd16xx:
    """SSD1680, SSD1681 and SSD1683.

    ``size`` is in the controller's own orientation. ``update`` has the arguments of command 21h
    for a full and for a quick refresh: which memory is used, and which source lines are wired.
    ``quick`` says that the panel has a waveform that changes only the pixels that differ.
    """

    size: tuple[int, int]
    update: tuple[tuple[int, int], tuple[int, int]]
    quick: bool = True
    busy_level: int = 1

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Wake the controller, show ``new`` (rows of whole bytes, 1 is white), and let it sleep.

        ``old`` is the picture on the panel. A quick refresh changes what differs from it. A full
        refresh compares nothing: both memories get the new picture.
        """
        self._wake(bus, quick)
        for code, pixels in ((0x24, new), (0x26, old if quick else new)):
            self._to_first_pixel(bus)
            bus.send(code)
            bus.data(pixels)
        bus.send(0x22, 0xFF if quick else 0xF7)  # display mode 2 or 1, with power up and down
        bus.refresh(0x20)
        bus.send(0x10, 0x01)  # deep sleep

    def _wake(self, bus: EpaperBus, quick: bool) -> None:
        bus.reset()
        bus.wait()
        bus.send(0x12)  # software reset
        bus.wait()
        width, height = self.size
        bus.send(0x01, (height - 1) & 0xFF, (height - 1) >> 8, 0x00)
        bus.send(0x11, 0x03)  # rows from top to bottom, each from left to right
        bus.send(0x44, 0x00, (width - 1) >> 3)
        bus.send(0x45, 0x00, 0x00, (height - 1) & 0xFF, (height - 1) >> 8)
        bus.send(0x3C, 0x80 if quick else 0x05)  # border: unchanged, or white
        bus.send(0x18, 0x80)  # the built-in temperature sensor selects the waveform
        bus.send(0x21, *self.update[quick])

    def _to_first_pixel(self, bus: EpaperBus) -> None:
        bus.send(0x4E, 0x00)
        bus.send(0x4F, 0x00, 0x00)


@dataclass(frozen=True, slots=True)
class Uc8179:
    """UC8179. Its BUSY line is low while it is busy."""

    size: tuple[int, int]
    quick: bool = True
    busy_level: int = 0

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Wake the controller, show ``new``, and let it sleep; as Ssd16xx.refresh."""
        self._wake(bus)
        if quick:  # this temperature never occurs; it selects the quick waveform
            bus.send(0xE0, 0x02)
            bus.send(0xE5, 0x6E)
            self._partial_window(bus)
        for code, pixels in ((0x10, old), (0x13, new)):
            bus.send(code)
            bus.data(pixels)
        bus.refresh(0x12)
        bus.send(0x02)  # power off
        bus.wait()
        bus.send(0x07, 0xA5)  # deep sleep

    def _wake(self, bus: EpaperBus) -> None:
        bus.reset()
        bus.wait()
        width, height = self.size
        bus.send(0x01, 0x07, 0x07, 0x3F, 0x3F)  # gates at 20 V, sources at 15 V
        bus.send(0x06, 0x17, 0x17, 0x28, 0x17)  # booster
        bus.send(0x04)  # power on
        bus.wait()
        bus.send(0x00, 0x1F)  # black and white, waveforms from its own memory
        bus.send(0x61, width >> 8, width & 0xFF, height >> 8, height & 0xFF)
        bus.send(0x15, 0x00)
        bus.send(0x50, 0x29, 0x07)  # 1 is white; the border floats
        bus.send(0x60, 0x22)

    def _partial_window(self, bus: EpaperBus) -> None:
        width, height = self.size[0] - 1, self.size[1] - 1
        bus.send(0x91)
        bus.send(0x90, 0, 0, width >> 8, width & 0xFF, 0, 0, height >> 8, height & 0xFF, 0x01)


Controller = Ssd16xx | Uc8179

_NARROW = ((0x00, 0x80), (0x00, 0x80))  # sources 8 to 167 are wired
_WIDE = ((0x00, 0x00), (0x00, 0x00))  # all sources are wired
_SINGLE = ((0x40, 0x00), (0x00, 0x00))  # all are wired; a full refresh uses one memory only

CONTROLLERS: dict[str, Controller] = {
    "epd-1.54": Ssd16xx((200, 200), _WIDE),
    "epd-2.13": Ssd16xx((122, 250), _NARROW),
    "epd-2.7": Ssd16xx((176, 264), _WIDE),
    # Waveshare delivers the 2.9 inch V2 without a quick waveform.
    "epd-2.9": Ssd16xx((128, 296), _NARROW, quick=False),
    "epd-4.2": Ssd16xx((400, 300), _SINGLE),
    "epd-7.5": Uc8179((800, 480)),
}
