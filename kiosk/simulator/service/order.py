"""An order of the fake service, and its possible changes of status. ``order_book`` changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kiosk.base.durations import parse_iso_duration
from kiosk.base.frozen import frozen
from kiosk.simulator.service.accounts import Account

PRINTED_CODE_VALID_FOR = 600.0  # seconds (PT10M): the maximum and the default


class OrderStatus(StrEnum):
    """The status of a QR order."""

    CREATED = "created"
    PROCESSED = "processed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    FAILED = "failed"  # not in the documents of QR orders; testers set it


class Quirk(StrEnum):
    """What the service was seen to do with a paid order, beyond its documents."""

    REFUSED_FIRST = "refused_first"  # a failed payment stands before the good one
    NEW_TOTAL = "new_total"  # the discounted total replaces total_amount
    LEFT_OPEN = "left_open"  # older APIs: the merchant order stays opened
    UNDEFINED = "undefined"  # older APIs: closed, with an order_status that nobody documents


# After a refused payment the order stays created; after a partial refund it stays processed.
TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.CREATED: frozenset(
        {OrderStatus.PROCESSED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.FAILED}
    ),
    OrderStatus.PROCESSED: frozenset({OrderStatus.REFUNDED}),
    OrderStatus.CANCELED: frozenset(),
    OrderStatus.EXPIRED: frozenset(),
    OrderStatus.REFUNDED: frozenset(),
    OrderStatus.FAILED: frozenset(),
}


_DEFAULT_VALIDITY = {"dynamic": "PT15M", "static": "PT10M", "hybrid": "PT15M"}


def mode_of(request: Mapping[str, Any]) -> str:
    """Return ``config.qr.mode``; the default is static."""
    return str(request["config"]["qr"].get("mode", "static"))


def validity(request: Mapping[str, Any]) -> str:
    """Return the ``expiration_time`` in answers: the one sent, or the default of the mode."""
    return str(request.get("expiration_time", _DEFAULT_VALIDITY[mode_of(request)]))


def expiry(request: Mapping[str, Any]) -> float:
    """Return for how many seconds the order is valid. A static order is limited to ten minutes.

    The printed code of a hybrid order has this limit too, but not the order itself: see
    ``OrderBook.pay_printed_code``.
    """
    seconds = float(parse_iso_duration(validity(request)) or 0)
    return min(seconds, PRINTED_CODE_VALID_FOR) if mode_of(request) == "static" else seconds


@frozen
class PaymentUnderWay:
    """A payer has locked the order; the payment is made at ``until``, in Unix seconds.

    ``amount`` is what is paid instead of the price; empty for the price.
    """

    method: str
    until: float
    amount: str = ""


@frozen
class SimulatedPayment:
    """A payment: when, with which method, how much, and its number."""

    at: float
    method: str
    amount: str
    number: str


@frozen
class Refund:
    """A refund that was asked for at ``at`` and is complete at ``done_at``."""

    id: str
    amount: Decimal
    number: str
    at: float
    done_at: float


@dataclass(slots=True)
class Order:
    """An order. Times are Unix seconds. ``request`` is the body of the create, as it was sent.

    ``older`` is the body of an order of the older APIs; ``request`` then holds the same in the
    words of the Orders API. ``scans`` and ``rejections`` are the numbers of scans and refused
    payments: only the older APIs show them.
    """

    id: str
    payment_id: str
    account: Account
    request: Mapping[str, Any]
    created_at: float
    updated_at: float
    expires_at: float
    qr_data: str
    status: OrderStatus = OrderStatus.CREATED
    detail: str = "created"
    paying: PaymentUnderWay | None = None
    payment: SimulatedPayment | None = None
    refunds: list[Refund] = field(default_factory=list)
    older: Mapping[str, Any] | None = None
    scans: list[str] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    quirks: frozenset[Quirk] = frozenset()

    @property
    def mode(self) -> str:
        """``static``, ``dynamic`` or ``hybrid``."""
        return mode_of(self.request)

    @property
    def pos(self) -> str:
        """The external id of the point of sale."""
        return str(self.request["config"]["qr"]["external_pos_id"])

    @property
    def amount(self) -> str:
        """The amount of the payment, as it was sent."""
        return str(self.request["transactions"]["payments"][0]["amount"])

    @property
    def cash_out(self) -> bool:
        """Whether the seller hands out cash with this order."""
        return "cash_outs" in self.request["transactions"]

    @property
    def refunded(self) -> Decimal:
        """The sum of all refunds, complete or in progress."""
        return sum((refund.amount for refund in self.refunds), Decimal(0))

    def set_status(self, status: OrderStatus, detail: str, at: float) -> None:
        """Change the status to one that TRANSITIONS allows."""
        assert status in TRANSITIONS[self.status], f"{self.status} -> {status}"
        self.status, self.detail, self.updated_at = status, detail, at

    def price_for(self, method: str) -> str:
        """Return the price for a payment method: lower if the order has a discount for it."""
        discounts = self.request.get("discounts", {}).get("payment_methods", ())
        prices = {discount["type"]: discount["new_total_amount"] for discount in discounts}
        return str(prices.get(method, self.amount))
