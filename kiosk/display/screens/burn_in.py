"""What spares a panel: whom a picture is for, and where it stands while nobody looks. Pure."""

from __future__ import annotations

from PIL import Image, ImageChops

from kiosk.display import Audience
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen

AT_REST_AFTER = 60.0  # seconds of idling before an OLED is dimmed and its picture begins to wander
WANDERS_EVERY = 60.0

# All within the two pixels that every screen leaves empty along its edges.
_PLACES = ((2, 0), (1, 2), (-1, 1), (-2, -1), (0, -2), (2, -2), (1, 1), (-1, 2), (-2, 1), (-1, -2))


def audience(show: Show, *, fresh: bool, idle_for: float) -> Audience:
    """Return whom a picture is for; ``fresh`` if nothing of this Show has been on the glass yet."""
    if show.screen is Screen.IDLE and idle_for >= AT_REST_AFTER:
        return Audience.NOBODY
    return Audience.CAMERA if show.qr_data and fresh else Audience.PEOPLE


def shifted(image: Image.Image, idle_for: float) -> Image.Image:
    """Return the picture a little aside, elsewhere each minute: no pixel is lit for days."""
    turn = int((idle_for - AT_REST_AFTER) // WANDERS_EVERY)
    return ImageChops.offset(image, *_PLACES[turn % len(_PLACES)])
