"""Draws a screen for the panel and sends it, with care for the panel and for what does not fit.

``panel_worker.py`` calls it from the panel's own thread and decides what to show and when.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import blake2b

from PIL import Image, ImageChops

from kiosk.display import Panel, PanelSettings, Viewer
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import Part
from kiosk.display.screens.paint import paint
from kiosk.display.screens.time_left import changes_in
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen

# Burn-in protection, for panels whose lit pixels age (OLED).
DIM_AFTER = 60.0  # seconds of the idle screen before it is dimmed and moved for the first time
MOVE_EVERY = 60.0  # seconds

# Seconds. Without it, rounding could ask for a wait so short that the clock does not move.
_SHORTEST_WAIT = 0.001

# Columns and rows by which the idle picture is moved. No picture is cut off: every screen leaves
# two pixels empty along its edges.
_OFFSETS = ((2, 0), (1, 2), (-1, 1), (-2, -1), (0, -2), (2, -2), (1, 1), (-1, 2), (-2, 1), (-1, -2))

_log = logging.getLogger(__name__)


class PictureSender:
    """Draws each Show and sends its picture, unless the panel already holds the same pixels."""

    def __init__(self, settings: PanelSettings, *, language: str, shop: str) -> None:
        self._settings = settings
        self._new_canvas = partial(
            Canvas.of, settings, language, shop, settings.logo, settings.idle_lines
        )
        self._canvas = self._new_canvas()
        self._sent = b""  # the hash of the pixels that the panel surely holds
        self._parts: tuple[Part, ...] = ()  # what they show
        self._set_up_at: float | None = None  # None: the panel has just been opened
        self._too_large = ""  # what was last logged about a QR that does not fit

    def forget(self) -> None:
        """Draw and send the next picture in any case: the panel has just been opened.

        A screen on HDMI may have another size than when it was opened the last time.
        """
        self._sent, self._set_up_at = b"", None
        self._canvas = self._new_canvas()

    def send(
        self,
        panel: Panel,
        show: Show,
        *,
        now: float,
        idle_for: float,
        is_new: bool,
        outdated: Callable[[], bool],
    ) -> bool:
        """Draw the Show and send it; return whether the panel now shows it.

        ``now`` is in loop-clock seconds; ``idle_for`` counts the seconds of the idle screen, and
        ``is_new`` says that nothing of this Show has been on the panel yet. Nothing is sent if
        ``outdated`` becomes true while the picture is drawn. Raises QrDoesNotFit and DeviceGone.
        """
        viewer = viewer_of(self._with_printed_qr(show), is_new=is_new, idle_for=idle_for)
        parts = self._compose(show, now)
        if viewer is Viewer.NOBODY or parts != self._parts or not self._sent:
            image = self._paint(parts)
            if viewer is Viewer.NOBODY:
                image = move_picture(image, idle_for)
            if outdated():
                return False
            pixels = blake2b(image.tobytes()).digest()
            if pixels != self._sent:
                self._sent = b""  # unknown until the panel has taken the whole picture
                panel.show(image, viewer)
            self._sent = pixels
            self._parts = () if viewer is Viewer.NOBODY else parts
        if self._set_up_at is None:
            self._set_up_at = now
        elif not is_new and now - self._set_up_at >= self._settings.restore_every:
            panel.restore()
            self._set_up_at = now
        return True

    def seconds_until_next(self, show: Show | None, *, now: float, idle_for: float) -> float:
        """Return when the same Show needs another picture, or the panel must be set up again.

        While the counter is idle, that is once a minute: nobody reads the panel. A panel that has
        lost its power meanwhile is set up again right after the first picture of a sale.
        """
        if show is None or self._set_up_at is None:
            return math.inf
        waits = [self._set_up_at + self._settings.restore_every - now]
        if show.screen is Screen.IDLE:
            changes = self._settings.burns_in or self._settings.restore_every < math.inf
            waits = [max(DIM_AFTER - idle_for, 0) or MOVE_EVERY] if changes else [math.inf]
        waits.append(changes_in(self._parts, show, now, self._settings.redraw_every))
        return max(_SHORTEST_WAIT, min(waits))

    def picture(self, show: Show, now: float) -> Image.Image:
        """Return the picture of a Show; `kiosk preview` shows the same. Raises QrDoesNotFit."""
        return self._paint(self._compose(show, now))

    def _compose(self, show: Show, now: float) -> tuple[Part, ...]:
        """Return the parts of the screen.

        If a QR does not fit, the screen sends the payer to the printed code where it is payable.
        """
        try:
            return compose(self._with_printed_qr(show), self._canvas, now)
        except QrDoesNotFit as error:
            if show.qr_data and self._settings.qr_too_large != "printed_code":
                raise
            self._log_too_large(str(error))
            return compose(replace(show, qr_data=""), self._canvas, now)

    def _paint(self, parts: tuple[Part, ...]) -> Image.Image:
        canvas = self._canvas
        return paint(parts, canvas.pixels, canvas.surface, canvas.palette)

    def _with_printed_qr(self, show: Show) -> Show:
        """Return the Show with the point of sale's printed QR, if it has none of its own."""
        if show.screen is Screen.SCAN_ME and not show.qr_data and self._settings.printed_qr:
            return replace(show, qr_data=self._settings.printed_qr)
        return show

    def _log_too_large(self, reason: str) -> None:
        if reason != self._too_large:
            _log.warning("display: %s; the screen sends the payer to the printed code", reason)
        self._too_large = reason


def viewer_of(show: Show, *, is_new: bool, idle_for: float) -> Viewer:
    """Return who looks at the picture of this Show; ``is_new`` if it is the first picture of it."""
    if show.screen is Screen.IDLE and idle_for >= DIM_AFTER:
        return Viewer.NOBODY
    return Viewer.CAMERA if show.qr_data and is_new else Viewer.PERSON


def move_picture(image: Image.Image, idle_for: float) -> Image.Image:
    """Return the picture moved by a pixel or two, elsewhere each minute, against burn-in."""
    number = int((idle_for - DIM_AFTER) // MOVE_EVERY)
    return ImageChops.offset(image, *_OFFSETS[number % len(_OFFSETS)])
