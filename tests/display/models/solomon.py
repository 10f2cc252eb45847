"""OLED glass with shades or colours: SSD1327, SSD1322, SSD1351, SSD1331.

From Solomon Systech's data sheets: SSD1327 rev 1.1 (chapters 9.1 and 10), SSD1322 rev 1.2 (10.1),
SSD1351 rev 1.5 (10.1), SSD1331 rev 1.2 (9.1). Contrast, timing and voltages are not modelled.
"""

from __future__ import annotations

from types import MappingProxyType

from PIL import Image

from tests.display.models.colours import from_565, inverted, swapped
from tests.display.models.windowed import FLIP, MIRROR, Windowed


class Solomon(Windowed):
    """What the four share: column and row windows, remap bits, modes of the whole display."""

    size = (128, 128)
    bits: tuple[int, ...] = (4,)
    inverted_glass = False
    upright = 0x00  # the remap bits with which the module shows upright
    mirror_bit, flip_bit, split_bit = 0x01, 0x10, 0x40

    def __init__(self) -> None:
        super().__init__()
        self.remap = 0
        self.start = self.offset = 0
        self.inverse = self.all_on = self.all_off = False
        self.ram = Image.new(self.mode, self.size)

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x15:
                self.x = arguments[0], arguments[1]
            case 0x75:
                self.y = arguments[0], arguments[1]
            case 0xA0:
                self.remap = arguments[0]
            case 0xA1:
                self.start = arguments[0]
            case 0xA2:
                self.offset = arguments[0]
            case 0xA4 | 0xA5 | 0xA6 | 0xA7:
                self.set_mode(code)
            case 0xAE | 0xAF:
                self.on = code == 0xAF

    def set_mode(self, code: int) -> None:
        self.inverse, self.all_on, self.all_off = code == 0xA7, code == 0xA5, False

    def picture(self) -> Image.Image:
        seen, wrong = self.ram, self.remap ^ self.upright
        if wrong & self.mirror_bit:
            seen = seen.transpose(MIRROR)
        if wrong & self.flip_bit:
            seen = seen.transpose(FLIP)
        if wrong & self.split_bit:  # rows wired alternately, driven in sequence
            seen = _interleaved(seen)
        if self.all_on or self.all_off:
            return Image.new(self.mode, self.size, "white" if self.all_on else "black")
        return inverted(seen) if self.inverse is not self.inverted_glass else seen

    def paste(self, pixels: Image.Image, left: int) -> None:
        self.ram.paste(pixels, (left, self.y[0]))


def _interleaved(picture: Image.Image) -> Image.Image:
    seen = Image.new(picture.mode, picture.size)
    for y in range(picture.height):
        row = picture.crop((0, y, picture.width, y + 1))
        seen.paste(row, (0, y // 2 + (picture.height // 2 if y % 2 else 0)))
    return seen


def _shades(pixels: bytes, low_first: bool) -> bytes:
    """Return a byte a pixel of four bits each."""
    out = bytearray(2 * len(pixels))
    out[0::2] = bytes((byte & 15 if low_first else byte >> 4) * 17 for byte in pixels)
    out[1::2] = bytes((byte >> 4 if low_first else byte & 15) * 17 for byte in pixels)
    return bytes(out)


class Ssd1327(Solomon):
    """128 x 128, four bits a pixel, two pixels a column address; on I2C or SPI."""

    in_band = MappingProxyType({
        0x15: 2, 0x75: 2, 0x81: 1, 0xA0: 1, 0xA1: 1, 0xA2: 1, 0xA8: 1, 0xAB: 1, 0xB1: 1, 0xB3: 1,
        0xB5: 1, 0xB6: 1, 0xB8: 15, 0xBC: 1, 0xBE: 1, 0xD5: 1, 0xFD: 1,
    })  # fmt: skip
    upright = 0x51  # columns remapped, rows remapped, COM split; nibbles: below

    def obey(self, code: int, arguments: list[int]) -> None:
        if code == 0xB8:  # nobody sends all 15 levels: what is meant for them must not be obeyed
            return
        super().obey(code, arguments)

    def write(self, pixels: bytes) -> None:
        width = 2 * (self.x[1] - self.x[0] + 1)
        shades = _shades(pixels, low_first=bool(self.remap & 0x02))
        rows = len(shades) // width
        self.paste(Image.frombytes("L", (width, rows), shades[: width * rows]), 2 * self.x[0])


class Ssd1322(Solomon):
    """480 x 128 of memory behind 256 x 64 of glass, four pixels a column address; SPI only."""

    size = (480, 64)
    upright = 0x10
    mirror_bit, split_bit = 0x02, 0x00

    def set_mode(self, code: int) -> None:
        self.inverse, self.all_on, self.all_off = code == 0xA7, code == 0xA5, code == 0xA4

    def write(self, pixels: bytes) -> None:
        width = 4 * (self.x[1] - self.x[0] + 1)
        if not self.remap & 0x04:  # the four pixels of an address run the other way
            pixels = b"".join(pixels[i : i + 2][::-1] for i in range(0, len(pixels), 2))
        shades = _shades(pixels, low_first=not self.remap & 0x04)
        rows = len(shades) // width
        self.paste(Image.frombytes("L", (width, rows), shades[: width * rows]), 4 * self.x[0])

    def picture(self) -> Image.Image:
        return super().picture().crop((112, 0, 112 + 256, 64))


class Ssd1351(Solomon):
    """128 x 128, 65,536 colours; SPI only."""

    mode = "RGB"
    bits = (5, 6, 5)
    blue_first = False  # the order of the colours on the glass
    upright = 0x30
    mirror_bit, split_bit = 0x02, 0x20

    def write(self, pixels: bytes) -> None:
        assert self.remap >> 6 == 1, "the model knows 65,536 colours only"
        width = self.x[1] - self.x[0] + 1
        colours = from_565(pixels)
        rows = len(colours) // (3 * width)
        wrong_order = bool(self.remap & 0x04) is not self.blue_first
        block = Image.frombytes("RGB", (width, rows), colours[: 3 * width * rows])
        self.paste(swapped(block) if wrong_order else block, self.x[0])


class Ssd1331(Ssd1351):
    """96 x 64, the same colours, arguments sent as commands."""

    size = (96, 64)
    upright = 0x32
    in_band = MappingProxyType({
        0x15: 2, 0x75: 2, 0x81: 1, 0x82: 1, 0x83: 1, 0x87: 1, 0x8A: 1, 0x8B: 1, 0x8C: 1, 0xA0: 1,
        0xA1: 1, 0xA2: 1, 0xA8: 1, 0xAD: 1, 0xB0: 1, 0xB1: 1, 0xB3: 1, 0xBB: 1, 0xBE: 1,
    })  # fmt: skip
