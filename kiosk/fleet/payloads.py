"""What is published and what is taken: one model for each topic, JSON in UTF-8.

Times are UTC: 2026-11-27T06:30:00Z. Those of a sale are as the journal has them, with
milliseconds: 2026-11-27T06:30:00.000+00:00. Amounts are plain decimals, as text. A reader
ignores fields that it does not know; a message with another ``v`` is not for it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

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
PlainAmount = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,2})?$")]
Id = Annotated[str, Field(pattern="^[!-~]{1,64}$")]
# `open`: the sale goes on; another answer follows. `unknown`: nobody knows how it ended yet.
Result = Literal[
    "open", "paid", "canceled", "expired", "refused", "refunded", "abandoned", "unknown", "rejected"
]
Reason = Literal[
    "too_old", "clock", "currency", "amount", "busy", "other_amount", "journal", "unreadable"
]
QUESTIONS = ("status", "last", "sales", "doctor")
_REFERENCE = mark("The sale's own number, `external_reference` of its order.")
_ORDER = mark("The order's id at Mercado Pago.")
_ID = mark("The sender's own number of it: up to 64 letters, digits and signs, no spaces.")
_CURRENCY = mark("ARS, BRL, CLP or UYU.")


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
    order: str | None = Field(None, description=_ORDER)
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
    amount: PlainAmount = Field(
        description=mark("What was asked for, as a plain decimal: `1234.56`.")
    )
    currency: str = Field(description=_CURRENCY)
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


class AmountRequest(Payload):
    """Taken from ``in/amount``: a total to be paid. One ``id`` is sold once."""

    id: Id = Field(description=_ID)
    amount: PlainAmount = Field(description=mark("The total, as a plain decimal: `1234.56`."))
    currency: str = Field(max_length=8, description=_CURRENCY)
    at: AwareDatetime = Field(
        description=mark(
            "When it was asked for, with its time zone: `2026-11-27T06:30:00Z`. Old ones are "
            "rejected."
        )
    )


class IdOnly(BaseModel):
    """What is read of a message that can't be read: whom to answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: Id


class AmountAnswer(Payload):
    """Published in ``out/amount``: what became of an amount. It may follow several times."""

    id: Id = Field(description=mark("The `id` of the amount."))
    result: Result = Field(
        description=mark(
            "How the sale ended; `open` while it has not, `unknown` while nobody knows it, and "
            "`rejected` if there is no sale."
        )
    )
    reason: Reason | None = Field(
        None,
        description=mark(
            "Why it is rejected: `too_old`; `clock`: the times of sender and kiosk differ; "
            "`currency`: the kiosk has another one; `amount`: not a valid amount, or not between "
            "the limits; `busy`: the counter can't sell it now; `other_amount`: the `id` was sold "
            "with another amount; `journal`: it can't be read now; `unreadable`: the message is "
            "not as described here."
        ),
    )
    reference: str | None = Field(None, description=_REFERENCE)


class FleetQuestion(Payload):
    """Taken from ``in/ask``: a question that changes nothing."""

    id: Id = Field(description=_ID)
    ask: str = Field(
        max_length=16,
        description=mark("`status`, `last`, `sales` or `doctor`."),
        json_schema_extra={"enum": [*QUESTIONS]},
    )
    day: date | None = Field(
        None,
        description=mark(
            "For `sales`: the day, as in 2026-11-27, in the kiosk's time zone. Default: today."
        ),
    )
    skip: int = Field(
        0,
        ge=0,
        le=10_000_000,
        description=mark("For `sales`: how many of them, the oldest first, are left out."),
    )


class FleetAnswer(Payload):
    """Published in ``out/answer``: the answer to a question, or why there is none."""

    id: Id = Field(description=mark("The `id` of the question."))
    ask: str = Field(description=mark("The question."))
    answer: dict[str, Any] | None = Field(
        None,
        description=mark(
            "`status`: what `kiosk status --json` says. `last`: `reference`, `amount`, `currency`, "
            "`outcome` and others of the newest sale with a result, or nothing. `sales`: a list "
            "of 100 `sales`, and whether there are `more`. `doctor`: `findings`, as `kiosk doctor "
            "--json` lists them."
        ),
    )
    error: str | None = Field(None, description=mark("A sentence: why there is no answer."))


def time_text(seconds: float) -> str:
    """Return Unix seconds as the messages write them; each byte is in a broker's memory."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
