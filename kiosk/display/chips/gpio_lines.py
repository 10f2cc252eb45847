"""The GPIO lines beside an SPI bus: D/C, reset and backlight, and the BUSY line of e-paper.

luma.core would use RPi.GPIO, which does not work on a Pi 5. These lines are opened as all other
lines of the kiosk are, by ``kiosk.base.gpio_header``.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from kiosk.base.errors import DeviceGone
from kiosk.base.gpio_header import gpio_line, line_errors


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
        with gpio_line(line) as gpiozero:
            self._lines[line] = gpiozero.DigitalOutputDevice(line)

    def output(self, line: int, level: int) -> None:
        """Set the level of an output line."""
        with line_errors(line):
            self._lines[line].value = level

    def close(self) -> None:
        """Release all lines."""
        for line, device in self._lines.items():
            with suppress(DeviceGone), line_errors(line):  # it may have failed already
                device.close()
        self._lines.clear()

    # --- what luma does not need ---

    def setup_reset(self, line: int) -> None:
        """Use the line as the reset output of a chip; set it high, which is inactive."""
        with gpio_line(line) as gpiozero:
            self._lines[line] = gpiozero.DigitalOutputDevice(line, active_high=False)

    def pulse_reset(self, line: int, low: float, high: float) -> None:
        """Pull the reset line low for some seconds, then wait some for the chip to start."""
        with line_errors(line):
            self._lines[line].blink(on_time=low, off_time=high, n=1, background=False)

    def setup_busy(self, line: int, busy_level: int) -> None:
        """Use the line as the BUSY input. It reads as not busy while nothing is connected."""
        with gpio_line(line) as gpiozero:
            self._lines[line] = device = gpiozero.DigitalInputDevice(
                line, pull_up=busy_level == self.LOW
            )
            device.when_activated = self._became_busy.set

    def forget_busy(self) -> None:
        """Forget that the BUSY line has become busy; call this before each command."""
        self._became_busy.clear()

    def wait_until_busy(self, seconds: float) -> bool:
        """Wait until the panel has been busy since ``forget_busy``; return False after the time."""
        return self._became_busy.wait(seconds)

    def wait_until_ready(self, line: int, seconds: float) -> bool:
        """Wait until the panel is not busy; return False after the time."""
        with line_errors(line):
            return bool(self._lines[line].wait_for_inactive(seconds))
