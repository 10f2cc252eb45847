"""What people's commands write to the journal: a sale that they decide, and a refund of theirs.

There is one writer of the journal. While the daemon runs, the command sends what it wants to be
written over the daemon's socket (``command_socket.py``). If no daemon runs, the command writes it
itself. Both carry out the same object.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kiosk.base.errors import ConfigError
from kiosk.base.money import Money
from kiosk.base.settings import Settings
from kiosk.journal import DaemonJournal, Journal
from kiosk.orders.answers.json_values import money_of
from kiosk.sale.effects import Receipt, RefundSeen, RefundUnderway
from kiosk.sale.events import Decided, Event, LastPressed, PaidLate, RefundAsked, TimesForgotten
from kiosk.sale.words import Decision, Outcome, Sale

LONGEST_NOTE = 500  # characters
LONGEST_TEXT = 1500  # characters; what the service said

ShortText = Annotated[str, Field(min_length=1, max_length=200)]


class DecideSale(Settings):
    """A person decides how a sale ended; ``said`` is what the service said about its order."""

    kind: Literal["decide"] = "decide"
    reference: ShortText
    outcome: Decision
    note: str = Field(min_length=1, max_length=LONGEST_NOTE)
    said: str = Field("", max_length=LONGEST_TEXT)

    def write(self, journal: DaemonJournal) -> str:
        """Write it; return why that is not possible, or an empty text. Raises JournalFailed."""
        if journal.decide(self.reference, Outcome(self.outcome), self.note, self.said):
            return ""
        return f"sale {self.reference} has ended already; see: kiosk orders show {self.reference}"

    def is_written(self, journal: Journal) -> bool:
        """Whether the journal holds this decision."""
        row = journal.row(self.reference)
        if row is None:
            return False
        return (row.outcome, row.note) == (Outcome(self.outcome), self.note)

    def event(self) -> Event | None:
        """Return what the sale machine must know."""
        return Decided(self.reference)


class NoteRefund(Settings):
    """A refund that a person asked for. Amounts are plain decimals.

    ``refunded`` is all that the service has given back so far, or None if it does not tell it.
    """

    kind: Literal["refund"] = "refund"
    reference: ShortText
    order_id: ShortText
    amount: ShortText
    currency: ShortText
    refunded: ShortText | None = None
    underway: bool = False
    evidence: str = Field("", max_length=LONGEST_TEXT)

    @model_validator(mode="after")
    def _amounts_are_valid(self) -> Self:
        for text in (self.amount, self.refunded):
            if text is not None and money_of(text, self.currency) is None:
                raise ValueError(f"{text} {self.currency} is not a valid amount")
        return self

    def write(self, journal: DaemonJournal) -> str:
        """Write it; return an empty text. Raises JournalFailed."""
        if self.underway:
            journal.remember(RefundUnderway(self.reference, self.evidence))
        else:
            receipt = Receipt(refunded=self._money(self.refunded))
            journal.remember(RefundSeen(self.reference, receipt, self.evidence))
        return ""

    def is_written(self, journal: Journal) -> bool:  # noqa: ARG002
        """Return False: writing it twice does no harm."""
        return False

    def event(self) -> Event | None:
        """Return what the sale machine must know."""
        amount = self._money(self.amount)
        assert amount is not None
        if not self.underway and self.refunded is None:
            return None  # refused: a look makes sure of it
        return RefundAsked(Sale(self.reference, amount, "", self.order_id), self.underway)

    def _money(self, text: str | None) -> Money | None:
        return money_of(text, self.currency)


class LookAgain(Settings):
    """The day's report found money for a sale that had ended without a payment.

    Nothing is written: the kiosk looks at the order itself, and does what the policy says.
    """

    kind: Literal["look"] = "look"
    reference: ShortText
    order_id: ShortText
    amount: ShortText
    currency: ShortText
    source: str = Field(max_length=200)
    ticket: str = Field("", max_length=200)
    ended: Literal["canceled", "expired"]

    @model_validator(mode="after")
    def _amount_is_valid(self) -> Self:
        if money_of(self.amount, self.currency) is None:
            raise ValueError(f"{self.amount} {self.currency} is not a valid amount")
        return self

    def write(self, journal: DaemonJournal) -> str:  # noqa: ARG002
        """Return an empty text: there is nothing to write."""
        return ""

    def is_written(self, journal: Journal) -> bool:  # noqa: ARG002
        """Return False: asking twice does no harm."""
        return False

    def event(self) -> Event | None:
        """Return what the sale machine must know."""
        amount = money_of(self.amount, self.currency)
        assert amount is not None
        sale = Sale(self.reference, amount, self.source, self.order_id, ticket=self.ticket)
        return PaidLate(sale, Outcome(self.ended))


class SayLast(Settings):
    """A person wants to hear the last result again. Nothing is written."""

    kind: Literal["last"] = "last"

    def write(self, journal: DaemonJournal) -> str:  # noqa: ARG002
        """Return an empty text: there is nothing to write."""
        return ""

    def is_written(self, journal: Journal) -> bool:  # noqa: ARG002
        """Return False: asking twice does no harm."""
        return False

    def event(self) -> Event | None:
        """Return what the counter must know."""
        return LastPressed("kiosk last")


class ForgetTimes(Settings):
    """The times of payments must be learned again, for example because the counter has moved."""

    kind: Literal["forget_times"] = "forget_times"

    def write(self, journal: DaemonJournal) -> str:
        """Forget them; return an empty text. Raises JournalFailed."""
        journal.forget_paid_after()
        return ""

    def is_written(self, journal: Journal) -> bool:
        """Whether the journal holds no such times."""
        return not journal.paid_after()

    def event(self) -> Event | None:
        """Return what the kiosk must know."""
        return TimesForgotten()


Command = DecideSale | NoteRefund | LookAgain | SayLast | ForgetTimes

_ANY: TypeAdapter[Command] = TypeAdapter(
    Annotated[Command, Field(discriminator="kind")],
    config=ConfigDict(defer_build=True),  # commands are rare
)


def read_command(line: bytes) -> Command:
    """Return the command in a line of JSON; raises ConfigError if there is none."""
    try:
        return _ANY.validate_json(line)
    except (ValidationError, RecursionError):
        raise ConfigError(
            "this is not a command of this kiosk; run the command of the installed version"
        ) from None
