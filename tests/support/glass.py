"""Compare what is on a fake panel with a screen."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops

from kiosk.display import Surface
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show


def is_on(frames: Path, show: Show, *, shop: str = "") -> bool:
    """Return whether the newest frame is just this screen, in Spanish on 250x122 pixels of paper."""
    files = sorted(frames.glob("*.png"))
    if not files:
        return False
    wanted = draw(show, Canvas((250, 122), "es", shop, Surface.PAPER), 0.0)
    with Image.open(files[-1]) as frame:
        return ImageChops.difference(frame.convert("L"), wanted.convert("L")).getbbox() is None
