"""The acts outside of the counter: of the payer, the network and Mercado Pago."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from kiosk.base.language import _
from kiosk.base.settings import Duration, Settings, Whole, YesNo
from kiosk.simulator.acts.plain_form import AmountText, ShortForm


class PayerAct(ShortForm):
    """The payer and their phone. It can pay only what the panel shows, or showed at the scan."""

    short: ClassVar[str] = "does"
    does: Literal["pays", "declines", "scans", "walks_away", "refunds"] = Field(
        "pays",
        description=(
            "pays: scans, if they have not scanned yet, and pays. declines: it is refused. "
            "scans: only scans, and may pay later. walks_away: forgets what was scanned. refunds: "
            "the last payment goes back in Mercado Pago's own app."
        ),
    )
    amount: AmountText | None = Field(
        None, description="What is paid instead of the amount of the order."
    )
    takes: Duration = Field(
        0, ge=0, le=3600, description="For how long the payment locks the order before it is paid."
    )
    after: Duration = Field(0, ge=0, le=86_400, description="When this happens, from now on.")
    printed: YesNo = Field(
        False, description="Whether the phone scans the printed code, not the panel."
    )


class NetworkAct(ShortForm):
    """The network between the counter and Mercado Pago, from now on."""

    short: ClassVar[str] = "state"
    state: Literal[
        "ok", "unreachable", "slow", "answers_lost", "requests_lost", "captive_page", "garbage"
    ] = Field(
        "ok",
        description=(
            "ok; unreachable: no call arrives. slow: each call takes four seconds more. "
            "answers_lost: calls are carried out, and the answers are lost. requests_lost: calls "
            "are lost. captive_page: a page to sign in answers. garbage: no answer can be read."
        ),
    )
    status: Whole | None = Field(
        None, ge=300, le=599, description="The HTTP status that answers each call."
    )
    code: str = Field(
        "", max_length=80, description="The error code of Mercado Pago beside status."
    )
    random: Whole | None = Field(
        None, ge=0, description="A seed: calls fail at random, and always in the same way."
    )
    call: Literal["create", "get", "cancel", "refund", "any"] = Field(
        "any", description="Which calls this is for."
    )
    times: Whole | None = Field(None, ge=1, le=1000, description="How many calls this is for.")
    lasts: Duration | None = Field(
        None, gt=0, description="When the network is ok again. Default: at the next act."
    )

    @model_validator(mode="after")
    def _is_one_trouble(self) -> Self:
        given = (self.state != "ok", self.status is not None, self.random is not None)
        if sum(given) > 1:
            raise ValueError(_("write only one of state, status and random"))
        if self.code and self.status is None:
            raise ValueError(_("a code needs a status, such as status: 409"))
        return self


class ServiceAct(Settings):
    """What Mercado Pago does that its documents do not promise. What is not given stays."""

    order_status: str | None = Field(
        None, max_length=40, description="The status that answers state; empty for the true one."
    )
    refund_takes: Duration | None = Field(
        None, ge=0, description="How long a refund takes until it is complete."
    )
    expires_later: Duration | None = Field(
        None, ge=0, description="How much longer the newest order stays payable than was asked."
    )

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(_("write order_status, refund_takes or expires_later"))
        return self
