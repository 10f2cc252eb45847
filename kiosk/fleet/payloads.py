"""What is published and what is taken: one model for each topic, JSON in UTF-8.

Times are UTC, as in 2026-11-27T06:30:00.000+00:00. Amounts are plain decimals, as text. A reader
ignores fields that it does not know; a message with another ``v`` is not for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kiosk.base.language import mark
from kiosk.sale.words import Outcome

States = Literal["starting", "idle", "creating", "paying", "closing", "finished", "out_of_service"]
Boot = Annotated[
    str,
    Field(pattern="^[0-9a-f]{8}$", description=mark("Another one at each start of the kiosk.")),
]
Seq = Annotated[
    int,
    Field(ge=0, description=mark("Counts the messages of one start. Ignore older ones.")),
]
At = Annotated[str, Field(description=mark("When it was sent, UTC."))]
_REFERENCE = mark("The sale's own number, `external_reference` of its order.")
_ORDER = mark("The order's id at Mercado Pago.")


class Payload(BaseModel):
    """The base of all messages."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    v: Literal[1] = Field(1, description=mark("The version of these messages: 1."))

    def encoded(self) -> bytes:
        """Return the message as it is sent: fields without a value are left out."""
        return self.model_dump_json(exclude_none=True).encode()


class State(Payload):
    """Retained in ``state`` while the kiosk is connected. Published on change."""

    online: Literal[True] = Field(True, description=mark("`true` while the kiosk is connected."))
    state: States = Field(description=mark("What the counter does now."))
    reference: str | None = Field(None, description=mark("The sale that it works on, if any."))
    problems: list[str] = Field(description=mark("Sentences; empty while all is well."))
    version: str = Field(description=mark("The installed release of the kiosk."))
    boot: Boot
    seq: Seq
    since: str = Field(description=mark("When the counter came into this state, UTC."))
    at: At


class Goodbye(Payload):
    """Retained in ``state`` after the kiosk was stopped."""

    online: Literal[False] = Field(False, description=mark("`false`: the kiosk is away."))
    reason: Literal["stopped"] = Field("stopped", description=mark("`stopped`: somebody did it."))
    boot: Boot
    seq: Seq
    at: At


class Lost(Payload):
    """Retained in ``state`` when the broker misses the kiosk: its will, so it carries no time."""

    online: Literal[False] = Field(False, description=mark("`false`: the kiosk is away."))
    reason: Literal["lost"] = Field(
        "lost",
        description=mark("`lost`: no power or no network. Ignore it if `boot` is an older one."),
    )
    boot: Boot


class EndedSale(Payload):
    """Published in ``sale`` when a sale has ended, and again if its end changes."""

    reference: str = Field(description=_REFERENCE)
    order_id: str | None = Field(None, description=_ORDER)
    amount: str = Field(
        pattern=r"^[0-9]{1,15}(\.[0-9]{1,2})?$",
        description=mark("What was asked for, as a plain decimal: `1234.56`."),
    )
    currency: str = Field(description=mark("ARS, BRL, CLP or UYU."))
    outcome: Outcome = Field(description=mark("How it ended."))
    source: str = Field(description=mark("The input that asked for the sale."))
    created_at: str = Field(
        description=mark("When it began, UTC, by this computer's clock, which may be wrong.")
    )
    ended_at: str = Field(description=mark("When it ended, UTC."))
    late: bool = Field(description=mark("Whether another end was known before this one."))


class Hint(Payload):
    """Taken from ``in/hint``: something may have happened to an order, so it is looked at."""

    order: str | None = Field(None, max_length=64, description=_ORDER)
    reference: str | None = Field(None, max_length=64, description=_REFERENCE)


def time_text(seconds: float) -> str:
    """Return Unix seconds as the messages write them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
