"""The journal of a kiosk whose file cannot be opened: it holds nothing and writes nothing."""

from __future__ import annotations

from typing import NoReturn

from kiosk.base.errors import JournalFailed
from kiosk.journal.interface import EndToTell, Intent, SoldAmount
from kiosk.sale.effects import Fact
from kiosk.sale.words import Outcome, Sale, Screen, Unknown, UntoldResult


class NoJournal:
    """A DaemonJournal that refuses every write: the kiosk stays out of service and shows why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def remember(self, fact: Fact, request: bytes = b"") -> None:  # noqa: ARG002
        """Raise JournalFailed."""
        self._fail()

    def check(self) -> None:
        """Raise JournalFailed."""
        self._fail()

    def intent(self, reference: str) -> Intent:  # noqa: ARG002
        """Raise JournalFailed."""
        self._fail()

    def unsettled(self) -> tuple[Sale, ...]:
        """Return no sales. They are settled once the file can be opened."""
        return ()

    def set_aside(self) -> tuple[Sale, ...]:
        """Return no sales."""
        return ()

    def refunds_underway(self) -> tuple[Sale, ...]:
        """Return no sales."""
        return ()

    def ended_lately(self) -> tuple[tuple[Sale, Outcome], ...]:
        """Return no sales."""
        return ()

    def held_lately(self) -> tuple[tuple[Sale, str], ...]:
        """Return no sales."""
        return ()

    def problems(self) -> tuple[str, ...]:
        """Return no problems. The rows are read once the file can be opened."""
        return ()

    def decide(
        self,
        reference: str,  # noqa: ARG002
        outcome: Outcome,  # noqa: ARG002
        note: str,  # noqa: ARG002
        said: str = "",  # noqa: ARG002
    ) -> bool:
        """Raise JournalFailed."""
        self._fail()

    def untold(self) -> tuple[UntoldResult, ...]:
        """Return no results. They are delivered once the file can be opened."""
        return ()

    def latest(self, source: str) -> tuple[Sale, Outcome | Unknown | None] | None:  # noqa: ARG002
        """Return None: the newest sale is not known."""
        return None

    def sale_of_amount(self, amount_id: str) -> SoldAmount | None:  # noqa: ARG002
        """Raise JournalFailed."""
        self._fail()

    def begin_saying(self, reference: str, screen: Screen) -> bool:  # noqa: ARG002
        """Raise JournalFailed."""
        self._fail()

    def last_result(self) -> tuple[Sale, Screen] | None:
        """Return nothing: no sale is known."""

    def paid_after(self) -> tuple[float, ...]:
        """Return no times."""
        return ()

    def forget_paid_after(self) -> None:
        """Raise JournalFailed."""
        self._fail()

    def ends_to_tell(self, most: int) -> tuple[EndToTell, ...]:  # noqa: ARG002
        """Return none."""
        return ()

    def broker_has(self, number: int) -> None:  # noqa: ARG002
        """Raise JournalFailed."""
        self._fail()

    def close(self) -> None:
        """Do nothing."""

    def _fail(self) -> NoReturn:
        raise JournalFailed(self._reason)
