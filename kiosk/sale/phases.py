"""The phases of the counter, and what it keeps from one phase to the next. All immutable."""

from __future__ import annotations

from dataclasses import field

from kiosk.base.frozen import frozen
from kiosk.sale.asking import NEVER, Asking
from kiosk.sale.basket import Basket
from kiosk.sale.events import AmountRead
from kiosk.sale.hints import Hints
from kiosk.sale.look import Look, what_to_do
from kiosk.sale.words import Fault, Outcome, Sale, Unknown, UntoldResult

BLIND_AFTER = 10.0  # seconds without seeing the order; then nothing payable stays on the panel,
UNANSWERED = 6.0  # seconds, if a look has also had no answer for so long


@frozen
class Starting:
    """The devices are being opened, or the first probe is underway."""

    asking: Asking = field(default_factory=lambda: Asking("start"))


@frozen
class Idle:
    """Ready for an amount. A notice may be on the panel until ``notice_until``."""

    notice_until: float = NEVER


@frozen
class Filling:
    """Items are being scanned. At ``due`` the basket is sold, or thrown away."""

    basket: Basket
    due: float


@frozen
class Creating:
    """The sale is in the journal, and the service is asked to create its order.

    ``maybe_sent``: an earlier request may have created the order, so only its answer can end this.
    ``close_reason``: why the order must be closed when it is known; empty if it is to be shown.
    ``give_up_at``: when the sale is set aside, if a request may have created the order. ``said``:
    the latest answer, in words. ``earlier``: the sale was set aside, and this is a later look.
    """

    sale: Sale
    begun: float
    asking: Asking
    give_up_at: float
    maybe_sent: bool = False
    close_reason: str = ""
    said: str = ""
    earlier: Look | None = None


@frozen
class Paying:
    """The order can be paid, and its QR is on the panel unless the counter is ``blind``.

    ``seen_at`` is when the service last described the order. Blind: looks fail, and that is too
    long ago to show something payable, so the panel asks the payer to wait. ``said``: why the
    latest look failed. ``asked_at``: when the first of the looks without an answer was sent.
    ``shown_at``: when the QR came on the panel, if the panel has said so; ``back_at``: when it came
    back last. ``eager``: how many of the next looks come early, because somebody asked for one;
    ``urged``: how often somebody did; ``hinted_at``: when a hint last did.
    """

    sale: Sale
    qr_data: str
    begun: float
    until: float
    asking: Asking
    seen_at: float
    blind: bool = False
    said: str = ""
    asked_at: float = NEVER
    shown_at: float | None = None
    back_at: float | None = None
    eager: int = 0
    urged: int = 0
    hinted_at: float | None = None

    @property
    def blind_at(self) -> float:
        """When the QR leaves the panel, unless the service describes the order before.

        Looks may be far apart, so silence alone does not count: a look must be unanswered, too.
        """
        if self.blind:
            return NEVER
        return max(self.seen_at + BLIND_AFTER, self.asked_at + UNANSWERED)


@frozen
class Closing:
    """The QR is off the panel. Cancel and look, until the service says how the order ended.

    ``look``: the question that is due or underway is a look, not a cancel. ``conflicts`` counts
    the cancels that the service refused, as it does while a payer is paying. ``gave_up``: the sale
    was canceled, was replaced or ran out of time here, so a payment is a late one.
    ``timed_out``: nobody but our own clock ended it, and the order was not seen since: a payment
    in the next answer is not late. ``other_amounts`` counts the answers in a row in which our order
    was paid with another amount. ``give_up_at``: when the sale is set aside, after one last look.
    ``said``: the latest answer, in words.
    """

    sale: Sale
    begun: float
    asking: Asking
    give_up_at: float
    look: bool = False
    conflicts: int = 0
    gave_up: bool = False
    timed_out: bool = False
    other_amounts: int = 0
    last_look: bool = False
    said: str = ""


@frozen
class Refunding:
    """The sale was paid too late. Refund and look, until the service says that it is refunded.

    ``look``: the question that is due or underway is a look, not a refund. ``give_up_at``: when
    the sale is set aside. ``said``: the latest answer, in words.
    """

    sale: Sale
    asking: Asking
    give_up_at: float
    look: bool = False
    said: str = ""


@frozen
class Finished:
    """The result is on the panel."""

    sale: Sale
    outcome: Outcome | Unknown
    until: float


@frozen
class OutOfService:
    """The counter can't sell, and no sale is open. ``Counter.faults`` says why.

    ``confirmed``: a probe said so. Until then an amount may wait for the answer of a probe.
    """

    asking: Asking
    confirmed: bool = False


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


@frozen
class Waiting:
    """An amount that waits until the counter can sell it."""

    reading: AmountRead
    since: float


@frozen
class Counter:
    """All that the machine remembers between two events."""

    phase: Phase = field(default_factory=Starting)
    faults: frozenset[Fault] = frozenset()
    waiting: Waiting | None = None
    unsettled: tuple[Sale, ...] = ()  # open in the journal at start, and not settled yet
    sales_made: int = 0  # since the start; numbers the references
    later: tuple[Look, ...] = ()  # at sales that are not at the counter any more
    looking: str = ""  # the reference of the later look that is underway
    untold: UntoldResult | None = None  # a result from before the start, to be shown again
    problems: tuple[str, ...] = ()  # what people must do something about
    refusals: tuple[tuple[Fault, str], ...] = ()  # of the token, a setting or the latest order
    creates_work: bool = False  # the latest create was answered
    hints: Hints = field(default_factory=Hints)

    @property
    def wake(self) -> float:
        """The loop-clock second at which the machine must get ``TimePassed``."""
        return min(self.phase_wake, self.later_wake)

    @property
    def later_wake(self) -> float:
        """When the next later look is due."""
        return NEVER if self.looking else min((look.due for look in self.later), default=NEVER)

    @property
    def set_aside(self) -> tuple[Sale, ...]:
        """The sales whose end the service did not tell in time."""
        return tuple(look.sale for look in self.later if look.ended is None)

    @property
    def phase_wake(self) -> float:
        """When something is due in this phase."""
        match self.phase:
            case Idle(notice_until=until) | Finished(until=until):
                return until
            case Filling(due=due):
                return due
            case Paying(until=until, asking=asking, blind_at=blind_at):
                return min(until, asking.due, blind_at)
            case Creating(maybe_sent=True) | Closing() | Refunding() as phase:
                return NEVER if phase.asking.underway else min(phase.asking.due, phase.give_up_at)
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
            "order": (self.sale.order_id or None) if self.sale else None,
            "basket": isinstance(self.phase, Filling),
            "health": {fault: "failed" if fault in faults else "ok" for fault in Fault},
            "set_aside": [sale.reference for sale in self.set_aside],
            "problems": [
                *(reason for _, reason in self.refusals),
                *self.problems,
                *map(what_to_do, self.set_aside),
            ],
        }

    def has_status_of(self, other: Counter) -> bool:
        """Whether the status file says the same of both."""
        mine, its = (
            (type(it.phase), it.sale, it.faults, it.set_aside, it.problems, it.refusals)
            for it in (self, other)
        )
        return mine == its

    @property
    def pending(self) -> bool:
        """Whether a fault, a waiting amount or an unsettled sale comes before a new reading."""
        return bool(self.faults or self.waiting or self.unsettled)

    @property
    def waiting_amount(self) -> AmountRead | None:
        """The amount that waits."""
        return self.waiting.reading if self.waiting else None

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
