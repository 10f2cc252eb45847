"""The section ``sale:`` of the configuration."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from kiosk.base.durations import format_duration, parse_duration
from kiosk.base.language import _
from kiosk.base.settings import Duration, Settings
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.sale.policy import LatePayment, OnNewAmount, Policy

_DEFAULTS = Policy(prefix="")
_CHECKOUTS = {"immediate": 0.0, "on_pay": math.inf}


def _checkout(value: Any) -> Any:
    if not isinstance(value, str) or value in _CHECKOUTS:
        return _CHECKOUTS.get(value, value)
    try:
        seconds = parse_duration(value)
    except ValueError:
        seconds = 0
    if not 2 <= seconds <= 600:
        raise ValueError(
            _(
                "{value!r} is not a valid time to pay; write immediate, on_pay, or 2 s to 10 min",
                value=value,
            )
        )
    return seconds


def _checkout_text(seconds: float) -> str:
    words = {number: word for word, number in _CHECKOUTS.items()}
    return words.get(seconds) or format_duration(seconds)


Checkout = Annotated[
    float,
    BeforeValidator(_checkout),
    PlainSerializer(_checkout_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
]


class SaleSettings(Settings):
    """How a sale goes at this counter."""

    checkout: Checkout = Field(
        _DEFAULTS.checkout,
        description=(
            "When scanned items must be paid. immediate: each item is a sale. on_pay: when "
            "somebody scans the code KQPAY or presses a button. A time, such as 20 s: when no "
            "other item was scanned for so long."
        ),
    )
    basket_kept_for: Duration = Field(
        _DEFAULTS.basket_kept_for,
        ge=10,
        le=86_400,
        description=(
            "With checkout: on_pay, a basket that nobody pays is forgotten this long after its "
            "last item."
        ),
    )
    expires_after: Duration = Field(
        _DEFAULTS.expires_after,
        ge=30,
        le=12_960_000,
        description="How long the QR is shown and the order can be paid; at least 30 s.",
    )
    result_shown_for: Duration = Field(
        _DEFAULTS.result_shown_for,
        ge=1,
        le=3600,
        description="How long the result stays on the panel.",
    )
    on_new_amount: OnNewAmount = Field(
        _DEFAULTS.on_new_amount,
        description=(
            "What a new amount does while an unpaid order is on the panel. replace: that order is "
            "canceled, and the new one is shown. busy: the new amount is refused."
        ),
    )
    late_payment: LatePayment = Field(
        _DEFAULTS.late_payment,
        description=(
            "What happens when an order is paid after it was canceled, was replaced or ran out of "
            "time here. accept: it is a sale like any other. refund: the money is given back. "
            "hold: the panel shows a code and sends the payer to the cashier, and people decide."
        ),
    )
    amount_kept_for: Duration = Field(
        _DEFAULTS.amount_kept_for,
        ge=1,
        le=600,
        description=(
            "How long an amount may wait for its QR, because the order before it is not settled "
            "or the network is slow. An older amount is dropped."
        ),
    )

    set_aside_after: Duration = Field(
        _DEFAULTS.set_aside_after,
        ge=10,
        le=86_400,
        description=(
            "How long the kiosk waits for the service to say how an order ended, past the order's "
            "validity, or for an answer to the request that creates an order. Then the sale is set "
            "aside: the counter sells on, and the kiosk looks at the order again later."
        ),
    )

    def policy(self, prefix: str, orders: AccountSettings) -> Policy:
        """Return the settings as the machine uses them; ``prefix`` begins each reference."""
        return Policy(
            prefix=prefix,
            checkout=self.checkout,
            basket_kept_for=self.basket_kept_for,
            expires_after=self.expires_after,
            result_shown_for=self.result_shown_for,
            amount_kept_for=self.amount_kept_for,
            on_new_amount=self.on_new_amount,
            late_payment=self.late_payment,
            needs_qr=orders.needs_qr,
            set_aside_after=self.set_aside_after + orders.end_known_after,
            printed_code=orders.printed_code,
            looks_per_sale=orders.looks_per_sale,
        )
