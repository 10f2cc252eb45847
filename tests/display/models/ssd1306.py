"""The glass of an SSD1306, SSD1309 or SH1106: the bytes of the bus in, lit pixels out.

Written from the controllers' data sheets (Solomon Systech SSD1306 rev 1.1, chapters 8 to 10; Sino
Wealth SH1106 v2.3, "Commands"), not from any driver. A byte that a chip does not know is ignored,
as silicon does, and its arguments are then taken for commands: so the wrong driver shears.
"""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image

ROWS, WIDTH = 64, 128
PAGES = ROWS // 8


class Chip:
    """What the family shares. The module is mounted so that A1 and C8 show upright."""

    columns = WIDTH
    first_column = 0  # the RAM column behind the glass's left edge
    mode, bits = "1", (1,)
    inverted_glass = False
    arguments = dict.fromkeys((0x81, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1)

    def __init__(self) -> None:
        self.ram = [bytearray(self.columns) for _ in range(PAGES)]
        self.page = self.column = 0
        self.on = self.inverse = self.all_on = self.pumped = False
        self.remapped = self.scan_reversed = False
        self.start_line = self.offset = 0
        self.multiplex, self.com_pins = 63, 0x12
        self._command: list[int] = []

    # --- the bus ---

    def i2c(self, message: Iterable[int]) -> None:
        """Take one I2C write, address byte left out (SSD1306 8.1.5.2: Co and D/C bits)."""
        stream = list(message)
        while stream:
            control = stream.pop(0)
            assert control & 0x3F == 0, f"{control:#04x} is not a control byte"
            count = 1 if control & 0x80 else len(stream)
            self.spi(stream[:count], data=bool(control & 0x40))
            del stream[:count]

    def spi(self, message: Iterable[int], *, data: bool) -> None:
        """Take bytes with the level of the D/C line."""
        for byte in message:
            if data:
                self.write(byte)
            else:
                self._take(byte)

    def _take(self, byte: int) -> None:
        self._command.append(byte)
        code, *arguments = self._command
        if len(arguments) == self.arguments.get(code, 0):
            self._command = []
            self.obey(code, arguments)

    # --- commands ---

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case _ if code <= 0x0F:
                self.column = self.column & 0xF0 | code
            case _ if code <= 0x1F:
                self.column = self.column & 0x0F | (code & 0x0F) << 4
            case _ if 0x40 <= code <= 0x7F:
                self.start_line = code & 0x3F
            case 0xA0 | 0xA1:
                self.remapped = bool(code & 1)
            case 0xA4 | 0xA5:
                self.all_on = bool(code & 1)
            case 0xA6 | 0xA7:
                self.inverse = bool(code & 1)
            case 0xA8:
                self.multiplex = arguments[0] & 0x3F
            case 0xAE | 0xAF:
                self.on = bool(code & 1)
            case _ if 0xB0 <= code <= 0xB7:
                self.page = code & 0x07
            case _ if 0xC0 <= code <= 0xCF:
                self.scan_reversed = bool(code & 0x08)
            case 0xD3:
                self.offset = arguments[0] & 0x3F
            case 0xDA:
                self.com_pins = arguments[0]

    def write(self, byte: int) -> None:
        raise NotImplementedError

    # --- the glass ---

    def glass(self) -> Image.Image:
        """Return what the eye sees, in mode ``1``."""
        image = Image.new("1", (WIDTH, ROWS))
        if self.on and self.pumped:
            for y in range(self.multiplex + 1):
                for x in range(WIDTH):
                    image.putpixel((x, y), self._lit(x, y))
        return image

    def _lit(self, x: int, y: int) -> bool:
        if self.all_on:
            return True
        line = y if self.scan_reversed else self.multiplex - y
        if not self.com_pins & 0x10:  # rows wired alternately, driven in sequence
            line = line // 2 + (ROWS // 2 if line % 2 else 0)
        row = (line + self.start_line + self.offset) % ROWS
        across = x if self.remapped else WIDTH - 1 - x
        lit = self.ram[row // 8][self.first_column + across] >> row % 8 & 1
        return bool(lit) is not (self.inverse is not self.inverted_glass)


class Ssd1306(Chip):
    """Three addressing modes with windows (data sheet 10.1.3), and a charge pump to switch on."""

    arguments = Chip.arguments | {0x20: 1, 0x21: 2, 0x22: 2, 0x8D: 1, 0xA3: 2}

    def __init__(self) -> None:
        super().__init__()
        self.addressing = 2  # page addressing after reset
        self.window = (0, WIDTH - 1)
        self.pages = (0, PAGES - 1)

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x20:
                self.addressing = arguments[0] & 0x03
            case 0x21:
                self.window = arguments[0] & 0x7F, arguments[1] & 0x7F
                self.column = self.window[0]
            case 0x22:
                self.pages = arguments[0] & 0x07, arguments[1] & 0x07
                self.page = self.pages[0]
            case 0x8D:
                self.pumped = arguments[0] & 0x14 == 0x14
            case _:
                super().obey(code, arguments)

    def write(self, byte: int) -> None:
        self.ram[self.page][self.column] = byte
        match self.addressing:
            case 0:
                self.column, wrapped = _next(self.column, *self.window)
                if wrapped:
                    self.page, _ = _next(self.page, *self.pages)
            case 1:
                self.page, wrapped = _next(self.page, *self.pages)
                if wrapped:
                    self.column, _ = _next(self.column, *self.window)
            case _:
                self.column, _ = _next(self.column, 0, WIDTH - 1)


class Ssd1309(Ssd1306):
    """The same, but lit from outside: there is no charge pump to forget."""

    def __init__(self) -> None:
        super().__init__()
        self.pumped = True


class Sh1106(Chip):
    """132 columns behind 128, page addressing only, and the column stops at the end."""

    columns = 132
    first_column = 2
    arguments = Chip.arguments | {0xAD: 1}

    def __init__(self) -> None:
        super().__init__()
        self.pumped = True  # its DC-DC is on after reset

    def write(self, byte: int) -> None:
        if self.column < self.columns:
            self.ram[self.page][self.column] = byte
            self.column += 1


def _next(value: int, first: int, last: int) -> tuple[int, bool]:
    """Return the next address in the window, and whether it wrapped."""
    return (first, True) if value == last else (value + 1, False)
