"""The bus of an e-paper controller: luma's SPI interface, and the reset and BUSY lines beside it.

Every wait has a limit. What fails is raised as DeviceGone, with the line and what to check.
"""

from __future__ import annotations

from typing import Any

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.display.chips.gpio_lines import GpioLines

# Seconds. A longer pulse makes Waveshare's boards with a power switch cut the panel's power.
_RESET_PULSE = 0.002
_AFTER_RESET = 0.02  # seconds until the controller listens; the data sheets require 10 ms
_BUSY_DELAY = 0.01  # seconds within which a command makes the controller busy
_REFRESH_STARTS_WITHIN = 1.0  # seconds; a panel that is not busy by then is not connected
_COMMAND_TAKES = 5.0  # seconds; at most, for all commands but a refresh


@frozen
class Wiring:
    """How a panel is wired: GPIO lines, and what BUSY means.

    ``busy_level`` is the level while the controller is busy; ``busy_limit`` the seconds that a
    refresh may take. ``location`` and ``what_to_check`` are for messages.
    """

    reset: int
    busy: int
    busy_level: int
    busy_limit: float
    location: str
    what_to_check: str


class SpiEpaperBus:
    """An EpaperBus on luma's SPI interface."""

    def __init__(self, wiring: Wiring, bus: Any, lines: GpioLines) -> None:
        self._wiring, self._bus, self._lines = wiring, bus, lines
        lines.setup_reset(wiring.reset)
        lines.setup_busy(wiring.busy, wiring.busy_level)

    def reset(self) -> None:
        """Reset the controller, which also wakes it."""
        self._lines.pulse_reset(self._wiring.reset, _RESET_PULSE, _AFTER_RESET)

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        self._lines.busy.forget()
        self._bus.command(code)
        if arguments:
            self._bus.data(list(arguments))

    def data(self, pixels: bytes) -> None:
        """Send the pixels of a picture."""
        self._bus.data(list(pixels))

    def refresh(self, code: int) -> None:
        """Start a refresh and wait for its end. A connected panel becomes busy during a refresh."""
        self.send(code)
        wiring = self._wiring
        if not self._lines.busy.wait_until_busy(min(_REFRESH_STARTS_WITHIN, wiring.busy_limit)):
            raise DeviceGone(
                _(
                    "the panel at {location} does not answer: its BUSY line (GPIO{busy}) never "
                    "changed; check {what_to_check} and its wires",
                    location=wiring.location,
                    busy=wiring.busy,
                    what_to_check=wiring.what_to_check,
                )
            )
        self._wait_until_ready(wiring.busy_limit)

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become busy within 10 ms."""
        self._lines.busy.wait_until_busy(_BUSY_DELAY)
        self._wait_until_ready(min(_COMMAND_TAKES, self._wiring.busy_limit))

    def _wait_until_ready(self, limit: float) -> None:
        wiring = self._wiring
        if not self._lines.busy.wait_until_ready(limit):
            raise DeviceGone(
                _(
                    "the panel at {location} has been busy for {limit:g} s; check "
                    "{what_to_check}, and its BUSY wire on GPIO{busy}",
                    location=wiring.location,
                    limit=limit,
                    what_to_check=wiring.what_to_check,
                    busy=wiring.busy,
                )
            )
