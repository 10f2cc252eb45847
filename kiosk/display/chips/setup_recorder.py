"""Setting a panel up once more without luma's doing: what it was told at first is told again.

A panel whose plug was loose for a second is dark, knows nothing of its settings, and most can't
say so. To make it anew would blank it each time; saying the same again changes nothing that can
be seen on a panel that is well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LONGEST = 64  # bytes; what is longer is a picture, not a setting
_SOFTWARE_RESET = 0x01  # of LCD chips: it would blank them


class SetupRecorder:
    """A serial interface of luma.core that remembers what set the panel up."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self._said: list[tuple[Callable[..., None], tuple[Any, ...]]] | None = []

    def command(self, *codes: int) -> None:
        """Pass a command on."""
        self._bus.command(*codes)
        if self._said is not None and codes != (_SOFTWARE_RESET,):
            self._said.append((self._bus.command, codes))

    def data(self, data: Any) -> None:
        """Pass data on."""
        self._bus.data(data)
        if self._said is not None and len(data) <= _LONGEST:
            self._said.append((self._bus.data, (data,)))

    def cleanup(self) -> None:
        """Let go of the bus."""
        self._bus.cleanup()

    def learned(self) -> Callable[[], None]:
        """Stop remembering; return what says it all again."""
        said, self._said = self._said or [], None

        def again() -> None:
            for say, what in said:
                say(*what)

        return again
