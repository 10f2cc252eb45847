"""A queue of what an input has to send: replies for a register, results to be reported."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import Generic, TypeVar

import anyio

from kiosk.sale.events import Deliver, ResultDelivered

T = TypeVar("T")


class Outbox(Generic[T]):
    """A short queue whose ``put`` never blocks: when it is full, the oldest item is dropped."""

    def __init__(self, longest: int = 16) -> None:
        self._items: deque[T] = deque()
        self._longest = longest
        self._filled = anyio.Event()

    def put(self, item: T) -> T | None:
        """Queue the item; return the item that was dropped for it, if any."""
        dropped = self._items.popleft() if len(self._items) >= self._longest else None
        self._items.append(item)
        self._filled.set()
        return dropped

    async def first(self) -> T:
        """Wait for the oldest item and return it. It stays in the queue until it is removed."""
        while not self._items:
            self._filled = anyio.Event()
            await self._filled.wait()
        return self._items[0]

    def remove(self, item: T) -> None:
        """Remove an item that was sent."""
        with contextlib.suppress(ValueError):  # it was dropped meanwhile
            self._items.remove(item)


async def report(results: Outbox[ResultDelivered], deliver: Deliver) -> None:
    """Deliver what is put into the outbox, until canceled."""
    while True:
        result = await results.first()
        results.remove(result)
        await deliver(result)
