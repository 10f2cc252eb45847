"""Keeps the newest screen of the sale on the panel, even if the panel is slow or fails.

The newest picture wins, and nothing here ever delays the counter. What to show is decided in
``kiosk.sale``; how it is drawn and sent, in ``picture_sender.py``.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio

from kiosk.base.environment import Offload
from kiosk.base.errors import DeviceGone
from kiosk.base.retry import pauses
from kiosk.display import Panel, PanelSettings
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.idle import INPUT_LOST
from kiosk.sale.effects import Show
from kiosk.sale.events import Deliver, DeviceFailed, DeviceRecovered, QrShown
from kiosk.sale.words import Fault, Screen
from kiosk.shell.picture_sender import PictureSender

# Seconds before a lost panel is opened again: longer than for other devices, because opening can
# take a panel several seconds and flicker.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
CLOSING_LIMIT = 5.0  # seconds for blanking the panel to begin; what has begun is waited for

_log = logging.getLogger(__name__)


class PanelWorker:
    """Shows each Show on the panel, in its own task and thread.

    ``shown`` is the last Show that is surely on the panel, None while there is none.
    ``always_marked``: every idle screen has the mark, because the configuration has faults.
    ``busy_since`` is the loop-clock second at which the current picture was begun, None while
    there is none: the watchdog reads it. ``startup_done`` is set when the first picture is on the
    panel, or when the panel has failed. ``on_problem`` is called with each new reason why the
    panel shows nothing, and with an empty text when it works again.
    """

    def __init__(
        self,
        settings: PanelSettings,
        *,
        language: str,
        shop: str,
        offload: Offload,
        deliver: Deliver,
        on_problem: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.shown: Show | None = None
        self.always_marked = False
        self.busy_since: float | None = None
        self.startup_done = anyio.Event()
        self._settings = settings
        self._sender = PictureSender(settings, language=language, shop=shop)
        self._offload = offload
        self._deliver, self._on_problem = deliver, on_problem
        self._wanted: Show | None = None
        self._wanted_since = 0.0  # when the wanted screen last changed
        self._changed = anyio.Event()  # something else is wanted
        self._told: Show | None = None  # the last one that was told to be on the panel
        self._fault = ""  # why the panel does not show what is wanted

    def show(self, effect: Show, *, marked: bool = False) -> None:
        """Show this from now on. Never blocks; call it from the event loop.

        ``marked``: the idle screen says that an input is not connected (see ``kiosk status``).
        """
        if (marked or self.always_marked) and effect.screen is Screen.IDLE:
            effect = replace(effect, reason=INPUT_LOST)
        if self._wanted is None or effect.screen is not self._wanted.screen:
            self._wanted_since = anyio.current_time()
        self._wanted = effect
        self._changed.set()

    async def run(self) -> None:
        """Show what is wanted, for ever; open a lost panel again, after growing pauses.

        Delivers DeviceFailed once when the panel is lost or cannot show a QR, and DeviceRecovered
        when the panel shows what is wanted again. Blanks the panel when it is canceled.
        """
        waits = pauses(FIRST_PAUSE, LONGEST_PAUSE)
        while True:
            try:
                async with self._opened() as panel:
                    if self._wanted is None:
                        await self._recovered()
                    await self._follow(panel)
            except DeviceGone as gone:
                if self.shown is not None:  # it has worked: try again soon
                    waits = pauses(FIRST_PAUSE, LONGEST_PAUSE)
                self.shown = None
                await self._failed(str(gone))
            await anyio.sleep(next(waits))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Panel]:
        """Open the panel; whatever happens, leave no QR on it that looks payable."""
        panel = await self._offload(self._settings.open)
        self._sender.forget()
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

    # --- what is shown next ---

    async def _follow(self, panel: Panel) -> None:
        while True:
            self._changed = anyio.Event()
            wanted = self._wanted
            if wanted is not None and not await self._is_skipped(wanted):
                await self._show(panel, wanted)
                await anyio.sleep(self._settings.pause_after_picture)
            now = anyio.current_time()
            wait = self._sender.seconds_until_next(wanted, now=now, idle_for=self._idle_for(now))
            with anyio.move_on_after(wait):
                await self._changed.wait()

    async def _is_skipped(self, wanted: Show) -> bool:
        """Return whether another screen follows so soon that this one is not worth a picture."""
        if wanted.screen is Screen.WORKING and self.shown is not wanted:
            with anyio.move_on_after(self._settings.working_screen_delay):
                await self._changed.wait()
                return True
        return False

    def _idle_for(self, now: float) -> float:
        """Return the seconds since the last change of screen; 0 for panels that do not burn in."""
        return now - self._wanted_since if self._settings.burns_in else 0.0

    # --- one picture ---

    async def _show(self, panel: Panel, wanted: Show) -> None:
        try:
            await self._send(panel, wanted)
        except QrDoesNotFit as error:
            await self._failed(str(error))
            await self._send(panel, Show(Screen.OUT_OF_SERVICE, reason=Fault.PANEL))
        else:
            if self.shown is wanted:
                await self._recovered()
                await self._told_qr(wanted)

    async def _told_qr(self, on_panel: Show) -> None:
        """Deliver once that this QR is on the panel: from now on somebody can scan it."""
        if on_panel is not self._told and on_panel.screen is Screen.SCAN_ME:
            await self._deliver(QrShown(on_panel.reference))
        self._told = on_panel

    async def _send(self, panel: Panel, wanted: Show) -> None:
        """Draw and send in the panel's own thread."""
        now = self.busy_since = anyio.current_time()
        try:
            await self._offload(lambda: self._draw_and_send(panel, wanted, now))
        finally:
            self.busy_since = None
        if self.shown:
            self.startup_done.set()

    def _draw_and_send(self, panel: Panel, wanted: Show, now: float) -> None:
        on_panel = self._sender.send(
            panel,
            wanted,
            now=now,
            idle_for=self._idle_for(now),
            is_new=self.shown is not wanted,
            outdated=self._changed.is_set,
        )
        if on_panel:
            self.shown = wanted

    # --- faults ---

    async def _failed(self, reason: str) -> None:
        """Deliver the first fault; log each new reason."""
        if reason != self._fault:
            _log.warning("display: %s", reason)
            self._on_problem(reason)
        first, self._fault = not self._fault, reason
        self.startup_done.set()
        if first:
            await self._deliver(DeviceFailed(Fault.PANEL, reason))

    async def _recovered(self) -> None:
        if self._fault:
            self._fault = ""
            _log.info("display: the panel works again")
            self._on_problem("")
            await self._deliver(DeviceRecovered(Fault.PANEL))
