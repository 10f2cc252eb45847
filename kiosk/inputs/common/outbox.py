"""A queue of what an input has to send: replies for a register, results to be reported."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar

import anyio

from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver, InputLost, InputOpened, ResultDelivered

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


def in_place_of_older(box: Outbox[Any], result: Reply) -> Reply:
    """Return the result, in place of an outdated one of the same sale that still waits in the box.

    The register never heard that one, so this is not a late one for it either.
    """
    outdated = box.take_back(lambda it: isinstance(it, Reply) and it.reference == result.reference)
    return replace(result, late=outdated.late) if isinstance(outdated, Reply) else result


async def report(results: Outbox[ResultDelivered], deliver: Deliver) -> None:
    """Deliver what is put into the outbox, until canceled."""
    while True:
        result = await results.first()
        results.remove(result)
        await deliver(result)


def connection_of(source: str, deliver: Deliver) -> Callable[[str], Awaitable[None]]:
    """Return what ``keep_open`` calls to tell whether the device of this input is open."""

    async def tell(trouble: str) -> None:
        await deliver(InputLost(source, trouble) if trouble else InputOpened(source))

    return tell
