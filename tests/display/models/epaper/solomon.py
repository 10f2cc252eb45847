"""Solomon Systech: SSD1680 rev 0.14, SSD1681, SSD1683 (chapters 6 to 8), SSD1677 rev 1.0."""

from __future__ import annotations

from types import MappingProxyType

from tests.display.models.epaper.base import Epaper, inverse


class Ssd16xx(Epaper):
    """SSD1680, SSD1681, SSD1683. Narrow glass is wired to the source lines from 8 on."""

    at_once = MappingProxyType({0x10: 1, 0x12: 0, 0x20: 0})
    memories = (0x24, 0x26)

    def power_on(self) -> None:
        self.new, self.old = self.blank(0xFF), self.blank(0x33 if self.has_red else 0)
        self._defaults()

    def _defaults(self) -> None:
        self.entry, self.mux, self.sequence, self.second = 0x03, 0, 0xFF, 0x00
        self.sources_from = 0
        self.x, self.y = (0, 0x15), (0, 0x127)
        self.at = [0, 0]

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x01:
                self.mux = (arguments[0] | arguments[1] << 8) + 1
            case 0x10:
                self.asleep = bool(arguments[0] & 0x03)
            case 0x11:
                self.entry = arguments[0]
            case 0x12:
                self._defaults()
                self.busy()
            case 0x20:
                self._update()
            case 0x21:
                self.second = arguments[0] >> 4
                self.sources_from = 8 if arguments[1] & 0x80 else 0
            case 0x22:
                self.sequence = arguments[0]
            case 0x44:
                self.x = arguments[0], arguments[1]
            case 0x45:
                self.y = arguments[0] | arguments[1] << 8, arguments[2] | arguments[3] << 8
            case 0x4E:
                self.at[0] = arguments[0]
            case 0x4F:
                self.at[1] = arguments[0] | arguments[1] << 8

    def write(self, code: int, pixels: bytes) -> None:
        assert self.entry == 0x03, "the model counts right and down only"
        memory = self.new if code == 0x24 else self.old
        for byte in pixels:
            column, row = self.at
            if column < self.stride and row < self.size[1]:
                memory[row * self.stride + column] = byte
            self.at[0] += 1
            if self.at[0] > self.x[1]:
                self.at = [self.x[0], self.y[0] if row == self.y[1] else row + 1]

    def _update(self) -> None:
        self.busy()
        if self.mux != self.size[1] or not self.sequence & 0x04:  # no display phase
            return
        new, old = self._as_wired(self.new), self._as_wired(self._second_memory())
        if self.has_red:
            self.move_colours(new, old)
        else:
            self.move(new, old, full=not self.sequence & 0x08)

    def _second_memory(self) -> bytearray:
        match self.second:
            case 4:
                return self.blank(0)
            case 8:
                return bytearray(inverse(self.old))
        return self.old

    def _as_wired(self, memory: bytearray) -> bytearray:
        """Return what reaches the glass: the first byte drives the source lines from 0, or from 8."""
        first = 8 if self.size[0] <= 160 else 0
        skipped = (first - self.sources_from) // 8
        padded = (bytes(1) + memory[at : at + self.stride] + bytes(1) for at in self.rows())
        return bytearray(b"".join(row[1 + skipped :][: self.stride] for row in padded))


class Ssd1677(Epaper):
    """SSD1677: its addresses count pixels, and it shows nothing without a waveform (32h)."""

    at_once = MappingProxyType({0x10: 1, 0x12: 0, 0x20: 0})
    memories = (0x24, 0x26, 0x32)

    def power_on(self) -> None:
        self.new, self.old = self.blank(0xFF), self.blank(0)
        self._defaults()

    def _defaults(self) -> None:
        self.entry, self.mux, self.sequence = 0x03, 0, 0xFF
        self.x, self.y = (0, 0x3BF), (0, 0x2A7)
        self.at = [0, 0]
        self.waveform = b""

    def obey(self, code: int, arguments: list[int]) -> None:
        padded = [*arguments, 0, 0, 0, 0][: max(4, len(arguments) // 2 * 2)]
        numbers = [low | high << 8 for low, high in zip(padded[::2], padded[1::2], strict=True)]
        match code:
            case 0x01:
                self.mux = numbers[0] + 1
            case 0x10:
                self.asleep = bool(arguments[0] & 0x03)
            case 0x11:
                self.entry = arguments[0]
            case 0x12:
                self._defaults()
                self.busy()
            case 0x20:
                self._update()
            case 0x22:
                self.sequence = arguments[0]
            case 0x44:
                self.x = numbers[0], numbers[1]
            case 0x45:
                self.y = numbers[0], numbers[1]
            case 0x4E | 0x4F:
                self.at[code - 0x4E] = numbers[0]

    def write(self, code: int, pixels: bytes) -> None:
        if code == 0x32:
            self.waveform = pixels
            return
        assert self.entry == 0x03, "the model counts right and down only"
        memory = self.new if code == 0x24 else self.old
        for byte in pixels:
            column, row = self.at
            if column < self.size[0] and row < self.size[1]:
                memory[row * self.stride + column // 8] = byte
            self.at[0] += 8
            if self.at[0] > self.x[1]:
                self.at = [self.x[0], self.y[0] if row == self.y[1] else row + 1]

    def _update(self) -> None:
        """Use the waveform of 32h: five of 10 bytes, then times of 10 groups, and frame rates."""
        self.busy()
        if self.mux != self.size[1] or not self.sequence & 0x04 or len(self.waveform) != 105:
            return
        stays = any(self.waveform[:10]) and any(self.waveform[30:40])
        self.move(self.new, self.old, full=stays)
