"""What the daemon needs of a journal: its settings, its methods, and what they return."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.base.settings import Settings, Whole
from kiosk.journal.records import SaleRecord
from kiosk.sale.effects import Fact
from kiosk.sale.words import Outcome, Sale, Screen, Unknown, UntoldResult


class JournalSettings(Settings):
    """Where the sales are written."""

    path: Path = Field(
        Path("/var/lib/kiosk/journal.sqlite3"),
        description=(
            "The SQLite file that holds every sale. Keep it on the card or a disk, not in memory."
        ),
    )
    keep: Whole = Field(
        20_000,
        ge=100,
        le=1_000_000,
        description=(
            "How many sales are kept. The oldest are deleted once they have ended and the cash "
            "register has their results."
        ),
    )


@frozen
class Intent:
    """What creates the order, the first time and at every retry."""

    key: str
    request: bytes
    age: float = 0.0  # in seconds; the clock may have been set since then


@frozen
class EndToTell:
    """The end of a sale that the broker does not have. ``row`` is None if it can't be read."""

    number: int  # of the event, for ``broker_has``
    row: SaleRecord | None
    late: bool = False  # another end was known before, or the sale was set aside


@frozen
class SoldAmount:
    """The sale of an amount that came over the network. ``amount``: None if it can't be read."""

    reference: str
    amount: Money | None
    result: Outcome | Unknown | None  # None while it has not ended


class DaemonJournal(Protocol):
    """The journal as the daemon uses it. Each method blocks, so it is called off the event loop."""

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        """Make the fact durable. ``request``: the bytes that create the order, with SaleOpened.

        Raises JournalFailed.
        """
        ...

    def check(self) -> None:
        """Raise JournalFailed if no fact could be made durable now."""
        ...

    def intent(self, reference: str) -> Intent:
        """Return the key and the bytes that were written for this sale; raises JournalFailed."""
        ...

    def unsettled(self) -> tuple[Sale, ...]:
        """Return the sales without an outcome that are not set aside, oldest first."""
        ...

    def set_aside(self) -> tuple[Sale, ...]:
        """Return the sales whose end the service did not tell in time, oldest first."""
        ...

    def refunds_underway(self) -> tuple[Sale, ...]:
        """Return the ended sales whose refund the service had not finished, oldest first."""
        ...

    def ended_lately(self) -> tuple[tuple[Sale, Outcome], ...]:
        """Return the sales whose orders ended without a payment some minutes ago."""
        ...

    def held_lately(self) -> tuple[tuple[Sale, str], ...]:
        """Return the sales that were left to people in the last day, and why, oldest first."""
        ...

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for each row that can't be read and that nobody has decided."""
        ...

    def decide(self, reference: str, outcome: Outcome, note: str, said: str = "") -> bool:
        """Write a person's decision about a sale; return whether there was one to decide.

        That is one without an end, or one that can't be read. ``said``: what the service said about
        its order. Raises JournalFailed.
        """
        ...

    def untold(self) -> tuple[UntoldResult, ...]:
        """Return the results that the register may not have, oldest first."""
        ...

    def latest(self, source: str) -> tuple[Sale, Outcome | Unknown | None] | None:
        """Return the newest sale of this input, and what the register hears of it, if anything."""
        ...

    def sale_of_amount(self, amount_id: str) -> SoldAmount | None:
        """Return the sale that was opened for the amount with this number, if there is one.

        Raises JournalFailed.
        """
        ...

    def begin_saying(self, reference: str, screen: Screen) -> bool:
        """Write that the voice begins to say this; return False if it was said before.

        Raises JournalFailed.
        """
        ...

    def last_result(self) -> tuple[Sale, Screen] | None:
        """Return the newest sale that has a result, and the screen of that result."""
        ...

    def paid_after(self) -> tuple[float, ...]:
        """Return how many seconds after their QR the newest sales were paid, newest first."""
        ...

    def forget_paid_after(self) -> None:
        """Forget these times, so that they are learned again. Raises JournalFailed."""
        ...

    def ends_to_tell(self, most: int) -> tuple[EndToTell, ...]:
        """Return the ends of sales that the broker does not have, the oldest first."""
        ...

    def broker_has(self, number: int) -> None:
        """Note that the broker has the ends up to this one."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
