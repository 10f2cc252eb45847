"""What can happen at the counter, in the past tense. Their counterpart: ``effects.py``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from kiosk.base.money import Money
from kiosk.sale.words import Fault, Item, Outcome, Sale


@dataclass(frozen=True, slots=True)
class Started:
    """The devices are open. The journal holds these sales open, and these results untold."""

    unsettled: tuple[Sale, ...] = ()
    untold: tuple[tuple[Sale, Outcome], ...] = ()


# --- from the inputs -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadingBegan:
    """The first byte of something came in: an amount may follow at once."""

    source: str


@dataclass(frozen=True, slots=True)
class AmountRead:
    """An input delivered a total to be paid; ``items`` make it, if they are known.

    An input that waits for an answer gives the reading a ``ticket``, and gets it back with the
    ``Reply``, also after a restart, or with a ``Decline``.
    """

    amount: Money
    source: str
    items: tuple[Item, ...] = ()
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRejected:
    """An input delivered something that is no amount; ``reason`` says why, for log and screen."""

    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class CancelPressed:
    """Somebody wants the current sale canceled."""

    source: str


@dataclass(frozen=True, slots=True)
class ItemScanned:
    """An input delivered something to sell, perhaps one of several."""

    item: Item
    source: str


@dataclass(frozen=True, slots=True)
class PayPressed:
    """The basket is complete: its total is to be paid."""

    source: str


@dataclass(frozen=True, slots=True)
class RemovePressed:
    """The item that was scanned last is not wanted."""

    source: str


@dataclass(frozen=True, slots=True)
class ClearPressed:
    """Nothing of the basket is wanted."""

    source: str


@dataclass(frozen=True, slots=True)
class ResultDelivered:
    """The input has passed the sale's result on to the register."""

    reference: str


# --- from the service: each call is answered by exactly one of these four --------------------


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """The service described an order. Nothing here is ours until it is compared with the sale.

    ``status`` is the service's own word, known or not; ``total`` is None when it did not parse;
    ``qr_data`` is None when the order shows no QR of its own (static mode).
    """

    order_id: str
    reference: str
    status: str
    total: Money | None
    status_detail: str = ""
    qr_data: str | None = None


class Failure(Enum):
    """What a failed call leaves behind."""

    NOT_SENT = "not sent"  # it never left this computer
    UNKNOWN = "unknown"  # it may have been carried out
    REFUSED = "refused"  # a definite no, about this sale
    CONFLICT = "conflict"  # the order is not in a state for that: look at it
    MISSING = "missing"  # the service knows no such order
    TOKEN = "token"  # noqa: S105 - a definite no to whoever holds this token
    SETUP = "setup"  # a definite no, about the configuration
    JOURNAL = "journal"  # nothing was asked, because nothing could have been remembered


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A call brought no order. ``retry_after`` is in seconds, when the service named a pause."""

    failure: Failure
    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class ReadyToSell:
    """The journal can be written, the service is there and takes the token (answers ``Probe``)."""


# --- from the house --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceFailed:
    """The panel can't be seen or the journal can't be written."""

    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceRecovered:
    """It can again."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The moment came that the machine asked to be woken at."""


@dataclass(frozen=True, slots=True)
class HandoverRequested:
    """Another kiosk, with a new configuration, waits for this one to be at rest."""


Sellable = AmountRead | ItemScanned
Reading = Sellable | ReadingRejected

Event = (
    Started
    | ReadingBegan
    | AmountRead
    | ReadingRejected
    | CancelPressed
    | ItemScanned
    | PayPressed
    | RemovePressed
    | ClearPressed
    | ResultDelivered
    | OrderSeen
    | CallFailed
    | ReadyToSell
    | DeviceFailed
    | DeviceRecovered
    | TimePassed
    | HandoverRequested
)

Deliver = Callable[[Event], Awaitable[None]]  # puts an event into the counter's one queue
