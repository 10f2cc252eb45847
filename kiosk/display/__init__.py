"""The display: panels (drivers) and screens (pure, what is on them)."""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum, StrEnum
from pathlib import Path
from typing import Literal, Protocol

from PIL import Image
from pydantic import Field

from kiosk.base.permissions import NOTHING, Permissions
from kiosk.base.settings import Settings


class Surface(StrEnum):
    """What a panel looks like at rest, and so which way round its screens are drawn."""

    EMISSIVE = "emissive"  # OLED and LCD: lit words on a dark ground
    PAPER = "paper"  # e-ink: dark words on a white ground


class Viewer(Enum):
    """Who looks at a picture, which is how much care it needs."""

    CAMERA = "camera"  # a phone reads the QR: as crisp as the panel can
    PERSON = "person"  # words: soon
    NOBODY = "nobody"  # it has been at rest for a while: spare the glass


class Panel(Protocol):
    """An open panel. Its methods block, so they run in a worker thread; they raise DeviceGone."""

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Put the image on the glass: mode ``1`` or ``RGB``, exactly of the panel's size.

        White is light. Returns when the picture is (or will without further help be) visible.
        """
        ...

    def restore(self) -> None:
        """Put the last image on again, whatever has happened to the panel since.

        A panel that lost its power for a moment comes back dark, and most have no way to say so.
        """
        ...

    def close(self) -> None:
        """Blank the glass if that is possible, and let go of the device."""
        ...


class PanelSettings(Settings):
    """What all panels have in common."""

    printed_qr: str = Field(
        "",
        max_length=512,
        description=(
            "In static mode: the text of the point of sale's own QR (its qr_code), to be drawn on "
            "the panel; left out: the payer is sent to the printed one."
        ),
    )
    qr_too_large: Literal["out_of_service", "printed_code"] = Field(
        "out_of_service",
        description=(
            "What to do with a QR that can't be drawn legibly: out_of_service, or (in hybrid mode) "
            "printed_code, which sends the payer to the printed one."
        ),
    )
    logo: Path | None = Field(
        None, description="A picture (PNG) that stands above the shop's name while nothing is sold."
    )

    @property
    @abstractmethod
    def pixels(self) -> tuple[int, int]:
        """Width and height as the payer sees them, after rotation. Needs no hardware."""

    @property
    def surface(self) -> Surface:
        """Which way round the screens are drawn; a QR is dark on light on either."""
        return Surface.EMISSIVE

    @property
    def pitch(self) -> float | None:
        """Millimetres from pixel to pixel; None where nobody has said how large the glass is."""
        return None

    @property
    def redraw_every(self) -> float:
        """Seconds between two pictures of the time left: as often as the panel can bear."""
        return 1.0

    @property
    def restore_every(self) -> float:
        """Seconds after which the last picture is put on again, in case the panel lost it."""
        return float("inf")

    @property
    def pause_after_picture(self) -> float:
        """Seconds that the panel is left alone after each picture."""
        return 0.0

    @property
    def working_screen_delay(self) -> float:
        """Seconds for which a screen that is about to pass is not worth a picture."""
        return 0.0

    @property
    def burns_in(self) -> bool:
        """Whether the glass wears out where the same pixels are lit for days."""
        return False

    @abstractmethod
    def open(self) -> Panel:
        """Open the device; raises DeviceGone when it is not there."""

    def permissions(self) -> Permissions:
        """Return what it needs of the system; each driver says so in its own file."""
        return NOTHING
