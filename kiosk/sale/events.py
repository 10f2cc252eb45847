"""What can happen at the counter, in the past tense. The counterpart is ``effects.py``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum

from kiosk.base.frozen import frozen
from kiosk.base.localized_text import english
from kiosk.base.money import Money
from kiosk.sale.effects import Receipt
from kiosk.sale.words import (
    Fault,
    Item,
    OrderProblem,
    Outcome,
    Payment,
    Sale,
    Unknown,
    UntoldResult,
)


@frozen
class Started:
    """The devices are open. In the journal some sales may be open, and some results not told.

    ``untold``: the journal does not say that the register knows these results, oldest first.
    ``set_aside``: the service did not tell the end of these sales in time. ``problems``: sentences
    about rows of the journal that can't be read. ``refunds``: the service had not finished the
    refunds of these sales. ``ended_lately``: these ended without a payment, and were not looked at
    again. ``held``: these were left to people a short time ago, and why.
    """

    unsettled: tuple[Sale, ...] = ()
    untold: tuple[UntoldResult, ...] = ()
    set_aside: tuple[Sale, ...] = ()
    problems: tuple[str, ...] = ()
    refunds: tuple[Sale, ...] = ()
    ended_lately: tuple[tuple[Sale, Outcome], ...] = ()
    held: tuple[tuple[Sale, str], ...] = ()


# --- from the inputs -------------------------------------------------------------------------


@frozen
class ReadingBegan:
    """The first byte of a reading came in: an amount may follow at once."""

    source: str


@frozen
class AmountRead:
    """An input delivered a total to be paid; ``items`` add up to it, if they are known.

    An input that waits for an answer gives the reading a ``ticket``. It gets the ticket back with
    the ``Reply``, also after a restart, or with a ``Decline``. ``amount_id`` is the sender's own
    number of the amount: the journal holds it with the sale, and never takes it twice.
    """

    amount: Money
    source: str
    items: tuple[Item, ...] = ()
    ticket: str = ""
    amount_id: str = ""


@frozen
class ReadingRejected:
    """An input delivered something that is not a valid amount; log and screen show ``reason``."""

    reason: str
    source: str


@frozen
class ReadingUnread:
    """An input received something whole that states no amount; ``text`` describes it, masked.

    It may be meant so, such as a kitchen ticket. No sale and no screen changes; it is counted.
    """

    reason: str
    source: str
    text: str = ""


@frozen
class InputOpened:
    """The device of an input is open: it can deliver readings."""

    source: str


@frozen
class InputLost:
    """The device of an input is missing or does not work; the input opens it again and again."""

    source: str
    reason: str


InputChange = InputOpened | InputLost

# Why an amount that waited is rejected, and why one has no order.
TOO_OLD = english("the amount is too old; send it again")
NO_ANSWER = english("the payment service did not answer; send the amount again")
# The evidence of an order that was paid more than once ends so.
PAID_TWICE = "in several payments; look whether one must be refunded"
DROPPED = "dropped"  # the evidence of the end of an amount that waited too long begins so


@frozen
class CancelPressed:
    """Somebody pressed cancel: the current sale must be canceled."""

    source: str


@frozen
class ItemScanned:
    """An input delivered one item to sell; others may follow."""

    item: Item
    source: str


@frozen
class PayPressed:
    """Somebody pressed pay: the basket is complete, and its total must be paid."""

    source: str


@frozen
class RemovePressed:
    """Somebody pressed remove: the item that was scanned last leaves the basket."""

    source: str


@frozen
class ClearPressed:
    """Somebody pressed clear: the basket is thrown away."""

    source: str


@frozen
class LastPressed:
    """Somebody wants to hear the last result again. An order that can be paid is looked at."""

    source: str


@frozen
class ResultDelivered:
    """The input has sent the sale's result to the register, or cannot send one."""

    reference: str
    outcome: Outcome | Unknown


# --- from the service: each call is answered by exactly one of these four --------------------


