"""Writes facts into the journal, off the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import anyio

from kiosk.base.environment import Offload
from kiosk.base.errors import JournalFailed
from kiosk.journal import Intent, Journal
from kiosk.sale.effects import Fact, SaleOpened

RETRY = 2.0  # seconds between two attempts to write what must be written

T = TypeVar("T")

log = logging.getLogger("kiosk.journal")


class JournalWriter:
    """The journal and the thread that it is written in."""

    def __init__(self, journal: Journal, on_disk: Offload) -> None:
        self._journal = journal
        self._thread = on_disk
        self.busy_since: float | None = None  # when the work began that the thread is at

    async def intend(self, fact: SaleOpened, request: bytes) -> None:
        """Write an intent down, or raise JournalFailed: then it must not be acted on."""
        await self._on_disk(partial(self._journal.remember, fact, request))

    async def insist(self, fact: Fact, in_trouble: Callable[[], None]) -> bool:
        """Write down what has happened, however long that takes; return whether it was hard.

        ``in_trouble`` is called once if it can't be written at once: the world is not told before
        it is on disk, so meanwhile the counter stands still.
        """
        try:
            await self._on_disk(partial(self._journal.remember, fact))
            return False
        except JournalFailed as failure:
            log.error("%s; the counter waits until it can be written", failure)
        in_trouble()
        while True:
            await anyio.sleep(RETRY)
            with suppress(JournalFailed):
                await self._on_disk(partial(self._journal.remember, fact))
                log.info("the journal can be written again")
                return True

    async def intent(self, reference: str) -> Intent:
        """Return what was written down for this sale: its key and its exact request."""
        return await self._on_disk(partial(self._journal.intent, reference))

    async def check(self) -> None:
        """Return if a fact could be written now; raises JournalFailed."""
        await self._on_disk(self._journal.check)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        self.busy_since = anyio.current_time()
        try:
            return await self._thread(work)
        finally:
            self.busy_since = None
