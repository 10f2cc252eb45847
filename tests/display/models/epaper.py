"""E-paper glass: SSD1680, SSD1681, SSD1683 and UC8179, with their BUSY and reset lines.

From Solomon Systech SSD1680 rev 0.14 (chapters 6 to 8) and Ultra Chip UC8179c rev 0.6. Modelled:
both memories with window, counters and entry mode; what a full and a quick refresh move; deep
sleep, out of which only the reset line wakes; BUSY. Not modelled, and not to be proven off the
panel: waveforms, voltages, ghosts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gpiozero import Device
from PIL import Image

TAKES = 0.002  # seconds of a refresh here


class Epaper:
    """What both families share. ``pins``: the reset and the BUSY line, if they are connected."""

    busy_level = 1
    white = 1  # the bit

    def __init__(self, size: tuple[int, int], pins: tuple[int, int] | None = None) -> None:
        self.size = size
        self.stride = -(-size[0] // 8)
        factory: Any = Device.pin_factory
        self._pins = [factory.pin(number) for number in pins] if pins else []
        self._resets_seen = 0
        self._drive(not self.busy_level)
        self.stuck = self.unplugged = False
        self.refreshes: list[str] = []
        self.ink = self.blank(0x55)  # whatever was left on the glass
        self.asleep = True
        self._command: list[int] = []
        self._pixels = bytearray()
        self.power_on()

    def blank(self, byte: int) -> bytearray:
        return bytearray([byte]) * (self.stride * self.size[1])

    def power_on(self) -> None:
        """Forget everything but what is on the glass."""
        raise NotImplementedError

    # --- lines and bus ---

    def _drive(self, level: bool | int) -> None:
        for pin in self._pins[1:]:
            pin.drive_high() if level else pin.drive_low()

    def busy(self) -> None:
        self._drive(self.busy_level)
        if self._pins and not self.stuck:
            threading.Timer(TAKES, self._drive, [not self.busy_level]).start()

    def _look_at_reset(self) -> None:
        lows = sum(not state.state for pin in self._pins[:1] for state in pin.states)
        if lows > self._resets_seen:
            self._resets_seen = lows
            self.reset()

    def reset(self) -> None:
        """Wake, with nothing remembered."""
        self.power_on()
        self.asleep = False

    def spi(self, message: Iterable[int], *, data: bool) -> None:
        if self.unplugged:
            return
        self._look_at_reset()
        if self.asleep:
            return
        if not data:
            self._settle()
            (code,) = message
            self._command = [code]
        elif self._command and self._command[0] in self.memories:
            self._pixels += bytes(message)
        else:
            self._command += message
        if self._command and self.at_once.get(self._command[0]) == len(self._command) - 1:
            self._settle()

    at_once: Mapping[int, int] = MappingProxyType(
        {}
    )  # what can't wait for the next command; its arguments
    memories: tuple[int, ...] = ()  # commands after which pixels come

    def _settle(self) -> None:
        if self._command and self._command[0] in self.memories:
            self.write(self._command[0], bytes(self._pixels))
            self._pixels.clear()
        elif self._command:
            self.obey(self._command[0], self._command[1:])
        self._command = []

    def obey(self, code: int, arguments: list[int]) -> None:
        raise NotImplementedError

    def write(self, code: int, pixels: bytes) -> None:
        raise NotImplementedError

    def move(self, new: bytearray, old: bytearray, *, full: bool) -> None:
        """Move the ink: all of it, or only what differs between the memories."""
        self.refreshes.append("full" if full else "quick")
        for at, (to, was) in enumerate(zip(new, old, strict=True)):
            moved = 0xFF if full else to ^ was
            self.ink[at] = self.ink[at] & ~moved & 0xFF | to & moved

    # --- the glass ---

    def glass(self) -> Image.Image:
        """Return what the eye sees, lying."""
        raw = bytes(self.ink) if self.white else bytes(byte ^ 0xFF for byte in self.ink)
        seen = Image.frombytes("1", self.size, raw)
        upright = self.size[0] < self.size[1]
        return seen.transpose(Image.Transpose.ROTATE_270) if upright else seen


class Ssd16xx(Epaper):
    """SSD1680, SSD1681, SSD1683."""

    at_once = MappingProxyType({0x10: 1, 0x12: 0, 0x20: 0})
    memories = (0x24, 0x26)

    def power_on(self) -> None:
        self.new, self.old = self.blank(0xFF), self.blank(0)
        self._defaults()

    def _defaults(self) -> None:
        self.entry, self.mux, self.sequence, self.second = 0x03, 0, 0xFF, 0x00
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
        old = self.blank(0) if self.second == 4 else self.old
        self.move(self.new, old, full=not self.sequence & 0x08)


class Uc8179(Epaper):
    """UC8179: BUSY is low while it is busy, and nothing moves without power."""

    busy_level = 0
    at_once = MappingProxyType({0x02: 0, 0x04: 0, 0x07: 1, 0x12: 0})
    memories = (0x10, 0x13)

    def power_on(self) -> None:
        self.old, self.new = self.blank(0), self.blank(0)
        self.resolution = (0, 0)
        self.powered = self.windowed = self.fixed = False
        self.interval = 0x31
        self.temperature = 0

    def obey(self, code: int, arguments: list[int]) -> None:
        match code:
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
        self.white = self.interval & 0x01  # DDX: which level is white
        self.move(self.new, self.old, full=not (self.fixed and self.temperature == 0x6E))
        if self.interval & 0x08:  # N2OCP
            self.old[:] = self.new
