"""The commands of e-paper controllers. Settings and time limits are in ``../../epaper.py``."""

from __future__ import annotations

from typing import Protocol


class EpaperBus(Protocol):
    """The bus to a controller. Every method raises DeviceGone when the panel does not answer."""

    def reset(self) -> None:
        """Pulse the reset line: the controller wakes from deep sleep and has lost its settings."""
        ...

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        ...

    def data(self, pixels: bytes) -> None:
        """Send the pixels that follow the last command."""
        ...

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become busy at all."""
        ...

    def refresh(self, code: int) -> None:
        """Send the command that starts a refresh; return when the refresh is done."""
        ...


class Controller(Protocol):
    """A controller with a panel.

    ``size`` is in the controller's own orientation. ``quick`` says that the panel has a waveform
    that changes only the pixels that differ. ``busy_level`` is the level of BUSY while it is busy.
    """

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height."""
        ...

    @property
    def quick(self) -> bool:
        """Return whether there is a quick refresh."""
        ...

    @property
    def busy_level(self) -> int:
        """Return 0 or 1."""
        ...

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Wake the controller, show ``new`` (rows of whole bytes, 1 is white), and let it sleep.

        ``old`` is the picture on the panel. A quick refresh changes what differs from it. A full
        refresh compares nothing.
        """
        ...
