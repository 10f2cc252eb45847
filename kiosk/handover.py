"""The handover: a kiosk with a changed configuration replaces the running one between two sales."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any

import anyio

from kiosk.app import Kiosk
from kiosk.service.notify import extend_start_timeout
from kiosk.shell.event_queue import EventQueue
from kiosk.shell.request_flag import RequestFlag

REQUEST_EVERY = 1.0  # seconds

Beside = Callable[[Kiosk], Coroutine[Any, Any, None]]


class Handover:
    """Runs one kiosk after another; each is the one that was proposed last."""

    def __init__(self, events: EventQueue, first: Kiosk, beside: Beside | None = None) -> None:
        """``beside`` runs beside each kiosk, as long as that one serves."""
        self._events, self.serving, self._beside = events, first, beside
        self._successor: Kiosk | None = None
        self._proposed = RequestFlag()

    @property
    def pending(self) -> bool:
        """Whether a kiosk waits to replace the running one."""
        return self._successor is not None

    async def run(self) -> None:
        """Serve until canceled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._request_handover)
            while True:
                with closing(self.serving.status):
                    await self._serve()
                assert self._successor, "a kiosk stops serving only when another one waits"
                self.serving, self._successor = self._successor, None

    async def _serve(self) -> None:
        async with anyio.create_task_group() as tasks:
            if self._beside:
                tasks.start_soon(self._beside, self.serving)
            await self.serving.serve()
            tasks.cancel_scope.cancel()

    def propose(self, successor: Kiosk) -> None:
        """Let it replace the running kiosk when no sale is open, instead of any proposed before."""
        self._successor = successor
        self._proposed.set()

    async def _request_handover(self) -> None:
        """Repeat the request while a kiosk waits: the running one refuses it during a sale."""
        while True:
            await self._proposed.wait()
            while self.pending:
                extend_start_timeout(30 * REQUEST_EVERY)
                await self._events.request_handover()
                await anyio.sleep(REQUEST_EVERY)
