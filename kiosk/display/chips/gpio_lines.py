"""The GPIO lines beside an SPI bus: D/C, reset and backlight, and the BUSY line of e-paper.

luma.core would use RPi.GPIO, which does not work on a Pi 5. These lines are opened as all other
lines of the kiosk are, by ``kiosk.base.gpio_header``.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any, Protocol

from kiosk.base.errors import DeviceGone
from kiosk.base.gpio_header import gpio_line, is_simulated, kernel_edges, line_errors


class GpioLines:
    """GPIO lines by their BCM numbers.

    luma calls ``setup`` and ``output``: their names and arguments are those of RPi.GPIO.
    """

    LOW, HIGH, OUT = 0, 1, "out"

    def __init__(self) -> None:
        self._lines: dict[int, Any] = {}
        self._busy: _Busy | None = None

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
        if self._busy:
            self._busy.close()
        self._busy = None

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
        kind = _SimulatedBusy if is_simulated() else _KernelBusy
        self._busy = kind(line, active_low=busy_level == self.LOW)

    @property
    def busy(self) -> _Busy:
        """Return the BUSY input."""
        assert self._busy, "set up before"
        return self._busy


class _Busy(Protocol):
    """A BUSY input."""

    def forget(self) -> None:
        """Forget that the line has become busy; call this before each command."""
        ...

    def wait_until_busy(self, seconds: float) -> bool:
        """Wait until the panel has been busy since ``forget``; return False after the time."""
        ...

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait until the panel is not busy; return False after the time."""
        ...

    def close(self) -> None:
        """Release the line."""
        ...


class _KernelBusy:
    """BUSY on a Raspberry Pi: the kernel's edges. Also a pulse between two looks is noticed."""

    def __init__(self, line: int, *, active_low: bool) -> None:
        self._number, self._line = line, ExitStack()
        edges = kernel_edges(line, active_low=active_low, both=True)
        self._edges = self._line.enter_context(edges)

    def forget(self) -> None:
        with line_errors(self._number):
            while self._edges.wait_edge_events(timedelta()):
                self._edges.read_edge_events()

    def wait_until_busy(self, seconds: float) -> bool:
        with line_errors(self._number):
            return self._is_busy() or self._edges.wait_edge_events(timedelta(seconds=seconds))

    def wait_until_ready(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        with line_errors(self._number):
            while self._is_busy():
                left = timedelta(seconds=max(end - time.monotonic(), 0))
                if not self._edges.wait_edge_events(left):
                    return False
                self._edges.read_edge_events()
        return True

    def close(self) -> None:
        self._line.close()

    def _is_busy(self) -> bool:
        return bool(self._edges.get_value(self._number).value)


class _SimulatedBusy:
    """BUSY on gpiozero's mock pins."""

    def __init__(self, line: int, *, active_low: bool) -> None:
        self._number, self._became_busy = line, threading.Event()
        with gpio_line(line) as gpiozero:
            self._line = gpiozero.DigitalInputDevice(line, pull_up=active_low)
            self._line.when_activated = self._became_busy.set

    def forget(self) -> None:
        self._became_busy.clear()

    def wait_until_busy(self, seconds: float) -> bool:
        return self._became_busy.wait(seconds)

    def wait_until_ready(self, seconds: float) -> bool:
        with line_errors(self._number):
            return bool(self._line.wait_for_inactive(seconds))

    def close(self) -> None:
        with suppress(DeviceGone), line_errors(self._number):
            self._line.close()
