"""What stands in for a journal that can't be opened: it knows nothing, and takes nothing."""

from __future__ import annotations

from typing import NoReturn

from kiosk.base.errors import JournalFailed
from kiosk.journal import Intent, Journal
from kiosk.sale.effects import Fact
from kiosk.sale.words import Outcome, Sale


class NoJournal(Journal):
    """With it a counter stays out of service, and can say why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def _fail(self) -> NoReturn:
        raise JournalFailed(self._reason)

    def remember(self, fact: Fact, request: bytes = b"") -> None:  # noqa: ARG002
        """Refuse."""
        self._fail()

    def check(self) -> None:
        """Refuse."""
        self._fail()

    def intent(self, reference: str) -> Intent:  # noqa: ARG002
        """Refuse."""
        self._fail()

    def unsettled(self) -> tuple[Sale, ...]:
        """Return none: nobody knows, so nothing may be sold."""
        return ()

    def untold(self) -> tuple[tuple[Sale, Outcome], ...]:
        """Return none: they are told when they are known."""
        return ()

    def latest(self, source: str) -> None:
        """Return none."""

    def close(self) -> None:
        """Do nothing."""
