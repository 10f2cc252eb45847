"""What all e-paper controllers share: lines, bus, memories, ink."""

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

    def __init__(
        self, size: tuple[int, int], pins: tuple[int, int] | None = None, *, red: bool = False
    ) -> None:
        self.size, self.has_red = size, red
        self.stride = -(-size[0] // 8)
        factory: Any = Device.pin_factory
        self._pins = [factory.pin(number) for number in pins] if pins else []
        self._resets_seen = 0
        self._drive(not self.busy_level)
        self.stuck = self.unplugged = False
        self.refreshes: list[str] = []
        self.ink = self.blank(0x55)  # whatever was left on the glass
        self.red_ink = self.blank(0x0F if red else 0)  # 1 is red, over everything
        self.asleep = True
        self._command: list[int] = []
        self._pixels = bytearray()
        self.power_on()

    def blank(self, byte: int) -> bytearray:
        return bytearray([byte]) * (self.stride * self.size[1])

    def rows(self) -> range:
        """Return where each row begins in a memory."""
        return range(0, self.stride * self.size[1], self.stride)

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
        """Wake, with nothing remembered, not even half a command."""
        self._command, self._pixels = [], bytearray()
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

    def move_colours(self, black: bytearray, red: bytearray) -> None:
        """Move the ink of all three colours: there is one kind of refresh."""
        self.refreshes.append("full")
        self.ink, self.red_ink = bytearray(black), bytearray(red)

    # --- the glass ---

    def glass(self) -> Image.Image:
        """Return what the eye sees, lying: in colours, if the panel has any."""
        raw = bytes(self.ink) if self.white else inverse(self.ink)
        seen = Image.frombytes("1", self.size, raw)
        if self.has_red:
            seen = seen.convert("RGB")
            seen.paste((255, 0, 0), mask=Image.frombytes("1", self.size, bytes(self.red_ink)))
        upright = self.size[0] < self.size[1]
        return seen.transpose(Image.Transpose.ROTATE_270) if upright else seen


def inverse(memory: bytes | bytearray) -> bytes:
    """Return every bit the other way round."""
    return bytes(byte ^ 0xFF for byte in memory)