@frozen
class OrderSeen:
    """The service described an order. Only ``verdict.judge`` decides whether it is our sale's.

    ``status`` is the service's own word, which may be unknown to us. ``total`` is None if it could
    not be parsed. ``qr_data`` is None if the order has no QR of its own (static mode). An amount is
    None if the service does not tell it, or tells something that is not an amount.
    """

    order_id: str
    reference: str
    status: str
    total: Money | None
    status_detail: str = ""
    qr_data: str | None = None
    payments: tuple[Payment, ...] = ()
    paid: Money | None = None  # what the order says was paid in all
    refunded: Money | None = None  # the sum of the refunds that are finished
    refund_underway: bool = False
    going_back: Money | None = None  # the sum of the refunds that are under way
    charged_back: bool = False
    offered: tuple[Money, ...] = ()  # the totals of the discounts that the order offers
    cash: Money | None = None  # handed out with the sale; it is part of ``total``
    problem: OrderProblem | None = None  # why nobody can pay it as a new order

    @property
    def paid_amount(self) -> Money | None:
        """What was paid in all, or None if neither the order nor its payments tell it.

        Cash that is handed out is a transaction of its own beside the payments, and ``total`` is
        the sum of all transactions (guide for migrating, ``total_amount``). No document says
        whether ``total_paid_amount`` has the cash in it, so the payments come first then.
        """
        if self.cash is None:
            return self.paid if self.paid is not None else self._paid_by_payments
        told = self._paid_by_payments or self.paid
        if told is None or told.currency != self.cash.currency:
            return told
        if self.total and told.amount >= self.total.amount:
            return told
        return Money(told.amount + self.cash.amount, told.currency)

    @property
    def _paid_by_payments(self) -> Money | None:
        paid = [payment.paid for payment in self.payments if payment.succeeded]
        told = [amount for amount in paid if amount is not None]
        if not told or len(told) < len(paid) or len({amount.currency for amount in told}) > 1:
            return None
        return Money(sum((it.amount for it in told[1:]), told[0].amount), told[0].currency)

    @property
    def receipt(self) -> Receipt:
        """What the journal keeps: it names the first payment that took money."""
        payment = next((it for it in self.payments if it.succeeded), None)
        if payment is None:
            return Receipt(self.paid_amount, refunded=self.refunded)
        return Receipt(self.paid_amount, payment.id, payment.method, self.refunded)


class Failure(Enum):
    """What is known after a failed call."""

    NOT_SENT = "not sent"  # the request never left this computer
    UNKNOWN = "unknown"  # the service may have carried it out
    REFUSED = "refused"  # definitely refused, because of this sale
    CONFLICT = "conflict"  # the order's state does not allow it: look at the order
    MISSING = "missing"  # the service does not know the order
    TOKEN = "token"  # noqa: S105 - definitely refused, because of the access token
    SETUP = "setup"  # definitely refused, because of a setting
    JOURNAL = "journal"  # not sent, because the journal could not be written
    LAPSED = "lapsed"  # not sent, because the same key would make another order by now


@frozen
class CallFailed:
    """A call failed. ``retry_after`` is the pause in seconds, if the service asked for one.

    ``rate_limited``: it asked for the pause because there were too many calls (status 429).
    """

    failure: Failure
    reason: str
    retry_after: float | None = None
    code: str = ""  # the service's error code, if it refused
    rate_limited: bool = False


@frozen
class ReadyToSell:
    """The journal can be written, and the service accepts the token (answers ``Probe``)."""


@frozen
class LookedLater:
    """The answer to ``LookLater``, which runs beside the questions of the current sale."""

    reference: str
    answer: OrderSeen | CallFailed


# --- from people at the command line; the journal holds it already ----------------------------


@frozen
class Decided:
    """A person decided how a sale ended that was set aside, or that can't be read."""

    reference: str


@frozen
class RefundAsked:
    """A person refunded a sale, or a part of it. ``underway``: the service has not finished it."""

    sale: Sale
    underway: bool = False


@frozen
class PaidLate:
    """The day's report found money for a sale that had ended without a payment."""

    sale: Sale
    ended: Outcome


# --- from the shop's other computers ----------------------------------------------------------


@frozen
class OrderHinted:
    """Something may have happened to an order. It says nothing about it, so it is looked at.

    One of the two names the order; the other one may be empty.
    """

    reference: str = ""
    order_id: str = ""


@frozen
class LinkChanged:
    """The broker of the fleet is connected, or it is not: hints can come, or they can't."""

    connected: bool


# --- from the kiosk itself -------------------------------------------------------------------


@frozen
class QrShown:
    """The QR of this sale is on the panel. A slow panel needs seconds for that."""

    reference: str


@frozen
class TimesForgotten:
    """The learned times of payments are forgotten. The sale machine keeps no such times."""


@frozen
class DeviceFailed:
    """The panel shows nothing, or the journal can't be written."""

    fault: Fault
    reason: str


@frozen
class DeviceRecovered:
    """The device that failed works again."""

    fault: Fault


@frozen
class TimePassed:
    """The moment came that the counter asked for (``Counter.wake``)."""


@frozen
class HandoverRequested:
    """A kiosk with a new configuration waits until this one is at rest."""


Sellable = AmountRead | ItemScanned
Reading = Sellable | ReadingRejected

Event = (
    Started
    | ReadingBegan
    | AmountRead
    | ReadingRejected
    | ReadingUnread
    | InputChange
    | CancelPressed
    | ItemScanned
    | PayPressed
    | RemovePressed
    | ClearPressed
    | LastPressed
    | ResultDelivered
    | OrderSeen
    | CallFailed
    | ReadyToSell
    | LookedLater
    | Decided
    | RefundAsked
    | PaidLate
    | OrderHinted
    | LinkChanged
    | QrShown
    | TimesForgotten
    | DeviceFailed
    | DeviceRecovered
    | TimePassed
    | HandoverRequested
)

Deliver = Callable[[Event], Awaitable[None]]  # puts an event into the event queue
