"""What an order of the fake service is, and which way it may go. Data; ``book`` moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kiosk.base.durations import parse_iso_duration
from kiosk.simulator.service.accounts import Account

PRINTED_CODE_LIVES = 600.0  # PT10M: cap and default of an order behind a printed code


class OrderStatus(StrEnum):
    """The status of a QR order."""

    CREATED = "created"
    PROCESSED = "processed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


# A payment that is refused leaves its order created; a partial refund leaves it processed.
TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.CREATED: frozenset(
        {OrderStatus.PROCESSED, OrderStatus.CANCELED, OrderStatus.EXPIRED}
    ),
    OrderStatus.PROCESSED: frozenset({OrderStatus.REFUNDED}),
    OrderStatus.CANCELED: frozenset(),
    OrderStatus.EXPIRED: frozenset(),
    OrderStatus.REFUNDED: frozenset(),
}


_DEFAULT_VALIDITY = {"dynamic": "PT15M", "static": "PT10M", "hybrid": "PT15M"}


def mode_of(request: Mapping[str, Any]) -> str:
    """Return ``config.qr.mode``, which is static unless it says otherwise."""
    return str(request["config"]["qr"].get("mode", "static"))


def validity(request: Mapping[str, Any]) -> str:
    """Return the ``expiration_time`` that answers show: as it was sent, or the mode's default."""
    return str(request.get("expiration_time", _DEFAULT_VALIDITY[mode_of(request)]))


def expiry(request: Mapping[str, Any]) -> float:
    """Return how many seconds the order lives. A static one is capped, whatever was sent.

    So is a hybrid one's printed code, but not the order: see ``Book.scan``.
    """
    seconds = float(parse_iso_duration(validity(request)) or 0)
    return min(seconds, PRINTED_CODE_LIVES) if mode_of(request) == "static" else seconds


@dataclass(frozen=True, slots=True)
class PaymentUnderWay:
    """A payer holds the order; he will have paid at ``until``."""

    method: str
    until: float


@dataclass(frozen=True, slots=True)
class SimulatedPayment:
    """What the payer did: when, with which method, how much, under which number."""

    at: float
    method: str
    amount: str
    number: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back since ``at``; it has arrived at ``done_at``."""

    id: str
    amount: Decimal
    number: str
    at: float
    done_at: float


@dataclass(slots=True)
class Order:
    """An order. Times are Unix seconds. ``request`` is the create's body, as it was sent.

    ``older`` is that of an order of the older APIs; ``request`` then says the same in new words.
    ``scans`` and ``rejections`` are the numbers that payers left: only the older APIs show them.
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

    @property
    def mode(self) -> str:
        """``static``, ``dynamic`` or ``hybrid``."""
        return mode_of(self.request)

    @property
    def pos(self) -> str:
        """The point of sale's external id."""
        return str(self.request["config"]["qr"]["external_pos_id"])

    @property
    def amount(self) -> str:
        """The payment's amount, as it was sent."""
        return str(self.request["transactions"]["payments"][0]["amount"])

    @property
    def cash_out(self) -> bool:
        """Whether the seller hands out cash with it."""
        return "cash_outs" in self.request["transactions"]

    @property
    def refunded(self) -> Decimal:
        """What has been given back or is on its way."""
        return sum((refund.amount for refund in self.refunds), Decimal(0))

    def price_for(self, method: str) -> str:
        """Return what a payer with that method pays: less, if a discount is on it."""
        discounts = self.request.get("discounts", {}).get("payment_methods", ())
        prices = {discount["type"]: discount["new_total_amount"] for discount in discounts}
        return str(prices.get(method, self.amount))
