"""The GPIO lines beside an SPI bus, D/C and reset, in the shape that luma.core asks for.

luma.core would use RPi.GPIO, which a Pi 5 does not have. These go through gpiozero like all other
lines of the kiosk, so that its mock pins stand in for them too.
"""

from __future__ import annotations

from typing import Any


class Lines:
    """Output lines by their BCM numbers. The names are those of RPi.GPIO, which luma.core calls."""

    LOW, HIGH, OUT = 0, 1, "out"

    def __init__(self) -> None:
        self._lines: dict[int, Any] = {}

    def setup(self, line: int, _direction: str) -> None:
        """Take the line for output, low."""
        from gpiozero import DigitalOutputDevice  # noqa: PLC0415 - not before it is needed

        self._lines[line] = DigitalOutputDevice(line)

    def output(self, line: int, level: int) -> None:
        """Set the line."""
        self._lines[line].value = level

    def close(self) -> None:
        """Let go of all lines."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()
