"""The phases of the counter, and what it carries from one to the next. All immutable."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from kiosk.base.money import Money
from kiosk.sale import polling
from kiosk.sale.basket import Basket
from kiosk.sale.words import Fault, Item, Outcome, Sale

NEVER = math.inf


@dataclass(frozen=True, slots=True)
class Policy:
    """What the technician decided; see ``SaleSettings`` for the seconds.

    ``prefix`` begins every reference and is new with every start of the daemon. ``needs_qr`` is
    false only where the payer scans a printed code. ``checkout`` is how long after its last item
    a basket is to be paid: 0 makes each item a sale, infinity waits until somebody says so.
    """

    prefix: str
    checkout: float = 0.0
    basket_kept_for: float = 300.0
    expires_after: float = 300.0
    result_shown_for: float = 8.0
    amount_kept_for: float = 30.0
    replaces: bool = True
    late_payment: Literal["accept", "refund", "hold"] = "accept"
    needs_qr: bool = True


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to the service at a time: either underway, or due at ``due``."""

    seed: str
    due: float = NEVER
    underway: bool = False
    asked: int = 0
    failures: int = 0  # in a row

    def sent(self) -> Self:
        """The question went out."""
        return replace(self, underway=True, due=NEVER, asked=self.asked + 1)

    def answered(self, now: float) -> Self:
        """The service answered; ask again in due time."""
        due = now + polling.delay(self.seed, self.asked, 0)
        return replace(self, underway=False, due=due, failures=0)

    def failed(self, now: float, retry_after: float | None) -> Self:
        """The question brought nothing; ask again later, and later each time."""
        failures = self.failures + 1
        due = now + polling.delay(self.seed, self.asked, failures, retry_after)
        return replace(self, underway=False, due=due, failures=failures)

    def at(self, due: float) -> Self:
        """Ask at ``due`` instead, unless the question is underway."""
        return self if self.underway else replace(self, due=due)


@dataclass(frozen=True, slots=True)
class Starting:
    """The devices are being opened, or the service is asked for the first time."""

    asking: Asking = Asking("start")


@dataclass(frozen=True, slots=True)
class Idle:
    """Ready for an amount. A notice may be on the panel until ``notice_until``."""

    notice_until: float = NEVER


@dataclass(frozen=True, slots=True)
class Filling:
    """Items are being scanned. At ``due`` the basket is to be paid, or has been left behind."""

    basket: Basket
    due: float


@dataclass(frozen=True, slots=True)
class Creating:
    """The sale is in the journal and its order is being asked for.

    ``maybe_sent``: an earlier request may have made the order, so only its answer can end this.
    ``unwanted``: why the order is to be closed as soon as it is known; empty while it is wanted.
    """

    sale: Sale
    begun: float
    asking: Asking
    maybe_sent: bool = False
    unwanted: str = ""


@dataclass(frozen=True, slots=True)
class Paying:
    """The order may be paid, and its QR is on the panel unless we are ``blind``.

    ``seen_at`` is when the service last described the order. Blind: too long ago to go on
    showing something payable, so the payer is asked to wait.
    """

    sale: Sale
    qr_data: str
    begun: float
    until: float
    asking: Asking
    seen_at: float
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """No QR any more. Cancel, fetch, repeat, until the service says how the order ended.

    ``look``: the question that is due or underway is a look, not a cancel. ``conflicts`` counts
    the cancels that the service would not do, as while a payer is paying. ``gave_up``: somebody
    here decided that nobody should pay any more, so a payment is a late one. ``odd`` counts the
    answers in a row that were about our order, paid, and another amount.
    """

    sale: Sale
    begun: float
    asking: Asking
    look: bool = False
    conflicts: int = 0
    gave_up: bool = False
    odd: int = 0


@dataclass(frozen=True, slots=True)
class Refunding:
    """Paid too late: the money goes back. Ask, look, repeat, until the service says that it has.

    ``look``: the question that is due or underway is a look, not a refund.
    """

    sale: Sale
    asking: Asking
    look: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The result is on the panel."""

    sale: Sale
    outcome: Outcome
    until: float


@dataclass(frozen=True, slots=True)
class OutOfService:
    """Something is broken, and no sale is open. ``Counter.faults`` says what."""

    asking: Asking


# The contract's words, for the status file and for people.
STATES = {
    Starting: "starting",
    Idle: "idle",
    Filling: "idle",
    Creating: "creating",
    Paying: "paying",
    Closing: "closing",
    Refunding: "closing",
    Finished: "finished",
    OutOfService: "out_of_service",
}

Phase = (
    Starting | Idle | Filling | Creating | Paying | Closing | Refunding | Finished | OutOfService
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An amount that came while the order before it was not settled."""

    amount: Money
    source: str
    since: float
    items: tuple[Item, ...] = ()
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """All that the sale machine remembers between two events."""

    phase: Phase = field(default_factory=Starting)
    faults: frozenset[Fault] = frozenset()
    waiting: Waiting | None = None
    unsettled: tuple[Sale, ...] = ()  # found in the journal at boot, still to be settled
    sales_made: int = 0  # since boot; numbers the references

    @property
    def wake(self) -> float:
        """The loop-clock second at which the machine wants to hear ``TimePassed``."""
        match self.phase:
            case Idle(notice_until=until) | Finished(until=until):
                return until
            case Filling(due=due):
                return due
            case Paying(until=until, asking=asking):
                return min(until, asking.due)
            case phase:
                return phase.asking.due

    def status(self, broken: Fault | None = None) -> dict[str, object]:
        """Return what the status file says: the state, the sale at hand, each part's health.

        ``broken`` is what keeps the counter from taking any step at all.
        """
        faults = self.faults | ({broken} if broken else set())
        return {
            "state": STATES[OutOfService] if broken else self.state,
            "reference": self.sale.reference if self.sale else None,
            "health": {fault: "failed" if fault in faults else "ok" for fault in Fault},
        }

    @property
    def at_rest(self) -> bool:
        """Whether there is nothing that somebody who begins anew would have to take up."""
        resting = isinstance(self.phase, Idle | OutOfService)
        return resting and not self.waiting and not self.unsettled

    @property
    def state(self) -> str:
        """The phase by the word that the status file uses for it."""
        return STATES[type(self.phase)]

    @property
    def sale(self) -> Sale | None:
        """The sale that the counter is busy with, or showing the result of."""
        match self.phase:
            case Creating() | Paying() | Closing() | Refunding() | Finished():
                return self.phase.sale
            case _:
                return None
