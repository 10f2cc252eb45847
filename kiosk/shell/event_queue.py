"""The event queue: all that happens at the counter, in one row. It outlives a configuration."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from kiosk.sale.events import Event, HandoverRequested

LENGTH = 100  # events; who delivers into a full queue waits
QUIET_FOR = 0.3  # seconds without any event; a line that had begun by then is complete


class EventQueue:
    """Where readings, answers and faults come in. See ``open_event_queue``."""

    def __init__(self) -> None:
        self._delivered_at = -math.inf
        self.put, self.taken = anyio.create_memory_object_stream[tuple[float, Event]](LENGTH)

    async def deliver(self, event: Event) -> None:
        """Queue what has happened; devices and calls end here."""
        self._delivered_at = anyio.current_time()
        await self.put.send((self._delivered_at, event))

    async def request_handover(self) -> None:
        """Queue that another kiosk waits for the counter to be at rest; that is no disturbance."""
        await self.put.send((anyio.current_time(), HandoverRequested()))

    async def next(self) -> tuple[float, Event]:
        """Wait for what happens next; return it with the loop-clock second at which it came in."""
        return await self.taken.receive()

    @property
    def quiet(self) -> bool:
        """Whether nothing waits in the queue, and no input is in the middle of a reading."""
        calm = anyio.current_time() - self._delivered_at >= QUIET_FOR
        return calm and not self.taken.statistics().current_buffer_used


@asynccontextmanager
async def open_event_queue() -> AsyncIterator[EventQueue]:
    """Open a queue, and close it at the end."""
    events = EventQueue()
    async with events.put, events.taken:
        yield events
