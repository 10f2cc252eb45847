"""Keeps the panel showing what the sale wants shown, however slow or broken the panel is.

The latest picture wins, an equal one is not sent again, and nothing here ever holds up the counter.
Not for deciding what to show: that is the sale's.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from PIL import Image

from kiosk.display import Panel, PanelSettings
from kiosk.display.qr import QrDoesNotFit
from kiosk.display.screens import draw
from kiosk.errors import DeviceGone
from kiosk.sale.effects import Show
from kiosk.sale.events import DeviceFailed, DeviceRecovered
from kiosk.sale.words import Fault, Screen
from kiosk.world import Deliver, Offload

FIRST_PAUSE = 1.0  # seconds before a lost panel is tried again; doubles up to the longest
LONGEST_PAUSE = 30.0
CLOSING_LIMIT = 5.0  # seconds that blanking the panel may hold up a shutdown

_log = logging.getLogger(__name__)


class Display:
    """The panel, as the counter sees it: ``show`` and forget.

    ``shown`` is the last Show that is surely on the glass, None while nothing is. ``busy_since``
    is when the picture was begun that is being put there, None between two: for the watchdog.
    """

    def __init__(
        self,
        settings: PanelSettings,
        *,
        language: str,
        shop: str,
        offload: Offload,
        deliver: Deliver,
    ) -> None:
        self.shown: Show | None = None
        self.busy_since: float | None = None
        self._settings = settings
        self._language = language
        self._shop = shop
        self._offload = offload
        self._deliver = deliver
        self._wanted: Show | None = None
        self._news = anyio.Event()
        self._on_glass = b""  # the pixels that the panel surely holds
        self._fault = ""

    def show(self, effect: Show) -> None:
        """Want this on the panel from now on. Never blocks; call it from the event loop."""
        self._wanted = effect
        self._news.set()

    async def run(self) -> None:
        """Show what is wanted, for ever; a lost panel is reopened with back-off.

        Delivers DeviceFailed once when the panel is lost or can't show a QR, and DeviceRecovered
        once what is wanted is on the glass again. When cancelled it blanks the panel.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._opened() as panel:
                    if self._wanted is None:
                        await self._recovered()
                    await self._follow(panel)
            except DeviceGone as gone:
                if self.shown is not None:
                    pause = FIRST_PAUSE
                self.shown = None
                await self._failed(str(gone))
            await anyio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Panel]:
        """Open the panel; whatever happens, no payable-looking QR stays on its glass."""
        panel = await self._offload(self._settings.open)
        try:
            yield panel
        finally:
            with anyio.move_on_after(CLOSING_LIMIT, shield=True):
                await self._close(panel)

    async def _close(self, panel: Panel) -> None:
        try:
            await self._offload(panel.close)
        except DeviceGone as gone:
            _log.warning("display: the panel could not be blanked: %s", gone)

    async def _follow(self, panel: Panel) -> None:
        while True:
            self._news = anyio.Event()
            wanted = self._wanted
            if wanted is not None:
                await self._put(panel, wanted)
            with anyio.move_on_after(self._until_next_picture(wanted)):
                await self._news.wait()

    def _until_next_picture(self, shown: Show | None) -> float:
        """Return the seconds after which the same Show looks different."""
        if shown is None or shown.until is None or anyio.current_time() >= shown.until:
            return float("inf")
        return self._settings.redraw_every

    async def _put(self, panel: Panel, wanted: Show) -> None:
        try:
            await self._send(panel, wanted)
        except QrDoesNotFit as unfit:
            await self._failed(str(unfit))
            await self._send(panel, Show(Screen.OUT_OF_SERVICE, reason=Fault.PANEL))
        else:
            if self.shown is wanted:
                await self._recovered()

    async def _send(self, panel: Panel, wanted: Show) -> None:
        """Draw and send in the panel's own thread."""
        now = self.busy_since = anyio.current_time()
        try:
            await self._offload(lambda: self._draw_and_send(panel, wanted, now))
        finally:
            self.busy_since = None

    def _draw_and_send(self, panel: Panel, wanted: Show, now: float) -> None:
        image = self._picture(wanted, now)
        if self._news.is_set():
            return  # overtaken while it was drawn
        pixels = image.tobytes()
        if pixels != self._on_glass:
            self._on_glass = b""  # half a frame, until the panel has taken all of it
            panel.show(image)
            self._on_glass = pixels
        self.shown = wanted

    def _picture(self, wanted: Show, now: float) -> Image.Image:
        return draw(
            wanted,
            self._settings.pixels,
            language=self._language,
            shop=self._shop,
            now=now,
            look=self._settings.look,
        )

    async def _failed(self, reason: str) -> None:
        """Say so once; a new reason is worth a line in the log."""
        if reason != self._fault:
            _log.warning("display: %s", reason)
        first, self._fault = not self._fault, reason
        if first:
            await self._deliver(DeviceFailed(Fault.PANEL, reason))

    async def _recovered(self) -> None:
        if self._fault:
            self._fault = ""
            _log.info("display: the panel shows again what it should")
            await self._deliver(DeviceRecovered(Fault.PANEL))
