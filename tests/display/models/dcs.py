"""LCD glass behind chips that speak MIPI's display command set.

From Sitronix ST7789V v1.6 (chapter 9.1), ST7735S v1.4 (10.1), ST7796S v1.0 (9.2), Ilitek ILI9341
v1.11 (8.2), ILI9486 v1.02 (8.2), ILI9488 v1.00 (5.2), Galaxycore GC9A01A v1.0 (6.2): sleep, display
and inversion, the window (2A, 2B, 2C), memory access control (36) and 18- or 16-bit pixels (3A).
Gamma and power settings are taken and have no effect.

A chip's ``box`` is the part of its memory behind the glass, as columns and rows that access mode 0
counts: TFT_eSPI's `ST7789_Rotation.h`, rotation 0.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.display.models.colours import from_565, from_666, inverted, swapped
from tests.display.models.windowed import FLIP, MIRROR, Windowed

_MV, _MX, _MY, _BGR = 0x20, 0x40, 0x80, 0x08


class Dcs(Windowed):
    """A chip and its module. ``mount`` is the access mode in which a picture stands upright."""

    mode = "RGB"
    bits = (6, 6, 6)
    writes = 0x2C
    memory = (240, 320)
    box = (0, 0, 240, 320)
    mount = _MV
    blue_first = False  # the order of the colours on the glass
    inverted_glass = False  # IPS glass needs INVON for true colours

    def __init__(self) -> None:
        super().__init__()
        self.asleep, self.inversion = True, False
        self.access = 0
        self.pixel_bytes = 3
        self.ram = Image.new("RGB", self.memory, "#808080")  # after power-on it holds anything

    def lose_power(self) -> None:
        """Forget everything, as after a loose plug."""
        self.settle()
        vars(self).update(vars(type(self)()))

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
        width = self.x[1] - self.x[0] + 1
        colours = from_666(pixels) if self.pixel_bytes == 3 else from_565(pixels)
        rows = len(colours) // (3 * width)
        block = Image.frombytes("RGB", (width, rows), colours[: 3 * width * rows])
        if bool(self.access & _BGR) is not self.blue_first:
            block = swapped(block)
        there = self._seen_through(self.ram, self.access)
        there.paste(block, (self.x[0], self.y[0]))
        self.ram = self._put_back(there, self.access)

    def picture(self) -> Image.Image:
        seen = self._seen_through(self.ram.crop(self.box), self.mount)
        if self.asleep:
            return Image.new("RGB", seen.size)
        return inverted(seen) if self.inversion is not self.inverted_glass else seen

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

    blue_first = True


class Ili9341Square(Ili9341):
    """A glass of 240 x 240."""

    box = (0, 0, 240, 240)


class Ili9341Wide(Ili9341):
    """A glass of 320 x 180."""

    box = (0, 0, 180, 320)


class Ili9486(Dcs):
    """320 x 480 behind a 16-bit shift register: each argument comes as two bytes.

    So is Waveshare's 3.5 inch LCD (B), with IPS glass.
    """

    memory = (320, 480)
    box = (0, 0, 320, 480)
    mount = 0
    blue_first = True
    inverted_glass = True

    def obey(self, code: int, arguments: list[int]) -> None:
        assert not any(arguments[0::2]), "the upper half of an argument is zero"
        super().obey(code, arguments[1::2])


class Ili9488(Dcs):
    """320 x 480, sold as 480 x 320."""

    memory = (320, 480)
    box = (0, 0, 320, 480)
    blue_first = True


class St7796(Ili9488):
    """The same, from another maker, who locks the second set of commands."""

    def __init__(self) -> None:
        super().__init__()
        self.locks = [False, False]

    def obey(self, code: int, arguments: list[int]) -> None:
        if code == 0xF0:
            self.locks[arguments[0] in (0x96, 0x69)] = arguments[0] in (0xC3, 0x96)
        elif 0xB0 <= code <= 0xEF:
            assert all(self.locks), f"{code:#04x} before F0h C3h and F0h 96h"
        super().obey(code, arguments)


class Gc9a01(Dcs):
    """240 x 240 behind a round IPS glass."""

    memory = (240, 240)
    box = (0, 0, 240, 240)
    mount = 0
    blue_first = True
    inverted_glass = True

    def __init__(self) -> None:
        super().__init__()
        self.enabled: set[int] = set()

    def obey(self, code: int, arguments: list[int]) -> None:
        if code in (0xFE, 0xEF):  # 6.4: "inter register enable" 1 and 2
            self.enabled.add(code)
        elif code >= 0x60 and code != 0xEB:
            assert self.enabled == {0xFE, 0xEF}, f"{code:#04x} before FEh and EFh"
        super().obey(code, arguments)

    def picture(self) -> Image.Image:
        disc = Image.new("L", (240, 240))
        ImageDraw.Draw(disc).ellipse((0, 0, 239, 239), fill=255)
        return Image.composite(super().picture(), Image.new("RGB", (240, 240)), disc)


class St7789(Dcs):
    """The memory of ILI9341 behind an IPS glass, here 240 x 240."""

    box = (0, 0, 240, 240)
    mount = _MX | _MV
    inverted_glass = True


class St7789Inch20(St7789):
    """The 2.0 inch module: the whole memory."""

    box = (0, 0, 240, 320)


class St7789Inch114(St7789):
    """The 1.14 inch module."""

    box = (52, 40, 52 + 135, 40 + 240)


class St7789Inch19(St7789):
    """The 1.9 inch module."""

    box = (35, 0, 35 + 170, 320)


class St7789Rounded(St7789):
    """A module with round corners, here 1.69 inches."""

    box = (0, 20, 240, 20 + 280)
    radius = 40

    def picture(self) -> Image.Image:
        seen = super().picture()
        glass = Image.new("L", seen.size)
        corners = (0, 0, seen.width - 1, seen.height - 1)
        ImageDraw.Draw(glass).rounded_rectangle(corners, self.radius, fill=255)
        return Image.composite(seen, Image.new("RGB", seen.size), glass)


class St7789Inch147(St7789Rounded):
    """The 1.47 inch module."""

    box = (34, 0, 34 + 172, 320)
    radius = 28


class St7735(Dcs):
    """128 x 160, sold as 160 x 128."""

    memory = (128, 160)
    box = (0, 0, 128, 160)
    mount = _MX | _MV


class St7735GreenTab(St7735):
    """The same glass in the middle of the chip's whole memory."""

    memory = (132, 162)
    box = (2, 1, 2 + 128, 1 + 160)


class St7735Square(St7735):
    """A glass of 128 x 128; the chip is told by its pins that it has 132 rows."""

    memory = (132, 132)
    box = (2, 1, 2 + 128, 1 + 128)


class St7735Bar(St7735):
    """A glass of 160 x 80 in the middle of the chip's whole memory."""

    memory = (132, 162)
    box = (26, 1, 26 + 80, 1 + 160)
