"""The GPIO lines beside an SPI bus: D/C, reset and backlight, and the BUSY line of e-paper.

luma.core would use RPi.GPIO, which does not work on a Pi 5. These lines use gpiozero, as all other
lines of the kiosk do, so tests can use gpiozero's mock pins here too.
"""

# ruff: noqa: PLC0415 - gpiozero is loaded only when it is needed

from __future__ import annotations

import threading
from typing import Any


class GpioLines:
    """GPIO lines by their BCM numbers.

    luma calls ``setup`` and ``output``: their names and arguments are those of RPi.GPIO.
    """

    LOW, HIGH, OUT = 0, 1, "out"

    def __init__(self) -> None:
        self._lines: dict[int, Any] = {}
        self._became_busy = threading.Event()

    def setup(self, line: int, _direction: str) -> None:
        """Use the line as an output; set it low."""
        from gpiozero import DigitalOutputDevice

        self._lines[line] = DigitalOutputDevice(line)

    def output(self, line: int, level: int) -> None:
        """Set the level of an output line."""
        self._lines[line].value = level

    def close(self) -> None:
        """Release all lines."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    # --- what luma does not need ---

    def setup_reset(self, line: int) -> None:
        """Use the line as the reset output of a chip; set it high, which is inactive."""
        from gpiozero import DigitalOutputDevice

        self._lines[line] = DigitalOutputDevice(line, active_high=False)

    def pulse_reset(self, line: int, low: float, high: float) -> None:
        """Pull the reset line low for some seconds, then wait some for the chip to start."""
        self._lines[line].blink(on_time=low, off_time=high, n=1, background=False)

    def setup_busy(self, line: int, busy_level: int) -> None:
        """Use the line as the BUSY input. It reads as not busy while nothing is connected."""
        from gpiozero import DigitalInputDevice

        device = DigitalInputDevice(line, pull_up=busy_level == self.LOW)
        device.when_activated = self._became_busy.set
        self._lines[line] = device

    def forget_busy(self) -> None:
        """Forget that the BUSY line has become busy; call this before each command."""
        self._became_busy.clear()

    def wait_until_busy(self, seconds: float) -> bool:
        """Wait until the panel has been busy since ``forget_busy``; return False after the time."""
        return self._became_busy.wait(seconds)

    def wait_until_ready(self, line: int, seconds: float) -> bool:
        """Wait until the panel is not busy; return False after the time."""
        return bool(self._lines[line].wait_for_inactive(seconds))
