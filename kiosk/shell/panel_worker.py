"""Keeps the panel showing what the sale wants shown, however slow or broken the panel is.

The latest picture wins, an equal one is not sent again, and nothing here ever holds up the counter.
Not for deciding what to show: that is the sale's.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
from PIL import Image

from kiosk.base.environment import Offload
from kiosk.base.errors import DeviceGone
from kiosk.display import Audience, Panel, PanelSettings
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.burn_in import AT_REST_AFTER, WANDERS_EVERY, audience, shifted
from kiosk.display.screens.canvas import Canvas, load_logo
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.events import Deliver, DeviceFailed, DeviceRecovered
from kiosk.sale.words import Fault, Screen

FIRST_PAUSE = 1.0  # seconds before a lost panel is tried again; doubles up to the longest
LONGEST_PAUSE = 30.0
CLOSING_LIMIT = 5.0  # seconds that blanking the panel may hold up a shutdown

_log = logging.getLogger(__name__)


class PanelWorker:
    """The panel, as the counter sees it: ``show`` and forget.

    ``shown`` is the last Show that is surely on the glass, None while nothing is. ``busy_since``
    is when the picture was begun that is being put there, None between two: for the watchdog.
    ``judged`` is set once the first picture is out, or it is known that the panel is broken.
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
        self.judged = anyio.Event()
        self._settings = settings
        self._canvas = Canvas(
            pixels=settings.pixels,
            language=language,
            shop=shop,
            look=settings.look,
            step=settings.redraw_every,
            logo=load_logo(settings.logo),
        )
        self._offload = offload
        self._deliver = deliver
        self._wanted: Show | None = None
        self._wanted_since = 0.0
        self._news = anyio.Event()
        self._on_glass = b""  # the pixels that the panel surely holds
        self._sent_at = 0.0
        self._fault = ""
        self._unfit = ""

    def show(self, effect: Show) -> None:
        """Want this on the panel from now on. Never blocks; call it from the event loop."""
        if self._wanted is None or effect.screen is not self._wanted.screen:
            self._wanted_since = anyio.current_time()
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
        self._on_glass = b""
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

    # --- what comes next ---

    async def _follow(self, panel: Panel) -> None:
        while True:
            self._news = anyio.Event()
            wanted = self._wanted
            if wanted is not None and not await self._passes(wanted):
                await self._put(panel, wanted)
                await anyio.sleep(self._settings.rest)
            with anyio.move_on_after(self._until_next_picture(wanted)):
                await self._news.wait()

    async def _passes(self, wanted: Show) -> bool:
        """Return whether something better to show comes before this is worth a picture."""
        if wanted.screen is Screen.WORKING and self.shown is not wanted:
            with anyio.move_on_after(self._settings.passing_screen):
                await self._news.wait()
                return True
        return False

    def _until_next_picture(self, shown: Show | None) -> float:
        """Return the seconds after which the same Show looks different, or is sent anew."""
        now = anyio.current_time()
        waits = [self._settings.renew_every - (now - self._sent_at)]
        if shown and shown.until is not None and shown.until > now:
            step = self._settings.redraw_every
            waits.append((shown.until - now) % step or step)
        if shown and shown.screen is Screen.IDLE and self._settings.burns_in:
            waits.append(max(AT_REST_AFTER - self._idle_for(now), 0) or WANDERS_EVERY)
        return max(0.0, min(waits))

    def _idle_for(self, now: float) -> float:
        return now - self._wanted_since if self._settings.burns_in else 0.0

    # --- one picture ---

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
        if self.shown:
            self.judged.set()

    def _draw_and_send(self, panel: Panel, wanted: Show, now: float) -> None:
        drawn, idle_for = self._as_drawn(wanted), self._idle_for(now)
        for_whom = audience(drawn, fresh=self.shown is not wanted, idle_for=idle_for)
        image = self._picture(drawn, wanted, now)
        if for_whom is Audience.NOBODY:
            image = shifted(image, idle_for)
        if self._news.is_set():
            return  # overtaken while it was drawn
        pixels = image.tobytes()
        if pixels != self._on_glass:
            self._on_glass = b""  # half a frame, until the panel has taken all of it
            panel.show(image, for_whom)
            self._on_glass, self._sent_at = pixels, now
        elif now - self._sent_at >= self._settings.renew_every:
            panel.renew()
            self._sent_at = now
        self.shown = wanted

    def _as_drawn(self, wanted: Show) -> Show:
        """Return the Show with the QR that hangs on the wall, if it has none of its own."""
        if wanted.screen is Screen.SCAN_ME and not wanted.qr_data and self._settings.printed_qr:
            return replace(wanted, qr_data=self._settings.printed_qr)
        return wanted

    def _picture(self, drawn: Show, wanted: Show, now: float) -> Image.Image:
        """Draw it; a QR that does not fit gives way to the printed one, where that is payable."""
        try:
            return draw(drawn, self._canvas, now)
        except QrDoesNotFit as unfit:
            if wanted.qr_data and self._settings.qr_too_large != "printed_code":
                raise
            self._sent_elsewhere(str(unfit))
            return draw(replace(wanted, qr_data=""), self._canvas, now)

    def _sent_elsewhere(self, reason: str) -> None:
        if reason != self._unfit:
            _log.warning("display: %s; the payer is sent to the printed code", reason)
        self._unfit = reason

    # --- faults ---

    async def _failed(self, reason: str) -> None:
        """Say so once; a new reason is worth a line in the log."""
        if reason != self._fault:
            _log.warning("display: %s", reason)
        first, self._fault = not self._fault, reason
        self.judged.set()
        if first:
            await self._deliver(DeviceFailed(Fault.PANEL, reason))

    async def _recovered(self) -> None:
        if self._fault:
            self._fault = ""
            _log.info("display: the panel shows again what it should")
            await self._deliver(DeviceRecovered(Fault.PANEL))
