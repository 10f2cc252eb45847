r"""The acts. Each is a mapping with one key: ``send``, ``key``, ``payer``, ``network`` and others.

- key: "22.50"                                   # the register keys a total; its input's dialect
- send: {input: caja, text: "TOTAL 22,50\r\n"}     # the bytes that the device puts on its line
- send: {input: tef, bytes: "02 30 32 03 01"}
- scan: "7790001001054"
- press: cancel                                  # a button
- unplug: caja                                   # an input, panel or lamps; and plug_in
- hang: panel                                    # its driver does not return
- payer: pays                                    # or declines, scans, walks_away, refunds
- payer: {does: pays, takes: 5 s}
- network: {state: unreachable, lasts: 120 s}
- service: {order_status: in_review}
- power: off
- clock: 60
- wait: 5 s
- person: {settles: paid}
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from kiosk.base.language import _
from kiosk.base.settings import Duration, Settings, Whole, YesNo
from kiosk.sale.words import Decision
from kiosk.simulator.acts.plain_form import AmountText, Chosen, ShortForm

_WHICH_INPUT = "The name of the input; it may be left out if the counter has only one of the kind."
_MOST_BYTES = 65_536


def hex_bytes(text: str) -> str:
    """Return the text if it is bytes as hexadecimal digits; raises ValueError."""
    digits = re.sub(r"\s", "", text)
    if len(digits) % 2:
        raise ValueError(
            _("{count} digits are not whole bytes; write two for each byte", count=len(digits))
        )
    if wrong := re.search("[^0-9A-Fa-f]", digits):
        raise ValueError(
            _("{character!r} is not a hexadecimal digit; write 0 to 9, A to F", character=wrong[0])
        )
    return text


HexBytes = Annotated[
    str, Field(min_length=2, max_length=3 * _MOST_BYTES), AfterValidator(hex_bytes)
]


class SendAct(ShortForm):
    """The device puts bytes on its line: of a text (UTF-8), or written as hexadecimal digits."""

    short: ClassVar[str] = "text"
    input: str = Field("", description=_WHICH_INPUT)
    text: str | None = Field(
        None,
        min_length=1,
        max_length=_MOST_BYTES,
        description='What the device sends, as text: "TOTAL 22,50\\r\\n".',
    )
    bytes: HexBytes | None = Field(
        None,
        description="What the device sends, as hexadecimal digits: 02 30 03.",
        examples=["02 03"],
    )

    @model_validator(mode="after")
    def _has_one_content(self) -> Self:
        if (self.text is None) == (self.bytes is None):
            raise ValueError(_("write either text or bytes"))
        return self


def sent(act: SendAct) -> bytes:
    """Return the bytes that the device puts on its line."""
    return act.text.encode() if act.text is not None else bytes_of(act.bytes or "")


def bytes_of(text: str) -> bytes:
    """Return the bytes of hexadecimal digits."""
    return bytes.fromhex(re.sub(r"\s", "", text))


class KeyAct(ShortForm):
    """The cashier keys a total: the register sends it as its input expects it."""

    short: ClassVar[str] = "amount"
    input: str = Field("", description=_WHICH_INPUT)
    amount: AmountText = Field(description="The total, as a plain decimal: 22.50.")


class ScanAct(ShortForm):
    """The scanner reads a code."""

    short: ClassVar[str] = "code"
    input: str = Field("", description=_WHICH_INPUT)
    code: str = Field(
        min_length=1, max_length=4096, description="The code's content.", examples=["7790001001054"]
    )


class PressAct(ShortForm):
    """Somebody presses a button."""

    short: ClassVar[str] = "button"
    input: str = Field("", description=_WHICH_INPUT)
    button: Literal["cancel", "pay", "remove", "last", "amount"] = Field(
        "cancel", description="What the button does: cancel, pay, remove, last or amount."
    )


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


class PersonAct(ShortForm):
    """A person gives a command for a sale: refund it, cancel its order, or decide how it ended."""

    short: ClassVar[str] = "does"
    does: Literal["refunds", "cancels"] | None = Field(
        None, description="refunds: as kiosk orders refund; cancels: as kiosk orders cancel."
    )
    settles: Decision | None = Field(
        None, description="How the sale ended, as with kiosk orders settle --as."
    )
    note: str = Field(
        "decided in the scenario", min_length=1, max_length=500, description="Who decided, and why."
    )
    sale: Whole | None = Field(
        None, ge=1, description="Which sale: 1 for the first of the scenario. Default: the newest."
    )

    @model_validator(mode="after")
    def _is_one_command(self) -> Self:
        if (self.does is None) == (self.settles is None):
            raise ValueError(_("write refunds, cancels, or settles: and how the sale ended"))
        return self


class Act(Chosen):
    """One act: exactly one of these."""

    send: SendAct | None = Field(
        None,
        description="A device puts bytes on its line.",
        examples=['"TOTAL 22,50\\r\\n"'],
    )
    key: KeyAct | None = Field(None, description="The cashier keys a total.", examples=["22.50"])
    scan: ScanAct | None = Field(
        None, description="The scanner reads a code.", examples=["7790001001054"]
    )
    press: PressAct | None = Field(None, description="Somebody presses a button.")
    unplug: str | None = Field(
        None, min_length=1, description="An input, panel or lamps is unplugged."
    )
    plug_in: str | None = Field(
        None, min_length=1, description="An input, panel or lamps is plugged in again."
    )
    hang: Literal["panel"] | None = Field(
        None, description="A call of the panel's driver does not return, until it is plugged in."
    )
    payer: PayerAct | None = Field(None, description="What the payer does.")
    network: NetworkAct | None = Field(None, description="How the network is from now on.")
    service: ServiceAct | None = Field(None, description="What Mercado Pago does from now on.")
    power: Literal["on", "off"] | None = Field(
        None, description="off: the plug is pulled. on: it is plugged in again."
    )
    clock: Whole | None = Field(
        None, ge=1, le=60, description="How fast the counter's time runs on the page: 1 to 60."
    )
    wait: Duration | None = Field(
        None, gt=0, le=30 * 86_400, description="Time passes.", examples=["5 s"]
    )
    person: PersonAct | None = Field(None, description="A person gives a command.")
