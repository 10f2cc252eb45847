"""The request that creates an order: every field of the create-order document, and its limits.

Pure. It is strict, because what we send must be right (``answers/`` reads answers less strictly).
Where the document's example contradicts its text (``payments`` and ``items`` as objects, a total
that is not the sum), the text is followed: the service accepts that.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kiosk.base.durations import parse_iso_duration
from kiosk.base.language import _

SHORTEST, LONGEST = 30, 3600 * 3600  # seconds of an order's validity
STATIC_LONGEST = 10 * 60  # seconds; a printed code has its order no longer, whatever was requested


def _amount(text: str) -> str:
    if not re.fullmatch(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{2})?", text):
        raise ValueError(
            _("{text!r} is not an amount; write two decimals or none, as in 1234.56", text=text)
        )
    return text


def _above_zero(text: str) -> str:
    if Decimal(text) == 0:
        raise ValueError(_("an amount of zero can't be paid"))
    return text


def _expiration(text: str) -> str:
    seconds = parse_iso_duration(text)
    if seconds is None:
        raise ValueError(_("{text!r} is not an ISO 8601 duration; write it like PT5M", text=text))
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(_("{text} is not between 30 seconds and 3600 hours", text=text))
    return text


Amount = Annotated[str, AfterValidator(_amount)]
PaidAmount = Annotated[Amount, AfterValidator(_above_zero)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    """A part of the request. Only the whole request needs a validator before it is used."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Sponsor(_Part):
    """The integrator, by the USER_ID of its account."""

    id: str = Field(pattern="^[0-9]+$")


class IntegrationData(_Part):
    """Who made the software that creates the order, by the service's ids."""

    platform_id: Text | None = None
    integrator_id: str | None = Field(None, pattern="^dev_.+$")
    sponsor: Sponsor | None = None


class QrConfig(_Part):
    """The point of sale, and which QR can be paid: its printed one, the order's own, or both."""

    external_pos_id: Text
    mode: Literal["static", "dynamic", "hybrid"]


class OrderConfig(_Part):
    """The settings of the order's type."""

    qr: QrConfig


class RequestedPayment(_Part):
    """What the payer pays."""

    amount: PaidAmount


class CashOut(_Part):
    """The cash that the payer gets; it is part of the order's total."""

    amount: PaidAmount


class Transactions(_Part):
    """The payment of the order, and at most one cash withdrawal."""

    payments: tuple[RequestedPayment] = Field(description="Exactly one.")
    cash_outs: tuple[CashOut] | None = None


class Category(_Part):
    """A category of the shop, for discounts by category."""

    id: Text


class RequestedItem(_Part):
    """A line of the receipt."""

    title: str = Field(min_length=1, max_length=150)
    unit_price: Amount
    quantity: int = Field(ge=1)
    unit_measure: str = Field(min_length=1, max_length=10)
    external_code: str | None = Field(None, min_length=1, max_length=30)
    external_categories: tuple[Category, ...] | None = Field(None, min_length=1, max_length=10)


class PaymentMethodDiscount(_Part):
    """The price of the order with one payment method of the wallet."""

    new_total_amount: PaidAmount
    type: Literal["debit_card", "credit_card", "account_money", "prepaid_card"]


class Discounts(_Part):
    """Discounts by payment method. Not together with discounts by category."""

    payment_methods: tuple[PaymentMethodDiscount, ...] = Field(min_length=1, max_length=4)


class OrderRequest(_Part):
    """The body of ``POST /v1/orders``. Raises pydantic's ValidationError, which names the field.

    A reference, a point of sale and a payment are required here: the document calls them optional,
    but the service requires them.
    """

    model_config = ConfigDict(defer_build=False)

    type: Literal["qr"] = "qr"
    total_amount: PaidAmount
    description: str | None = Field(None, min_length=1, max_length=150)
    external_reference: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$")
    expiration_time: Annotated[str, AfterValidator(_expiration)] | None = None
    marketplace_fee: Amount | None = None
    integration_data: IntegrationData | None = None
    config: OrderConfig
    transactions: Transactions
    items: tuple[RequestedItem, ...] | None = Field(None, min_length=1, max_length=10)
    discounts: Discounts | None = None

    @model_validator(mode="after")
    def _total_is_the_sum(self) -> Self:
        parts = (*self.transactions.payments, *(self.transactions.cash_outs or ()))
        total = sum(Decimal(part.amount) for part in parts)
        if Decimal(self.total_amount) != total:
            raise ValueError(
                _(
                    "total_amount is {total_amount}, but the transactions sum to {total}",
                    total_amount=self.total_amount,
                    total=total,
                )
            )
        return self

    @model_validator(mode="after")
    def _cash_needs_items(self) -> Self:
        if self.transactions.cash_outs and not self.items:
            raise ValueError(_("transactions.cash_outs need items"))
        return self

    @model_validator(mode="after")
    def _one_kind_of_discount(self) -> Self:
        if self.discounts and any(item.external_categories for item in self.items or ()):
            raise ValueError(_("discounts and items.external_categories can't be used together"))
        return self

    def to_bytes(self) -> bytes:
        """Return compact JSON of the fields that are set; equal requests give equal bytes."""
        return self.model_dump_json(exclude_none=True).encode()
