"""The journal writer: reads and writes the journal in a thread, off the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container
from contextlib import suppress
from functools import partial
from typing import TypeVar

import anyio

from kiosk.base.environment import Offload
from kiosk.base.errors import JournalFailed
from kiosk.journal import DaemonJournal, Intent
from kiosk.journal.facts import key_of
from kiosk.sale.effects import Fact, SaleOpened
from kiosk.sale.events import Started
from kiosk.sale.words import Sale, Screen

RETRY = 2.0  # seconds between two tries to write a fact

T = TypeVar("T")

log = logging.getLogger("kiosk.journal")


def found_at_start(journal: DaemonJournal, informed: Container[str]) -> Started:
    """Return what the journal holds at the start.

    ``informed``: the inputs that tell their register its latest result themselves.
    """
    return Started(
        unsettled=journal.unsettled(),
        untold=tuple(it for it in journal.untold() if it.sale.source not in informed),
        set_aside=journal.set_aside(),
        problems=journal.problems(),
        refunds=journal.refunds_underway(),
        ended_lately=journal.ended_lately(),
        held=journal.held_lately(),
    )


class JournalWriter:
    """The journal and the thread that it is written in."""

    def __init__(self, journal: DaemonJournal, thread: Offload) -> None:
        self._journal = journal
        self._thread = thread
        self._committed: dict[str, Intent] = {}  # by reference: on disk, and not yet taken
        self.busy_since: float | None = None  # loop-clock second at which the thread's work began

    async def write_intent(self, fact: SaleOpened, request: bytes) -> None:
        """Write an intent. If this raises JournalFailed, the intent must not be carried out."""
        await self._on_disk(partial(self._journal.remember, fact, request))
        reference = fact.sale.reference
        self._committed = {reference: Intent(key_of(reference), request)}

    async def write_until_done(self, fact: Fact, on_failure: Callable[[], None]) -> bool:
        """Write a fact, and retry until it is on disk; return whether the first try failed.

        ``on_failure`` is called once after a failed first try. The counter waits meanwhile: nobody
        may learn of a fact before it is on disk.
        """
        try:
            await self._on_disk(partial(self._journal.remember, fact))
            return False
        except JournalFailed as failure:
            log.error("%s; the counter waits until the journal can be written", failure)
        on_failure()
        while True:
            await anyio.sleep(RETRY)
            with suppress(JournalFailed):
                await self._on_disk(partial(self._journal.remember, fact))
                log.info("the journal can be written again")
                return True

    async def intent(self, reference: str) -> Intent:
        """Return what was written for this sale: its key and its exact request.

        The first time it is what has just been written. Every other time it is read.
        """
        if committed := self._committed.pop(reference, None):
            return committed
        return await self._on_disk(partial(self._journal.intent, reference))

    async def begin_saying(self, reference: str, screen: Screen) -> bool:
        """Write that the voice begins to say this; return False if it was said before."""
        return await self.ask(lambda journal: journal.begin_saying(reference, screen))

    async def last_result(self) -> tuple[Sale, Screen] | None:
        """Return the newest sale that has a result, and the screen of that result."""
        return await self.ask(lambda journal: journal.last_result())

    async def ask(self, question: Callable[[DaemonJournal], T]) -> T:
        """Return what ``question`` returns about the journal, or raise its JournalFailed."""
        return await self._on_disk(partial(question, self._journal))

    async def check(self) -> None:
        """Raise JournalFailed if no fact could be written now."""
        await self._on_disk(self._journal.check)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        self.busy_since = anyio.current_time()
        try:
            return await self._thread(work)
        finally:
            self.busy_since = None
