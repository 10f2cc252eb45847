"""What all pictures of one panel have in common: its glass, and whose counter it stands on."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from kiosk.display import Surface
from kiosk.display.screens.layout import Box
from kiosk.display.screens.texts import LANGUAGES, Language

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Canvas:
    """The glass that a screen is drawn for. ``pixels`` as the payer sees them.

    ``step`` is the seconds between two pictures of the time left: what changes in between is not
    worth saying.
    """

    pixels: tuple[int, int]
    language: str
    shop: str = ""
    surface: Surface = Surface.EMISSIVE
    step: float = 1.0
    logo: Image.Image | None = None

    @property
    def room(self) -> Box:
        """Return the whole of it."""
        return Box(0, 0, *self.pixels)

    @property
    def words(self) -> Language:
        """Return what can be said on it."""
        return LANGUAGES[self.language]


def load_logo(path: Path | None) -> Image.Image | None:
    """Return the picture in shades of grey, on white where it is transparent, without empty edges.

    One that can't be read is no reason not to sell: it is left out, and the log says so.
    """
    if path is None:
        return None
    try:
        with Image.open(path) as picture:
            opaque = Image.new("RGBA", picture.size, "white")
            opaque.alpha_composite(picture.convert("RGBA"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        _log.warning("display.logo: %s can't be shown: %s; use a PNG", path, error)
        return None
    grey = opaque.convert("L")
    return grey.crop(ImageOps.invert(grey).getbbox())
