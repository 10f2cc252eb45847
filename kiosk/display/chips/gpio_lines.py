"""The GPIO lines beside an SPI bus: D/C, reset and backlight, and the BUSY line of e-paper.

luma.core would use RPi.GPIO, which a Pi 5 does not have. These go through gpiozero like all other
lines of the kiosk, so that its mock pins stand in for them too.
"""

# ruff: noqa: PLC0415 - gpiozero loads not before it is needed

from __future__ import annotations

import threading
from typing import Any


class GpioLines:
    """Lines by their BCM numbers. The names of the first part are RPi.GPIO's, which luma calls."""

    LOW, HIGH, OUT = 0, 1, "out"

    def __init__(self) -> None:
        self._lines: dict[int, Any] = {}
        self._began = threading.Event()

    def setup(self, line: int, _direction: str) -> None:
        """Take the line for output, low."""
        from gpiozero import DigitalOutputDevice

        self._lines[line] = DigitalOutputDevice(line)

    def output(self, line: int, level: int) -> None:
        """Set the line."""
        self._lines[line].value = level

    def close(self) -> None:
        """Let go of all lines."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    # --- what luma does not do ---

    def setup_reset(self, line: int) -> None:
        """Take the line for output, high: at rest."""
        from gpiozero import DigitalOutputDevice

        self._lines[line] = DigitalOutputDevice(line, active_high=False)

    def pulse(self, line: int, seconds: float) -> None:
        """Pull a reset line low for so long, and leave the chip as much to come round."""
        self._lines[line].blink(on_time=seconds, off_time=seconds, n=1, background=False)

    def listen(self, line: int, busy: int) -> None:
        """Take the line for input. With nothing connected it reads as not busy."""
        from gpiozero import DigitalInputDevice

        device = DigitalInputDevice(line, pull_up=busy == self.LOW)
        device.when_activated = self._began.set
        self._lines[line] = device

    def expect(self) -> None:
        """Look out, from now on, for the line that is listened to becoming busy."""
        self._began.clear()

    def began(self, seconds: float) -> bool:
        """Wait until it has been busy since; False if that takes longer."""
        return self._began.wait(seconds)

    def idle(self, line: int, seconds: float) -> bool:
        """Wait until it is not busy; False if that takes longer."""
        return bool(self._lines[line].wait_for_inactive(seconds))
