"""A short queue of what waits to be sent or done. It is bounded, and nobody waits to fill it."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Outbox(Generic[T]):
    """A short queue whose ``put`` never blocks: when it is full, the oldest item is dropped."""

    def __init__(self, longest: int = 16) -> None:
        self._items: deque[T] = deque()
        self._longest = longest
        self._filled = anyio.Event()

    def put(self, item: T) -> T | None:
        """Queue the item; return the item that was dropped for it, if any."""
        dropped = self._items.popleft() if self.full else None
        self._items.append(item)
        self._filled.set()
        return dropped

    @property
    def full(self) -> bool:
        """Whether the next ``put`` drops an item."""
        return len(self._items) >= self._longest

    def take_back(self, is_it: Callable[[T], bool]) -> T | None:
        """Remove the first item that ``is_it`` accepts, and return it, if there is one."""
        item = next(filter(is_it, self._items), None)
        if item is not None:
            self._items.remove(item)
        return item

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
