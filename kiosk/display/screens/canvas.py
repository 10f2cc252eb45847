"""What all pictures for one panel have in common: its size and colours, the shop, the language."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

from PIL import Image

from kiosk.base.frozen import frozen
from kiosk.display import Palette, Surface
from kiosk.display.fonts.typeface import (
    ASSUMED_PITCH,
    MIN_BOLD_SIZE,
    MIN_SIZE,
    legible_cap,
    size_for_cap,
)
from kiosk.display.screens.layout import Box
from kiosk.display.screens.logo import load_logo
from kiosk.display.screens.texts import LANGUAGES, Language


class PanelLook(Protocol):
    """What decides how pictures for a panel look: its settings have it, and a known panel too."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height as the payer sees them."""
        ...

    @property
    def surface(self) -> Surface:
        """Return what the panel looks like when it is blank."""
        ...

    @property
    def palette(self) -> Palette:
        """Return what its pixels can show."""
        ...

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel; None if they are unknown."""
        ...

    @property
    def redraw_every(self) -> float:
        """Return the seconds between two pictures of the time left."""
        ...


@frozen
class Canvas:
    """The panel that a screen is drawn for. ``pixels`` are width and height as the payer sees them.

    ``time_step`` is the seconds between two pictures of the time left: it is shown in such steps.
    ``pitch`` is the millimetres from pixel to pixel, None if unknown: see ``mm_per_pixel``.
    ``idle_lines`` are the shop's own texts for the time without a sale.
    """

    pixels: tuple[int, int]
    language: str
    shop: str = ""
    surface: Surface = Surface.EMISSIVE
    time_step: float = 1.0
    logo: Image.Image | None = None
    pitch: float | None = None
    palette: Palette = Palette.MONO
    idle_lines: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        panel: PanelLook,
        language: str,
        shop: str = "",
        logo: Path | None = None,
        idle_lines: tuple[str, ...] = (),
    ) -> Self:
        """Return the canvas of a panel, the same for the kiosk and for a preview."""
        return cls(
            pixels=panel.pixels,
            language=language,
            shop=shop,
            idle_lines=idle_lines,
            surface=panel.surface,
            time_step=panel.redraw_every,
            logo=load_logo(logo),
            pitch=panel.pitch,
            palette=panel.palette,
        )

    @property
    def area(self) -> Box:
        """Return the whole panel."""
        return Box(0, 0, *self.pixels)

    @property
    def mm_per_pixel(self) -> float:
        """Return the pitch, or the assumed one if it is unknown; it decides how large texts are."""
        return self.pitch or ASSUMED_PITCH

    @property
    def legible_size(self) -> int:
        """Return the smallest type size that people can read at arm's length.

        Of a panel of unknown size, six rows of text must fit.
        """
        if self.pitch is None:
            return max(MIN_SIZE, min(MIN_BOLD_SIZE, min(self.pixels) // 6))
        height = legible_cap(self.pixels, self.mm_per_pixel)
        return max(size_for_cap(height, self.mm_per_pixel, bold) for bold in (False, True))

    @property
    def texts(self) -> Language:
        """Return the texts in the panel's language."""
        return LANGUAGES[self.language]
