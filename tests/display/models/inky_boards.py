"""Inky glass at the end of Pimoroni's library: what its bytes make the inks do.

From the boards' controllers: SSD1608, SSD1675 and SSD1683 (two memories: 1 is white, 1 is red),
JD79661, JD79668 and SSD2683 (two bits a pixel), E640, E673 and EL133UF1 (four bits a pixel). A byte
reaches a controller only while its chip select is low. Not modelled: waveforms, and settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from gpiozero import Device
from PIL import Image

from tests.display.models.epaper.base import TAKES

DC, RESET, BUSY = 22, 27, 17
INKS = {
    0: (0, 0, 0), 1: (255, 255, 255), 2: (255, 255, 0), 3: (255, 0, 0), 5: (0, 0, 255),
    6: (0, 255, 0),
}  # fmt: skip
Unpack = Callable[[dict[int, bytes]], Image.Image]


def pin(number: int) -> Any:
    factory: Any = Device.pin_factory
    return factory.pin(number)


class InkyGlass:
    """A board. It is the library's spidev, too."""

    max_speed_hz = 0
    no_cs = False
    takes_time: tuple[int, ...]  # commands that make the controller busy
    starts: int  # the one that moves the inks

    def __init__(
        self, size: tuple[int, int], busy_level: int, selects: tuple[int, ...] = (8,)
    ) -> None:
        self.size, self.busy_level, self.selects = size, busy_level, selects
        self.memories: list[dict[int, bytes]] = [{} for _ in selects]
        self.shown = Image.new("RGB", size, (255, 0, 0))  # whatever was left on the glass
        self.commands: list[int] = []
        self.refreshes = 0
        self.unplugged = self.stuck = self.closed = False
        self._resets_seen = 0
        self._drive(not busy_level)

    # --- what the library calls ---

    def open(self, port: int, device: int) -> None:
        assert (port, device) == (0, 0)

    def close(self) -> None:
        self.closed = True

    def xfer(self, values: Iterable[int]) -> None:
        self.xfer3(values)

    def xfer3(self, values: Iterable[int]) -> None:
        reached = [at for at, line in enumerate(self.selects) if not pin(line).state]
        assert reached, "no chip select is low: no controller hears this"
        if self.unplugged:
            return
        self._look_at_reset()
        data = bytes(value & 0xFF for value in values)  # as spidev does
        for at in reached:
            memory = self.memories[at]
            if pin(DC).state:
                memory[self.commands[-1]] = memory.get(self.commands[-1], b"") + data
            else:
                memory[data[0]] = b""
        if not pin(DC).state:
            self.commands.append(data[0])
            self._obey(data[0])

    # --- the controller ---

    def _obey(self, code: int) -> None:
        if code in self.takes_time:
            self._drive(self.busy_level)
            if not self.stuck:
                threading.Timer(TAKES, self._drive, [not self.busy_level]).start()
        if code == self.starts:
            self.refreshes += 1
            self.shown = self.picture()

    def _drive(self, level: bool | int) -> None:
        pin(BUSY).drive_high() if level else pin(BUSY).drive_low()

    def _look_at_reset(self) -> None:
        lows = sum(not state.state for state in pin(RESET).states)
        if lows > self._resets_seen:
            self._resets_seen = lows
            self.memories = [{} for _ in self.selects]

    def picture(self) -> Image.Image:
        raise NotImplementedError

    def glass(self) -> Image.Image:
        return self.shown


class TwoMemories(InkyGlass):
    """Black and white in 24h, red in 26h; the rows of the controller may stand upright."""

    takes_time, starts = (0x12, 0x20), 0x20

    def __init__(self, size: tuple[int, int], unused_columns: int = 0) -> None:
        super().__init__(size, busy_level=1)
        self.unused = unused_columns

    def picture(self) -> Image.Image:
        width, height = self.size
        upright = width != 400
        rows = (height + self.unused, width) if upright else self.size
        black, red = self.memories[0][0x24], self.memories[0][0x26]
        seen = Image.frombytes("1", rows, black).convert("RGB")
        seen.paste(INKS[3], mask=Image.frombytes("1", rows, red))
        if not upright:
            return seen
        top = min(self.unused, 6)
        return seen.transpose(Image.Transpose.ROTATE_90).crop((0, top, width, top + height))


class PackedInks(InkyGlass):
    """Some bits for each pixel in 10h; ``bits`` of them."""

    takes_time, starts = (0x02, 0x04, 0x12), 0x12

    def __init__(
        self, size: tuple[int, int], bits: int, unused_columns: int = 0,
        selects: tuple[int, ...] = (8,), upright: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(size, busy_level=0, selects=selects)
        self.bits, self.unused, self.upright = bits, unused_columns, upright

    def picture(self) -> Image.Image:
        halves = [self._half(memory[0x10]) for memory in self.memories]
        seen = Image.new("RGB", (sum(half.width for half in halves), halves[0].height))
        for at, half in enumerate(halves):
            seen.paste(half, (at * half.width, 0))
        if not self.upright:
            return seen
        lying = seen.transpose(Image.Transpose.ROTATE_90)
        return lying.crop((0, self.unused, *lying.size))

    def _half(self, packed: bytes) -> Image.Image:
        width, height = self.size
        rows = (height + self.unused, width) if self.upright else self.size
        rows = rows[0] // len(self.selects), rows[1]
        shifts, mask = range(8 - self.bits, -1, -self.bits), (1 << self.bits) - 1
        table = [bytes(c for s in shifts for c in INKS[byte >> s & mask]) for byte in _legal(self)]
        numbers = dict(zip(_legal(self), table, strict=True))
        return Image.frombytes("RGB", rows, b"".join(map(numbers.__getitem__, packed)))


def _legal(glass: PackedInks) -> list[int]:
    """Return the bytes that are made of inks that there are."""
    shifts, mask = range(8 - glass.bits, -1, -glass.bits), (1 << glass.bits) - 1
    return [byte for byte in range(256) if all(byte >> s & mask in INKS for s in shifts)]


GLASS: dict[str, Callable[[], InkyGlass]] = {
    "phat": lambda: TwoMemories((212, 104)),
    "phat-ssd1608": lambda: TwoMemories((250, 122), unused_columns=14),
    "phat-jd79661": lambda: PackedInks((250, 122), 2, unused_columns=6, upright=True),
    "what": lambda: TwoMemories((400, 300)),
    "what-ssd1683": lambda: TwoMemories((400, 300)),
    "what-jd79668": lambda: PackedInks((400, 300), 2),
    "what-ssd2683": lambda: PackedInks((400, 300), 2),
    "impression-4.0": lambda: PackedInks((600, 400), 4, upright=True),
    "impression-7.3": lambda: PackedInks((800, 480), 4),
    "impression-13.3": lambda: PackedInks((1600, 1200), 4, selects=(26, 16), upright=True),
}
