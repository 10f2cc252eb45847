"""What chips share that take pictures through a window: commands, arguments, and a stream of data.

Each is modelled from its data sheet, not from any driver, and each glass is mounted as the modules
are sold: one set of mirrors shows upright, all others show what a wrong driver would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from PIL import Image

FLIP, MIRROR = Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT


class Windowed:
    """A chip with a window in its memory. ``x`` and ``y`` are first and last, in the chip's units."""

    mode = "L"  # of the picture on the glass
    bits: tuple[int, ...] = (8,)  # that the chip keeps of each channel
    in_band: Mapping[int, int] | None = None  # arguments sent as commands: how many each code takes
    writes = 0x5C  # the code after which data is pixels; with in_band all data is

    def __init__(self) -> None:
        self.on = False
        self.x = self.y = (0, 0)
        self._command: list[int] = []
        self._pixels = bytearray()

    # --- the bus ---

    def i2c(self, message: Iterable[int]) -> None:
        """Take one I2C write, address byte left out: a control byte, then commands or data."""
        control, *rest = message
        assert control in (0x00, 0x40), f"{control:#04x} is not a control byte"
        self.spi(rest, data=control == 0x40)

    def spi(self, message: Iterable[int], *, data: bool) -> None:
        """Take bytes with the level of the D/C line."""
        if not data:
            for code in message:
                self._take(code)
        elif self.in_band is not None or self._command == [self.writes]:
            self._pixels += bytes(message)
        else:
            self._command += message

    def _take(self, code: int) -> None:
        if self.in_band is None:
            self.settle()
            self._command = [code]
            return
        self._flush()
        self._command.append(code)
        if len(self._command) > self.in_band.get(self._command[0], 0):
            self.settle()

    def settle(self) -> None:
        """Carry out what has been sent."""
        self._flush()
        if self._command and self._command != [self.writes]:
            with suppress(IndexError):  # short of arguments: the chip goes on with what it had
                self.obey(self._command[0], self._command[1:])
        if self.in_band is not None:
            self._command = []

    def _flush(self) -> None:
        if self._pixels and self.x[0] <= self.x[1] and self.y[0] <= self.y[1]:
            self.write(bytes(self._pixels))
        if self._pixels:
            self._pixels.clear()

    # --- for the chip to say ---

    def obey(self, code: int, arguments: list[int]) -> None:
        raise NotImplementedError

    def write(self, pixels: bytes) -> None:
        raise NotImplementedError

    def picture(self) -> Image.Image:
        raise NotImplementedError

    # --- the glass ---

    def glass(self) -> Image.Image:
        """Return what the eye sees."""
        self.settle()
        seen = self.picture()
        return seen if self.on else Image.new(seen.mode, seen.size)
