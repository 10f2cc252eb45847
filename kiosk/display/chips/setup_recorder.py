"""Setting a panel up again, by sending the same commands and data as the first time.

A panel whose plug was loose for a second is dark and has lost its settings, and most panels cannot
report that. A new luma device would blank the panel each time. The same commands sent again change
nothing visible on a panel that works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LONGEST_SETTING = 64  # bytes; longer data is a picture
_SOFTWARE_RESET = 0x01  # of LCD chips; it would blank the panel


class SetupRecorder:
    """A serial interface of luma.core that records what sets the panel up."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self._recorded: list[tuple[Callable[..., None], tuple[Any, ...]]] | None = []

    def command(self, *codes: int) -> None:
        """Send a command, and record it."""
        self._bus.command(*codes)
        if self._recorded is not None and codes != (_SOFTWARE_RESET,):
            self._recorded.append((self._bus.command, codes))

    def data(self, data: Any) -> None:
        """Send data, and record it unless it is a picture."""
        self._bus.data(data)
        if self._recorded is not None and len(data) <= _LONGEST_SETTING:
            self._recorded.append((self._bus.data, (data,)))

    def cleanup(self) -> None:
        """Close the bus."""
        self._bus.cleanup()

    def stop(self) -> Callable[[], None]:
        """Stop recording; return a function that sends everything recorded again."""
        recorded, self._recorded = self._recorded or [], None

        def send_again() -> None:
            for send, arguments in recorded:
                send(*arguments)

        return send_again
