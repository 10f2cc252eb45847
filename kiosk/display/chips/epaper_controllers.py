"""The controllers of e-paper, in their own words. No settings, no waiting limits: those are above.

Sources: Solomon Systech SSD1680 rev 0.14, SSD1681 rev 0.13 and SSD1683 rev 0.1, chapter 8; Ultra
Chip UC8179c rev 0.6, "Commands"; which options a panel wants, from Waveshare's demonstration
programs and the GxEPD2 library, both of which run on the panels themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Link(Protocol):
    """The way to a controller. Everything raises DeviceGone when the panel does not play along."""

    def reset(self) -> None:
        """Pull the reset line: wakes a controller out of deep sleep, with nothing remembered."""
        ...

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        ...

    def data(self, pixels: bytes) -> None:
        """Send the data that the last command asks for."""
        ...

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become so at all."""
        ...

    def refresh(self, code: int) -> None:
        """Send the command that moves the ink; returns when it has been busy and no longer is."""
        ...


@dataclass(frozen=True, slots=True)
class Ssd16xx:
    """SSD1680, SSD1681 and SSD1683.

    ``size`` is in the controller's own orientation. ``update`` is what 21h wants for a full and for
    a quick refresh: which memory counts, and which source lines are wired. ``quick``: it has a
    waveform that moves only the pixels that differ.
    """

    size: tuple[int, int]
    update: tuple[tuple[int, int], tuple[int, int]]
    quick: bool = True
    busy_level: int = 1

    def refresh(self, link: Link, new: bytes, old: bytes, *, quick: bool) -> None:
        """Wake, show ``new`` (rows of whole bytes, 1 is white), and go to sleep.

        ``old`` is what is on the glass: a quick refresh moves what differs from it. A full one
        compares nothing: both memories get the new picture.
        """
        self._wake(link, quick)
        for code, pixels in ((0x24, new), (0x26, old if quick else new)):
            self._to_first_pixel(link)
            link.send(code)
            link.data(pixels)
        link.send(0x22, 0xFF if quick else 0xF7)  # display mode 2 or 1; power up before, down after
        link.refresh(0x20)
        link.send(0x10, 0x01)  # deep sleep

    def _wake(self, link: Link, quick: bool) -> None:
        link.reset()
        link.wait()
        link.send(0x12)  # software reset
        link.wait()
        width, height = self.size
        link.send(0x01, (height - 1) & 0xFF, (height - 1) >> 8, 0x00)
        link.send(0x11, 0x03)  # rows from the top, in each from the left
        link.send(0x44, 0x00, (width - 1) >> 3)
        link.send(0x45, 0x00, 0x00, (height - 1) & 0xFF, (height - 1) >> 8)
        link.send(0x3C, 0x80 if quick else 0x05)  # the border: left alone, or white
        link.send(0x18, 0x80)  # the built-in thermometer chooses the waveform
        link.send(0x21, *self.update[quick])

    def _to_first_pixel(self, link: Link) -> None:
        link.send(0x4E, 0x00)
        link.send(0x4F, 0x00, 0x00)


@dataclass(frozen=True, slots=True)
class Uc8179:
    """UC8179. Its BUSY line is low while it is busy."""

    size: tuple[int, int]
    quick: bool = True
    busy_level: int = 0

    def refresh(self, link: Link, new: bytes, old: bytes, *, quick: bool) -> None:
        """Wake, show ``new``, and go to sleep: as Ssd16xx does."""
        self._wake(link)
        if quick:  # a temperature that never is chooses the quick waveform
            link.send(0xE0, 0x02)
            link.send(0xE5, 0x6E)
            self._partial_window(link)
        for code, pixels in ((0x10, old), (0x13, new)):
            link.send(code)
            link.data(pixels)
        link.refresh(0x12)
        link.send(0x02)  # power off
        link.wait()
        link.send(0x07, 0xA5)  # deep sleep

    def _wake(self, link: Link) -> None:
        link.reset()
        link.wait()
        width, height = self.size
        link.send(0x01, 0x07, 0x07, 0x3F, 0x3F)  # gates at 20 V, sources at 15 V
        link.send(0x06, 0x17, 0x17, 0x28, 0x17)  # booster
        link.send(0x04)  # power on
        link.wait()
        link.send(0x00, 0x1F)  # black and white, waveforms from its own memory
        link.send(0x61, width >> 8, width & 0xFF, height >> 8, height & 0xFF)
        link.send(0x15, 0x00)
        link.send(0x50, 0x29, 0x07)  # 1 is white; the border floats
        link.send(0x60, 0x22)

    def _partial_window(self, link: Link) -> None:
        width, height = self.size[0] - 1, self.size[1] - 1
        link.send(0x91)
        link.send(0x90, 0, 0, width >> 8, width & 0xFF, 0, 0, height >> 8, height & 0xFF, 0x01)


Controller = Ssd16xx | Uc8179

_NARROW = ((0x00, 0x80), (0x00, 0x80))  # sources 8 to 167 are wired
_WIDE = ((0x00, 0x00), (0x00, 0x00))  # all of them are
_SINGLE = ((0x40, 0x00), (0x00, 0x00))  # and a full refresh ignores the second memory

CONTROLLERS: dict[str, Controller] = {
    "epd-1.54": Ssd16xx((200, 200), _WIDE),
    "epd-2.13": Ssd16xx((122, 250), _NARROW),
    "epd-2.7": Ssd16xx((176, 264), _WIDE),
    # Waveshare's 2.9 inch V2 is delivered without a quick waveform.
    "epd-2.9": Ssd16xx((128, 296), _NARROW, quick=False),
    "epd-4.2": Ssd16xx((400, 300), _SINGLE),
    "epd-7.5": Uc8179((800, 480)),
}
