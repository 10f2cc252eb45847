"""The section ``sale:`` of the configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.sale.phases import Policy
from kiosk.settings import Duration, Settings


class SaleSettings(Settings):
    """How a sale goes at this counter."""

    expires_after: Duration = Field(
        300,
        ge=30,
        le=12_960_000,
        description="How long the QR is shown and the order may be paid; 30 s at the least.",
    )
    result_shown_for: Duration = Field(
        8, ge=1, le=3600, description="How long the result stays on the panel."
    )
    on_new_amount: Literal["replace", "busy"] = Field(
        "replace",
        description=(
            "What a new amount does while an unpaid order is shown: replace cancels that order "
            "and shows the new one, busy refuses the new amount."
        ),
    )
    late_payment: Literal["accept", "refund", "hold"] = Field(
        "accept",
        description=(
            "What happens when an order is paid after it was canceled, replaced or ran out of "
            "time here: accept makes it a sale like any other, refund gives the money back, "
            "hold sends the payer to the cashier with a code and leaves the rest to people."
        ),
    )
    amount_kept_for: Duration = Field(
        30,
        ge=1,
        le=600,
        description=(
            "How old an amount may get while it waits for its QR, because the order before it "
            "is still being settled or the network is slow; an older one is dropped."
        ),
    )

    def policy(self, *, prefix: str, needs_qr: bool) -> Policy:
        """Return these decisions as the machine takes them; ``prefix`` begins each reference."""
        return Policy(
            prefix=prefix,
            expires_after=self.expires_after,
            result_shown_for=self.result_shown_for,
            amount_kept_for=self.amount_kept_for,
            replaces=self.on_new_amount == "replace",
            late_payment=self.late_payment,
            needs_qr=needs_qr,
        )
