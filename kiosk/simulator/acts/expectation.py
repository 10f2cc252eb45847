"""The expectations: what must be seen at the counter, and within what time."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from kiosk.base.language import _
from kiosk.base.settings import Duration, Settings, YesNo
from kiosk.sale.words import Outcome, Screen
from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.device_acts import HexBytes
from kiosk.simulator.acts.plain_form import AmountText, ShortForm
from kiosk.simulator.service.order import OrderStatus


class ReplyExpected(ShortForm):
    """Bytes that the register gets: as a text without its line end, or as hexadecimal digits."""

    short: ClassVar[str] = "text"
    input: str = Field("", description="The name of the input; it may be left out.")
    text: str | None = Field(
        None,
        min_length=1,
        description=(
            "The whole reply. {reference} stands for the reference of a sale, {any} for any text, "
            "<STX> for a control character."
        ),
    )
    bytes: HexBytes | None = Field(None, description="The whole reply, as hexadecimal digits.")

    @model_validator(mode="after")
    def _has_one_content(self) -> Self:
        if (self.text is None) == (self.bytes is None):
            raise ValueError(_("write either text or bytes"))
        return self


class JournalRow(Settings):
    """A sale in the journal. What is not given may be anything."""

    amount: AmountText | None = Field(None, description="The amount of the sale.")
    outcome: Outcome | None = Field(None, description="How it ended.")
    open: YesNo | None = Field(None, description="Whether it has not ended yet.")
    paid: AmountText | None = Field(None, description="What was paid.")
    refunded: AmountText | None = Field(None, description="What went back.")


class OrderSummary(Settings):
    """An order at Mercado Pago. What is not given may be anything."""

    amount: AmountText | None = Field(None, description="The amount of the order.")
    status: OrderStatus | None = Field(None, description="The status of the order.")


class Expectation(Settings):
    """What must be true within a time. What is not given may be anything.

    Replies, sentences and rejected readings happen once: each expectation takes the next one.
    """

    screen: Screen | None = Field(None, description="What is on the panel.")
    amount: AmountText | None = Field(None, description="The amount on the panel.")
    reason: str | None = Field(None, description="The reason code on the panel, such as network.")
    dark: YesNo | None = Field(None, description="Whether the panel shows nothing.")
    signal: Screen | None = Field(None, description="The signal of the lamps and the buzzer.")
    state: str | None = Field(None, description="The state in the status file, such as idle.")
    problem: str | None = Field(
        None, min_length=1, description="A part of a problem in the status."
    )
    problems: YesNo | None = Field(None, description="Whether the status has any problem.")
    reply: ReplyExpected | None = Field(None, description="The next reply that the register gets.")
    quiet: YesNo | None = Field(
        None, description="Whether the register got nothing more than the replies before."
    )
    said: str | None = Field(None, min_length=1, description="A part of what the voice says next.")
    rejected: str | None = Field(
        None, min_length=1, description="A part of the reason why a reading was rejected."
    )
    requests: tuple[str, ...] | None = Field(
        None,
        description=(
            "The calls to Mercado Pago since the last expectation of calls, except those that "
            "only read: create 201, cancel 409, create lost."
        ),
    )
    journal: tuple[JournalRow, ...] | None = Field(
        None, description="All sales in the journal, oldest first."
    )
    orders: tuple[OrderSummary, ...] | None = Field(
        None, description="All orders at Mercado Pago, oldest first."
    )
    within: Duration | None = Field(
        None, ge=0, le=30 * 86_400, description="How long to wait for it. Default: 10 s."
    )

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.model_fields_set - {"within"}:
            raise ValueError(
                _("nothing is expected; write what must be seen, such as screen: paid")
            )
        return self


class Forbidden(Settings):
    """What must not be seen from now on, until the end."""

    screen: Screen | None = Field(None, description="What must not be on the panel.")
    signal: Screen | None = Field(None, description="What the lamps must not show.")
    reply: ReplyExpected | None = Field(None, description="What the register must not get.")

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(_("nothing is forbidden; write what must not be seen"))
        return self


class Step(Act):
    """A step of a scenario: an act, or what must or must not be seen."""

    expect: Expectation | None = Field(None, description="What must be seen now.")
    never: Forbidden | None = Field(None, description="What must not be seen from now on.")
