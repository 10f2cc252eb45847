"""The phases of the counter, and what it keeps from one phase to the next. All immutable."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.sale.asking import NEVER, Asking
from kiosk.sale.basket import Basket
from kiosk.sale.events import AmountRead
from kiosk.sale.words import Fault, Outcome, Sale


@dataclass(frozen=True, slots=True)
class Starting:
    """The devices are being opened, or the first probe is underway."""

    asking: Asking = field(default_factory=lambda: Asking("start"))


@dataclass(frozen=True, slots=True)
class Idle:
    """Ready for an amount. A notice may be on the panel until ``notice_until``."""

    notice_until: float = NEVER


@dataclass(frozen=True, slots=True)
class Filling:
    """Items are being scanned. At ``due`` the basket is sold, or thrown away."""

    basket: Basket
    due: float


@dataclass(frozen=True, slots=True)
class Creating:
    """The sale is in the journal, and the service is asked to create its order.

    ``maybe_sent``: an earlier request may have created the order, so only its answer can end this.
    ``close_reason``: why the order must be closed when it is known; empty if it is to be shown.
    """

    sale: Sale
    begun: float
    asking: Asking
    maybe_sent: bool = False
    close_reason: str = ""


@dataclass(frozen=True, slots=True)
class Paying:
    """The order can be paid, and its QR is on the panel unless the counter is ``blind``.

    ``seen_at`` is when the service last described the order. Blind: that is too long ago to show
    something payable, so the panel asks the payer to wait.
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
    """The QR is off the panel. Cancel and look, until the service says how the order ended.

    ``look``: the question that is due or underway is a look, not a cancel. ``conflicts`` counts
    the cancels that the service refused, as it does while a payer is paying. ``gave_up``: the sale
    was canceled, was replaced or ran out of time here, so a payment is a late one.
    ``other_amounts`` counts the answers in a row in which our order was paid with another amount.
    """

    sale: Sale
    begun: float
    asking: Asking
    look: bool = False
    conflicts: int = 0
    gave_up: bool = False
    other_amounts: int = 0


@dataclass(frozen=True, slots=True)
class Refunding:
    """The sale was paid too late. Refund and look, until the service says that it is refunded.

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
    """The counter can't sell, and no sale is open. ``Counter.faults`` says why."""

    asking: Asking


# The words of the status file.
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
    """An amount that waits until the counter can sell it."""

    reading: AmountRead
    since: float


@dataclass(frozen=True, slots=True)
class Counter:
    """All that the machine remembers between two events."""

    phase: Phase = field(default_factory=Starting)
    faults: frozenset[Fault] = frozenset()
    waiting: Waiting | None = None
    unsettled: tuple[Sale, ...] = ()  # open in the journal at start, and not settled yet
    sales_made: int = 0  # since the start; numbers the references

    @property
    def wake(self) -> float:
        """The loop-clock second at which the machine must get ``TimePassed``."""
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
        """Return what the status file says: the state, the current sale, each part's health.

        ``broken`` is a fault that keeps the counter from taking any step at all.
        """
        faults = self.faults | ({broken} if broken else set())
        return {
            "state": STATES[OutOfService] if broken else self.state,
            "reference": self.sale.reference if self.sale else None,
            "health": {fault: "failed" if fault in faults else "ok" for fault in Fault},
        }

    @property
    def pending(self) -> bool:
        """Whether a fault, a waiting amount or an unsettled sale comes before a new reading."""
        return bool(self.faults or self.waiting or self.unsettled)

    @property
    def at_rest(self) -> bool:
        """Whether another kiosk could go on from here without losing anything."""
        resting = isinstance(self.phase, Idle | OutOfService)
        return resting and not self.waiting and not self.unsettled

    @property
    def state(self) -> str:
        """The status file's word for the phase."""
        return STATES[type(self.phase)]

    @property
    def sale(self) -> Sale | None:
        """The sale that is open, or whose result is on the panel."""
        match self.phase:
            case Creating() | Paying() | Closing() | Refunding() | Finished():
                return self.phase.sale
            case _:
                return None
