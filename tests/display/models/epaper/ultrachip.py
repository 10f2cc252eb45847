"""UltraChip: UC8179c rev 0.6, UC8151D and UC8176, chapter Commands."""

from __future__ import annotations

from types import MappingProxyType

from tests.display.models.epaper.base import Epaper, inverse


class Uc8179(Epaper):
    """UC8179: BUSY is low while it is busy, and nothing moves without power."""

    busy_level = 0
    at_once = MappingProxyType({0x02: 0, 0x04: 0, 0x07: 1, 0x12: 0})
    memories = (0x10, 0x13)

    def power_on(self) -> None:
        self.old, self.new = self.blank(0), self.blank(0x33 if self.has_red else 0)
        self.setting = 0x0F  # black, white and red
        self.resolution = (0, 0)
        self.powered = self.windowed = self.fixed = False
        self.interval = 0x31
        self.temperature = 0

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x00:
                self.setting = arguments[0]
            case 0x02 | 0x04:
                self.powered = code == 0x04
                self.busy()
            case 0x07:
                self.asleep = arguments == [0xA5]
            case 0x12:
                self._update()
            case 0x50:
                self.interval = arguments[0]
            case 0x61:
                high, low, high2, low2 = arguments
                self.resolution = high << 8 | low, high2 << 8 | low2
            case 0x91 | 0x92:
                self.windowed = code == 0x91
            case 0x90:
                assert arguments == [0, 0, 3, 31, 0, 0, 1, 223, 1], "the model has one window"
            case 0xE0:
                self.fixed = bool(arguments[0] & 0x02)
            case 0xE5:
                self.temperature = arguments[0]

    def write(self, code: int, pixels: bytes) -> None:
        memory = self.old if code == 0x10 else self.new
        assert len(pixels) == len(memory), f"{len(pixels)} bytes are no picture"
        memory[:] = pixels

    def _update(self) -> None:
        self.busy()
        if not self.powered or self.resolution != self.size:
            return
        assert bool(self.setting & 0x10) is not self.has_red, "the panel has other colours"
        if self.has_red:
            black, red = by_polarity(self.old, self.new, self.interval & 0x03)
            self.move_colours(black, red)
            return
        self.white = self.interval & 0x01  # DDX: which level is white
        self.move(self.new, self.old, full=not (self.fixed and self.temperature == 0x6E))
        if self.interval & 0x08:  # N2OCP
            self.old[:] = self.new


class Uc8151d(Epaper):
    """UC8151D with a three-colour panel: BUSY is low while it is busy."""

    busy_level = 0
    at_once = MappingProxyType({0x02: 0, 0x04: 0, 0x07: 1, 0x12: 0})
    memories = (0x10, 0x13)
    interval_after_power_on = 0xD7

    def __init__(self, size: tuple[int, int], pins: tuple[int, int] | None = None) -> None:
        super().__init__(size, pins, red=True)

    def power_on(self) -> None:
        self.black, self.red = self.blank(0), self.blank(0x33)
        self.resolution: tuple[int, ...] = ()
        self.powered = False
        self.setting, self.interval = 0, self.interval_after_power_on

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
            case 0x00:
                self.setting = arguments[0]
            case 0x02 | 0x04:
                self.powered = code == 0x04
                self.busy()
            case 0x07:
                self.asleep = arguments == [0xA5]
            case 0x12:
                self._update()
            case 0x50:
                self.interval = arguments[0]
            case 0x61:
                self.resolution = arguments[0], arguments[1] << 8 | arguments[2]

    def write(self, code: int, pixels: bytes) -> None:
        memory = self.black if code == 0x10 else self.red
        assert len(pixels) == len(memory), f"{len(pixels)} bytes are no picture"
        memory[:] = pixels

    def knows_its_size(self) -> bool:
        return self.resolution == self.size

    def _update(self) -> None:
        self.busy()
        if not self.powered or not self.knows_its_size():
            return
        assert self.setting == 0x0F, "black, white and red; waveforms from its own memory"
        self.move_colours(*by_polarity(self.black, self.red, self.interval >> 4 & 0x03))


class Uc8176(Uc8151d):
    """UC8176, also sold as IL0398: with RES = 00 in command 00h, it has 400x300 pixels."""

    def knows_its_size(self) -> bool:
        return self.size == (400, 300)


def by_polarity(black: bytearray, red: bytearray, ddx: int) -> tuple[bytearray, bytearray]:
    """Return both memories with 1 for white and 1 for red. DDX[0]: 1 is white; DDX[1]: 0 is red."""
    return (
        black if ddx & 0x01 else bytearray(inverse(black)),
        bytearray(inverse(red)) if ddx & 0x02 else red,
    )
