"""The screen with the QR, the amount, how to pay and the time left. Pure.

``scan_me_plan.py`` decides where they stand and how large they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Part, QrPart
from kiosk.display.screens.payment_texts import Content
from kiosk.display.screens.price import Price
from kiosk.display.screens.scan_me_plan import plan
from kiosk.display.screens.time_left import TimeLeft, widest
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen


def scan_me_screen(show: Show, canvas: Canvas, time_left: TimeLeft | None) -> Iterator[Part]:
    """Yield the QR, and the texts beside or below it."""
    pitch = canvas.mm_per_pixel
    content = Content(
        qr_data=show.qr_data,
        price=Price.of(show.amount, canvas.pixels, pitch) if show.amount else None,
        hints=canvas.texts.screens[Screen.SCAN_ME].detail,
        clock=widest(time_left.label) if time_left else "",
    )
    chosen = plan(content, canvas.pixels, pitch)
    yield QrPart(chosen.symbol, chosen.qr)
    yield from chosen.texts.parts(time_left)
