"""The event queue: every event of the counter, in order. It outlives a configuration."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from kiosk.sale.events import Event, HandoverRequested

LENGTH = 100  # events; delivering into a full queue waits
QUIET_FOR = 0.3  # seconds without an event; a reading that had begun is complete by then


class EventQueue:
    """Takes the events of inputs, calls and devices. See ``open_event_queue``."""

    def __init__(self) -> None:
        self._delivered_at = -math.inf
        self.put, self.taken = anyio.create_memory_object_stream[tuple[float, Event]](LENGTH)

    async def deliver(self, event: Event) -> None:
        """Queue an event."""
        self._delivered_at = anyio.current_time()
        await self.put.send((self._delivered_at, event))

    async def request_handover(self) -> None:
        """Queue that another kiosk waits to start. The counter stays quiet."""
        await self.put.send((anyio.current_time(), HandoverRequested()))

    async def next(self) -> tuple[float, Event]:
        """Wait for the next event; return it with the loop-clock second at which it came in."""
        return await self.taken.receive()

    @property
    def quiet(self) -> bool:
        """Whether nothing waits in the queue, and no input is in the middle of a reading."""
        silent = anyio.current_time() - self._delivered_at >= QUIET_FOR
        return silent and not self.taken.statistics().current_buffer_used


@asynccontextmanager
async def open_event_queue() -> AsyncIterator[EventQueue]:
    """Open a queue, and close it at the end."""
    events = EventQueue()
    async with events.put, events.taken:
        yield events
