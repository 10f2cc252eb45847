"""The display: panels (drivers) and screens (pure, what is on them)."""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum
from typing import Protocol

from PIL import Image

from kiosk.settings import Settings


class Glass(StrEnum):
    """What a panel looks like at rest, and so which way round its screens are drawn."""

    EMISSIVE = "emissive"  # OLED and LCD: lit words on a dark ground
    PAPER = "paper"  # e-ink: dark words on a white ground


class Panel(Protocol):
    """An open panel. Its methods block, so they run in a worker thread; they raise DeviceGone."""

    def show(self, image: Image.Image) -> None:
        """Put the image on the glass: mode ``1`` or ``RGB``, exactly of the panel's size.

        White is light. Returns when the picture is (or will without further help be) visible.
        """
        ...

    def close(self) -> None:
        """Blank the glass if that is possible, and let go of the device."""
        ...


class PanelSettings(Settings):
    """What all panels have in common."""

    @property
    @abstractmethod
    def pixels(self) -> tuple[int, int]:
        """Width and height as the payer sees them, after rotation. Needs no hardware."""

    @property
    def look(self) -> Glass:
        """Which way round the screens are drawn; a QR is dark on light on either."""
        return Glass.EMISSIVE

    @property
    def redraw_every(self) -> float:
        """Seconds between two pictures of the time left: as often as the panel can bear."""
        return 1.0

    @abstractmethod
    def open(self) -> Panel:
        """Open the device; raises DeviceGone when it is not there."""
