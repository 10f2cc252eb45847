"""Decides what the voice says and when: each result once, and never over the next sale.

The journal holds what was said. It is written before the voice begins, so a power cut in the middle
of a sentence does not let it be said again after the restart: the button ``last`` repeats it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio

from kiosk.base.errors import DeviceGone, JournalFailed
from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.sale.effects import Show
from kiosk.sale.words import Sale, Screen
from kiosk.signals.voice.sentences import sentence, written
from kiosk.signals.voice.speaker import Speaker

# No sale is open on these screens, so a result that is being spoken is spoken to its end.
_LEAVES_SPEAKING = {Screen.IDLE, Screen.REJECTED_INPUT, Screen.OUT_OF_SERVICE}
# A sale is open: its payer must not hear the result of another one.
_OPEN = {Screen.WORKING, Screen.BASKET, Screen.SCAN_ME, Screen.CHECKING}
CHECKING_AFTER = 2.0  # seconds; the end of most orders is known by then

_log = logging.getLogger(__name__)


@frozen
class Announcement:
    """What is said about a sale. ``asked``: somebody asked for it, so it may be said again."""

    screen: Screen
    amount: Money
    reference: str
    asked: bool = False
    last: bool = False  # it is the result of the last sale


class LastResult:
    """Somebody asked how the last sale ended; the journal knows it."""


class SaidBefore(Protocol):
    """What the journal knows of the voice. Both methods raise JournalFailed."""

    async def begin_saying(self, reference: str, screen: Screen) -> bool:
        """Write that this begins to be said; return False if it was said before."""

    async def last_result(self) -> tuple[Sale, Screen] | None:
        """Return the newest sale that has a result, and the screen of that result."""


class Announcer:
    """Says what the panel shows, in its own task.

    ``screens`` are said unasked. ``on_problem`` is called with each new reason why nothing is
    heard, and with an empty text when the voice works again.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        language: str,
        screens: frozenset[Screen],
        journal: SaidBefore,
        on_problem: Callable[[str], None],
    ) -> None:
        self._problem = ""
        self._speaker, self._language, self._screens = speaker, language, screens
        self._journal, self._on_problem = journal, on_problem
        self._shown: Show | None = None
        self._wanted: Announcement | LastResult | None = None
        self._requested = anyio.Event()
        self._saying = anyio.CancelScope()

    def tell(self, show: Show) -> None:
        """Say what the panel shows from now on. Never blocks and never fails."""
        if show == self._shown:
            return
        self._shown = show
        if show.screen not in _LEAVES_SPEAKING:
            self._request(_about(show) if show.screen in self._screens else None)

    def repeat(self) -> None:
        """Say again how the open sale stands, or how the last sale ended if none is open."""
        shown = self._shown
        if shown is None or shown.screen not in _OPEN:
            self._request(LastResult())
        elif shown.screen in (Screen.SCAN_ME, Screen.CHECKING):
            self._request(_about(shown, asked=True))

    async def run(self) -> None:
        """Say what was requested last, for ever."""
        await self._attempt(self._speaker.check)
        while True:
            await self._requested.wait()
            self._requested = anyio.Event()
            with anyio.CancelScope() as self._saying:
                await self._say(self._wanted)

    def _request(self, wanted: Announcement | LastResult | None) -> None:
        """Say this next, and stop what is being said."""
        self._saying.cancel()
        self._wanted = wanted
        self._requested.set()

    async def _say(self, wanted: Announcement | LastResult | None) -> None:
        try:
            announcement = await self._to_say(wanted)
        except JournalFailed as failure:
            _log.warning("the voice says nothing, because the journal failed: %s", failure)
            return
        if announcement:
            said = sentence(
                self._language, announcement.screen, announcement.amount, last=announcement.last
            )
            _log.info("sale %s: the voice says: %s", announcement.reference, written(said))
            await self._attempt(lambda: self._speaker.say(said))

    async def _to_say(self, wanted: Announcement | LastResult | None) -> Announcement | None:
        """Return what is to be said now; None if there is nothing, or if it was said before."""
        if isinstance(wanted, LastResult):
            found = await self._journal.last_result()
            if not found:
                return None
            sale, screen = found
            return Announcement(screen, sale.amount, sale.reference, asked=True, last=True)
        if wanted is None or wanted.asked:
            return wanted
        if wanted.screen is Screen.CHECKING:
            await anyio.sleep(CHECKING_AFTER)
        new = await self._journal.begin_saying(wanted.reference, wanted.screen)
        return wanted if new else None

    async def _attempt(self, use: Callable[[], Awaitable[None]]) -> None:
        """Use the speaker, and note whether it works."""
        try:
            await use()
            problem = ""
        except DeviceGone as gone:
            problem = str(gone)
        if problem != self._problem:
            self._problem = problem
            if problem:
                _log.warning("voice: %s", problem)
            else:
                _log.info("voice: it works again")
            self._on_problem(problem)


def _about(show: Show, *, asked: bool = False) -> Announcement | None:
    """Return what to say about a screen; None if it is about no sale."""
    if show.amount is None or not show.reference:
        return None
    return Announcement(show.screen, show.amount, show.reference, asked)
