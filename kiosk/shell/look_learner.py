"""Lets the sale machine learn from the journal how long payers take."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Generic, Protocol, Self, TypeVar

import anyio

from kiosk.base.errors import JournalFailed
from kiosk.journal import DaemonJournal
from kiosk.sale.effects import Effect, Remember, SaleEnded
from kiosk.sale.events import Event, TimesForgotten
from kiosk.shell.journal_writer import JournalWriter

LEARN_AFTER = 2.0  # seconds after a payment; until then light, sound and picture come first

C = TypeVar("C")


class CanLearn(Protocol[C]):
    """What can learn. ``kiosk.sale.machine.Machine`` can; ``C`` is its counter."""

    def step(self, counter: C, event: Event, now: float) -> tuple[C, tuple[Effect, ...]]:
        """Return the next state, and the effects in order."""

    def learned(self, paid_after: Iterable[float]) -> Self:
        """Return the machine that has learned from these payments."""


class LookLearner(Generic[C]):
    """Takes each step by what is learned, and learns after each payment."""

    def __init__(self, machine: CanLearn[C], writer: JournalWriter) -> None:
        self._machine, self._writer = machine, writer
        self._outdated = anyio.Event()  # the journal holds other times than were learned

    def step(self, counter: C, event: Event, now: float) -> tuple[C, tuple[Effect, ...]]:
        """Return the next state, and the effects in order."""
        after, effects = self._machine.step(counter, event, now)
        if isinstance(event, TimesForgotten) or any(map(_teaches, effects)):
            self._outdated.set()
        return after, effects

    async def run(self) -> None:
        """Learn now, and after each payment, for ever. In the thread of the journal."""
        while True:
            self._outdated = anyio.Event()
            with suppress(JournalFailed):  # it stays as it is; without a journal nothing is sold
                self._machine = await self._writer.ask(self._learned)
            await self._outdated.wait()
            await anyio.sleep(LEARN_AFTER)

    def _learned(self, journal: DaemonJournal) -> CanLearn[C]:
        return self._machine.learned(journal.paid_after())


def _teaches(effect: Effect) -> bool:
    """Whether the journal gets the time of a payment."""
    match effect:
        case Remember(SaleEnded(paid_after=seconds)):
            return seconds is not None
    return False
