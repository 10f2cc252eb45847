"""One kiosk after another: a new configuration takes over when the counter is at rest."""

from __future__ import annotations

from contextlib import closing

import anyio

from kiosk.app import Kiosk
from kiosk.service.notify import extend_start_timeout
from kiosk.shell.event_queue import EventQueue

ASKS_EVERY = 1.0  # seconds; what there is to wait for is a sale


class Handover:
    """Runs a kiosk, and after it the one that was proposed last."""

    def __init__(self, events: EventQueue, first: Kiosk) -> None:
        self._events, self.serving = events, first
        self._successor: Kiosk | None = None
        self._proposed = anyio.Event()

    @property
    def pending(self) -> bool:
        """Whether somebody waits to take over."""
        return self._successor is not None

    async def run(self) -> None:
        """Serve until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._request_handover)
            while True:
                with closing(self.serving.status):
                    await self.serving.serve()
                assert self._successor, "it gives way only to somebody"
                self.serving, self._successor = self._successor, None

    def propose(self, successor: Kiosk) -> None:
        """Let it take over at the next moment of rest; whoever waited before it need not."""
        self._successor = successor
        self._proposed.set()

    async def _request_handover(self) -> None:
        """Ask the kiosk to give way, for as long as somebody waits; a sale takes its time."""
        while True:
            await self._proposed.wait()
            self._proposed = anyio.Event()
            while self.pending:
                extend_start_timeout(30 * ASKS_EVERY)
                await self._events.request_handover()
                await anyio.sleep(ASKS_EVERY)
