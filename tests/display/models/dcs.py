"""LCD glass behind chips that speak MIPI's display command set: ST7735, ST7789, ILI9341.

From Sitronix ST7789V v1.6 (chapter 9.1), ST7735S v1.4 (10.1), Ilitek ILI9341 v1.11 (8.2): sleep,
display and inversion, the window (2A, 2B, 2C), memory access control (36) and 18- or 16-bit pixels
(3A). Gamma and power settings are taken and have no effect.
"""

from __future__ import annotations

from PIL import Image

from tests.display.models.solomon import from_565
from tests.display.models.windowed import FLIP, MIRROR, Windowed

_MV, _MX, _MY = 0x20, 0x40, 0x80


class Dcs(Windowed):
    """A chip and its module. ``mount`` is the access mode in which a picture stands upright."""

    writes = 0x2C
    memory = (240, 320)
    visible = (320, 240)  # seen in the mounted orientation
    mount = _MV
    inverted_glass = False  # IPS modules want INVON for true colours

    def __init__(self) -> None:
        super().__init__()
        self.asleep, self.inversion = True, False
        self.access = 0
        self.pixel_bytes = 3
        self.ram = Image.new("L", self.memory, 0x80)  # after power-on it holds anything

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x01:
                self.on, self.asleep, self.inversion, self.access = False, True, False, 0
            case 0x10 | 0x11:
                self.asleep = code == 0x10
            case 0x20 | 0x21:
                self.inversion = code == 0x21
            case 0x28 | 0x29:
                self.on = code == 0x29
            case 0x2A:
                self.x = arguments[0] << 8 | arguments[1], arguments[2] << 8 | arguments[3]
            case 0x2B:
                self.y = arguments[0] << 8 | arguments[1], arguments[2] << 8 | arguments[3]
            case 0x36:
                self.access = arguments[0]
            case 0x3A:
                self.pixel_bytes = {5: 2, 6: 3}[arguments[0] & 0x07]

    def write(self, pixels: bytes) -> None:
        shades = pixels[1::3] if self.pixel_bytes == 3 else from_565(pixels)
        width = self.x[1] - self.x[0] + 1
        rows = len(shades) // width
        there = self._seen_through(self.ram, self.access)
        there.paste(
            Image.frombytes("L", (width, rows), shades[: width * rows]), (self.x[0], self.y[0])
        )
        self.ram = self._put_back(there, self.access)

    def picture(self) -> Image.Image:
        if self.asleep:
            return Image.new("L", self.visible)
        seen = self._seen_through(self.ram, self.mount).crop((0, 0, *self.visible))
        if self.inversion is not self.inverted_glass:
            seen = seen.point([255 - level for level in range(256)])
        return seen

    @staticmethod
    def _seen_through(ram: Image.Image, access: int) -> Image.Image:
        """Return the memory as it is addressed in an access mode."""
        seen = ram.copy()
        if access & _MX:
            seen = seen.transpose(MIRROR)
        if access & _MY:
            seen = seen.transpose(FLIP)
        return seen.transpose(Image.Transpose.TRANSPOSE) if access & _MV else seen

    @staticmethod
    def _put_back(seen: Image.Image, access: int) -> Image.Image:
        ram = seen.transpose(Image.Transpose.TRANSPOSE) if access & _MV else seen
        if access & _MY:
            ram = ram.transpose(FLIP)
        return ram.transpose(MIRROR) if access & _MX else ram


class Ili9341(Dcs):
    """240 x 320, sold as 320 x 240."""


class St7789(Dcs):
    """The same memory behind an IPS glass, here 240 x 240."""

    visible = (240, 240)
    mount = _MX | _MV
    inverted_glass = True


class St7789Wide(St7789):
    """The 2.0 inch module."""

    visible = (320, 240)


class St7735(Dcs):
    """128 x 160, sold as 160 x 128."""

    memory = (128, 160)
    visible = (160, 128)
    mount = _MX | _MV
