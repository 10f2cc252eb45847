"""The commands of Solomon Systech's e-paper controllers.

Sources: SSD1680 rev 0.14, SSD1681 rev 0.13, SSD1683 rev 0.1 and SSD1677 rev 1.0, chapters 7 and 8.
The options of each panel are those of Waveshare's demonstration programs and of the GxEPD2 library,
which both run on the real panels.
"""

from __future__ import annotations

from kiosk.base.frozen import frozen
from kiosk.display.chips.epaper import EpaperBus


@frozen
class Ssd16xx:
    """SSD1680, SSD1681 and SSD1683.

    ``update`` has the arguments of command 21h for a full and for a quick refresh: which memory is
    used, and which source lines are wired. ``red``: the panel has a third colour, which is in the
    second memory: 1 is red.
    """

    size: tuple[int, int]
    update: tuple[tuple[int, int], tuple[int, int]]
    quick: bool = True
    busy_level: int = 1
    red: bool = False

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Show ``new``, as Controller.refresh says."""
        self._wake(bus, quick)
        for code, pixels in ((0x24, new), (0x26, self._second_memory(new, old, quick))):
            self._to_first_pixel(bus)
            bus.send(code)
            bus.data(pixels)
        bus.send(0x22, 0xFF if quick else 0xF7)  # display mode 2 or 1, with power up and down
        bus.refresh(0x20)
        bus.send(0x10, 0x01)  # deep sleep

    def _second_memory(self, new: bytes, old: bytes, quick: bool) -> bytes:
        """Return what the second memory must hold: no red, or the picture to compare with."""
        if self.red:
            return bytes(len(new))
        return old if quick else new

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


# Command 32h of SSD1677: five waveforms in 2 bits a phase (for pixels that stay black, turn white,
# turn black, stay white; and VCOM), then the times of the phases, then the frame rates.
_REST = "00 " * 40 + "22 22 22 22 22"
_FULL_WAVEFORM = bytes.fromhex(
    "2A 05 00 00 00 00 00 00 00 00  05 2A 00 00 00 00 00 00 00 00  2A 15 00 00 00 00 00 00 00 00"
    "05 0A 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00  00 02 03 0A 00 02 06 0A 05 00"
    + _REST
)
_QUICK_WAVEFORM = bytes.fromhex(
    "00 00 00 00 00 00 00 00 00 00  01 2A 00 00 00 00 00 00 00 00  0A 55 00 00 00 00 00 00 00 00"
    "00 00 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00  00 00 05 05 00 05 03 05 05 00"
    + _REST
)


@frozen
class Ssd1677:
    """SSD1677. Its addresses count pixels, and the panel brings no waveforms of its own."""

    size: tuple[int, int]
    quick: bool = True
    busy_level: int = 1

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Show ``new``, as Controller.refresh says."""
        self._wake(bus)
        bus.send(0x3C, 0xC0 if quick else 0x01)  # border: floats, or white
        bus.send(0x32)
        bus.data(_QUICK_WAVEFORM if quick else _FULL_WAVEFORM)
        for code, pixels in ((0x24, new), (0x26, old if quick else new)):
            bus.send(0x4E, 0x00, 0x00)
            bus.send(0x4F, 0x00, 0x00)
            bus.send(code)
            bus.data(pixels)
        bus.send(0x22, 0xCF)  # power up, display mode 2, power down; keep the waveform of 32h
        bus.refresh(0x20)
        bus.send(0x10, 0x03)  # deep sleep

    def _wake(self, bus: EpaperBus) -> None:
        bus.reset()
        bus.wait()
        bus.send(0x12)  # software reset
        bus.wait()
        width, height = self.size[0] - 1, self.size[1] - 1
        bus.send(0x01, height & 0xFF, height >> 8, 0x00)
        bus.send(0x03, 0x00)  # gates at 20 V
        bus.send(0x04, 0x41, 0xA8, 0x32)  # sources at 15 V, 5 V and -15 V
        bus.send(0x11, 0x03)  # rows from top to bottom, each from left to right
        bus.send(0x0C, 0xAE, 0xC7, 0xC3, 0xC0, 0xC0)  # booster
        bus.send(0x18, 0x80)  # the built-in temperature sensor
        bus.send(0x2C, 0x44)  # VCOM at -1.7 V
        bus.send(
            0x37, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x4F, 0xFF, 0xFF, 0xFF, 0xFF
        )  # mode 2 compares
        bus.send(0x44, 0x00, 0x00, width & 0xFF, width >> 8)
        bus.send(0x45, 0x00, 0x00, height & 0xFF, height >> 8)
