"""The power of a simulated counter: after a cut, nothing of that run does anything any more."""

from __future__ import annotations

from kiosk.journal import Intent, Journal
from kiosk.sale.effects import Fact
from kiosk.sale.words import Sale, Screen


class PowerCut(BaseException):
    """The power is cut: nothing that touches a device happens any more."""


class Mains:
    """The power of one run of the daemon."""

    def __init__(self) -> None:
        self.on = True

    def check(self) -> None:
        """Raise PowerCut if the power is off."""
        if not self.on:
            raise PowerCut


class PoweredJournal(Journal):
    """The real journal, on a computer that can lose its power."""

    mains: Mains

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable."""
        self.touch()
        super().remember(fact, request)

    def check(self) -> None:
        """Raise JournalFailed if no fact could be written now."""
        self.touch()
        super().check()

    def intent(self, reference: str) -> Intent:
        """Return what was written for this sale."""
        self.mains.check()
        return super().intent(reference)

    def begin_saying(self, reference: str, screen: Screen) -> bool:
        """Write that the voice begins to say this."""
        self.touch()
        return super().begin_saying(reference, screen)

    def last_result(self) -> tuple[Sale, Screen] | None:
        """Return the newest sale that has a result."""
        self.mains.check()
        return super().last_result()

    def touch(self) -> None:
        """Raise PowerCut if nothing can be written any more."""
        self.mains.check()
