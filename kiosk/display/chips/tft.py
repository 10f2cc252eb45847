"""LCD chips that luma does not drive, or not on every glass: ST7789, ST7796, GC9A01.

They take MIPI's display command set. From Sitronix ST7789V v1.6 (chapter 9), ST7796S v1.0 (chapter
9), Galaxycore GC9A01A v1.0 (chapter 6).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PIL import Image

from kiosk.base.frozen import frozen
from kiosk.display.chips.lcd_glass import Glass, LcdChip

_SLEEP_OUT, _DISPLAY_OFF, _DISPLAY_ON = 0x11, 0x28, 0x29
_COLUMNS, _ROWS, _WRITE = 0x2A, 0x2B, 0x2C
_ACCESS, _PIXEL_FORMAT = 0x36, 0x3A
_BGR = 0x08  # of _ACCESS: blue is the first colour of a pixel
_18_BITS = 0x66  # a byte for each colour, of which the chip uses the upper six bits
_WAKE_TIME = 0.005  # seconds from Sleep Out until the next command


@frozen
class TftChip:
    """A chip: ``access`` is how a picture stands upright, ``setup`` has a line for each command.

    A line is the command and its arguments in hexadecimal.
    """

    access: int
    setup: str


# The voltages and gamma curves of ST7789 are those of luma.lcd 2.13; those of ST7796 and GC9A01 are
# what the makers of the modules state. Most of these registers are not in GC9A01's data sheet.
CHIPS: dict[LcdChip, TftChip] = {
    "st7789": TftChip(
        access=0x70,
        setup="""
        B2 0C 0C 00 33 33
        B7 35
        BB 19
        C0 2C
        C2 01
        C3 12
        C4 20
        C6 0F
        D0 A4 A1
        E0 D0 04 0D 11 13 2B 3F 54 4C 18 0D 0B 1F 23
        E1 D0 04 0C 11 13 2C 3F 44 51 2F 1F 1F 20 23
        """,
    ),
    "st7796": TftChip(
        access=0x28,
        setup="""
        F0 C3
        F0 96
        B4 01
        B6 20 02 3B
        E8 40 8A 00 00 29 19 A5 33
        C1 06
        C2 A7
        C5 18
        E0 F0 09 0B 06 04 15 2F 54 42 3C 17 14 18 1B
        E1 E0 09 0B 06 04 03 2B 43 42 3B 16 14 17 1B
        F0 3C
        F0 69
        """,
    ),
    "gc9a01": TftChip(
        access=0x08,
        setup="""
        EF
        EB 14
        FE
        EF
        EB 14
        84 40
        85 FF
        86 FF
        87 FF
        88 0A
        89 21
        8A 00
        8B 80
        8C 01
        8D 01
        8E FF
        8F FF
        B6 00 20
        90 08 08 08 08
        BD 06
        BC 00
        FF 60 01 04
        C3 13
        C4 13
        C9 22
        BE 11
        E1 10 0E
        DF 21 0C 02
        F0 45 09 08 08 26 2A
        F1 43 70 72 36 37 6F
        F2 45 09 08 08 26 2A
        F3 43 70 72 36 37 6F
        ED 1B 0B
        AE 77
        CD 63
        70 07 07 04 0E 0F 09 07 08 03
        E8 34
        62 18 0D 71 ED 70 70 18 0F 71 EF 70 70
        63 18 11 71 F1 70 70 18 13 71 F3 70 70
        64 28 29 F1 01 F1 00 07
        66 3C 00 CD 67 45 45 10 00 00 00
        67 00 3C 00 00 00 01 54 10 32 98
        74 10 85 80 00 00 4E 00
        98 3E 07
        """,
    ),
}


class Tft:
    """An open chip, used like a device of luma.core: ``display``, ``command``, ``cleanup``.

    ``bus`` is a serial interface of luma.core, ``turns`` are quarter turns clockwise.
    """

    mode = "RGB"

    def __init__(
        self,
        bus: Any,
        chip: TftChip,
        glass: Glass,
        turns: int,
        bgr: bool,
        backlight: Callable[[bool], None],
    ) -> None:
        self._bus = bus
        self._turns = turns
        self._window = _window(glass)
        self._backlight = backlight
        width, height = glass.pixels
        self.size = (height, width) if turns % 2 else (width, height)
        for line in chip.setup.split("\n"):
            if line.strip():
                self.command(*bytes.fromhex(line))
        self.command(_ACCESS, chip.access ^ _BGR if bgr else chip.access)
        self.command(_PIXEL_FORMAT, _18_BITS)
        self._clear()
        self.command(_SLEEP_OUT)
        threading.Event().wait(_WAKE_TIME)
        self.command(_DISPLAY_ON)
        backlight(True)

    def command(self, code: int, *arguments: int) -> None:
        """Send a command; its arguments are sent as data."""
        self._bus.command(code)
        if arguments:
            self._bus.data(list(arguments))

    def display(self, image: Image.Image) -> None:
        """Send the whole picture: mode ``RGB``, of this size."""
        for command in self._window:
            self.command(*command)
        self.command(_WRITE)
        self._bus.data(image.rotate(-90 * self._turns, expand=True).tobytes())

    def cleanup(self) -> None:
        """Switch the backlight and the display off, clear it, and close the bus."""
        self._backlight(False)
        self.command(_DISPLAY_OFF)
        self._clear()
        self._bus.cleanup()

    def _clear(self) -> None:
        self.display(Image.new(self.mode, self.size))


def _window(glass: Glass) -> tuple[tuple[int, ...], ...]:
    """Return the commands that say which columns and rows the next pixels are for."""
    return tuple(
        (code, *first.to_bytes(2, "big"), *(first + length - 1).to_bytes(2, "big"))
        for code, first, length in zip((_COLUMNS, _ROWS), glass.first, glass.pixels, strict=True)
    )
