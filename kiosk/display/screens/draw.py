"""Draws a screen: from a ``Show`` to parts with places, and from parts to pixels. Pure.

There are three kinds of screens: the QR with its amount (``scan_me.py``), a message with its icon
(``message.py``), and the shop's name while there is no sale (``idle.py``). Each shows one message
at a time. Where the panel is too small, the least important texts are left out.
"""

from __future__ import annotations

from PIL import Image

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.idle import idle_screen
from kiosk.display.screens.layout import Part
from kiosk.display.screens.message import message_screen
from kiosk.display.screens.paint import paint
from kiosk.display.screens.scan_me import scan_me_screen
from kiosk.display.screens.time_left import time_left_of
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen


def draw(show: Show, canvas: Canvas, now: float) -> Image.Image:
    """Return the picture for a panel, in the mode of its palette; white is light.

    ``now`` is in seconds of the same clock as ``show.until``. Raises QrDoesNotFit.
    """
    return paint(compose(show, canvas, now), canvas.pixels, canvas.surface, canvas.palette)


def compose(show: Show, canvas: Canvas, now: float) -> tuple[Part, ...]:
    """Return the parts of the screen with their places; tests measure them."""
    if show.screen is Screen.IDLE:
        return tuple(idle_screen(canvas, show.reason))
    time_left = time_left_of(show, now, canvas.time_step)
    if show.screen is Screen.SCAN_ME and show.qr_data:
        return tuple(scan_me_screen(show, canvas, time_left))
    return tuple(message_screen(show, canvas, time_left))
