"""The display: panel drivers, and the screens that they show."""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum, StrEnum
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from PIL import Image
from pydantic import Field

from kiosk.base.drivers import DriverSettings
from kiosk.base.settings import YesNo
from kiosk.display.fonts.shop_text import ShopText


class Surface(StrEnum):
    """What a panel looks like when it is blank. It decides the colours of the screens."""

    EMISSIVE = "emissive"  # OLED and LCD: light text on a dark background
    PAPER = "paper"  # e-paper: dark text on a white background


class Palette(StrEnum):
    """What a panel's pixels can show. It decides whether type has smooth edges, and colours."""

    MONO = "mono"  # two colours, also where a panel has a third ink: the kiosk does not use it
    GREY = "grey"  # 16 shades or more
    COLOUR = "colour"

    @property
    def mode(self) -> str:
        """Return the mode of the images that are drawn for such a panel: ``1``, ``L``, ``RGB``."""
        return {Palette.MONO: "1", Palette.GREY: "L", Palette.COLOUR: "RGB"}[self]


class Viewer(Enum):
    """Who looks at a picture. It decides how carefully the panel shows it."""

    CAMERA = "camera"  # a phone reads the QR: as sharp as the panel can show it
    PERSON = "person"  # text: as soon as possible
    NOBODY = "nobody"  # idle for a minute: protect the panel


class Panel(Protocol):
    """An open panel. Its methods block, so call them in a thread. They raise DeviceGone."""

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show the image, exactly as large as ``PanelSettings.pixels``; white is light.

        Images come in the mode of ``PanelSettings.palette``, but every panel takes the modes
        ``1``, ``L`` and ``RGB``: ``as_mode`` converts them. Returns when the picture is visible,
        or becomes visible by itself.
        """
        ...

    def restore(self) -> None:
        """Show the last image again, even if the panel has lost its power since.

        After a short loss of power a panel is dark, and most panels cannot report it.
        """
        ...

    def close(self) -> None:
        """Blank the panel if that is possible, and close the device."""
        ...


def as_mode(image: Image.Image, mode: str) -> Image.Image:
    """Return the image in that mode; in mode ``1`` a pixel is white from the middle grey on.

    Pillow's own conversion to mode ``1`` scatters dots for shades: it would spoil a QR.
    """
    return image if image.mode == mode else image.convert(mode, dither=Image.Dither.NONE)


class PanelSettings(DriverSettings):
    """The settings and properties of every panel."""

    folder: ClassVar[str] = "kiosk.display"
    drivers: ClassVar[tuple[str, ...]] = ("oled", "lcd", "epaper", "inky", "framebuffer", "fake")

    printed_qr: str = Field(
        "",
        max_length=512,
        description=(
            "In static mode: the text of the point of sale's own QR (its qr_code). The panel shows "
            "this QR. Without it, the panel asks the payer to scan the printed code."
        ),
    )
    qr_too_large: Literal["out_of_service", "printed_code"] = Field(
        "out_of_service",
        description=(
            "What to do when a QR is too large for the panel: out_of_service, or (in hybrid mode) "
            "printed_code, which asks the payer to scan the printed code."
        ),
    )
    logo: Path | None = Field(
        None,
        description=(
            "A picture (PNG) to show with the shop's name while there is no sale: dark on white or "
            "on a transparent ground, 1000 x 1000 pixels at most."
        ),
    )
    idle_lines: tuple[ShopText, ...] = Field(
        (),
        max_length=2,
        description=(
            "One or two lines of 40 characters to show below the shop's name while there is no "
            "sale, such as the opening hours."
        ),
    )

    invert: YesNo = Field(
        False,
        description=(
            "yes if the panel shows black as white and white as black. `kiosk test display` asks."
        ),
    )

    @property
    @abstractmethod
    def pixels(self) -> tuple[int, int]:
        """Return width and height as the payer sees them, after rotation. Opens no device."""

    @property
    def surface(self) -> Surface:
        """Return the colours of the screens. A QR is dark on light on both surfaces."""
        return Surface.EMISSIVE

    @property
    def palette(self) -> Palette:
        """Return what the pixels can show."""
        return Palette.MONO

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel; None if the size in inches is unknown."""
        return None

    @property
    def refresh_takes(self) -> float:
        """Return the seconds until a new picture is visible, at room temperature."""
        return 0.0

    @property
    def redraw_every(self) -> float:
        """Return the seconds between two pictures of the time left to pay; inf: it is not shown."""
        return 1.0

    @property
    def restore_every(self) -> float:
        """Return the seconds after which the last picture is sent again, in case it was lost."""
        return float("inf")

    @property
    def pause_after_picture(self) -> float:
        """Return the seconds to wait after each picture before the next one is sent."""
        return 0.0

    @property
    def working_screen_delay(self) -> float:
        """Return the seconds to wait before the screen ``working`` is drawn.

        If another screen follows within this time, ``working`` is skipped. Most services answer
        sooner, and people see nothing that is as short.
        """
        return 0.15

    @property
    def burns_in(self) -> bool:
        """Return whether pixels age visibly where they are lit for days."""
        return False

    @abstractmethod
    def open(self) -> Panel:
        """Open the device; raise DeviceGone if it is not there."""
