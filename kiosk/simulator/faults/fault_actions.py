"""What a fault rule can do to a call.

``fault_rules`` explains the keys and decides which rules apply.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kiosk.simulator.service.messages import ApiAnswer, ApiRequest
from kiosk.simulator.service.order_book import NotPayable, OrderBook, UnknownOrder

When = Literal["before", "after"]


class ConnectionDropped(Exception):
    """The connection must be closed without an answer."""


@dataclass(frozen=True)
class FaultContext:
    """A call on its way to the service. ``proceed`` carries it out and returns the answer.

    ``sleep`` takes seconds of the clock.
    """

    call: ApiRequest
    order_book: OrderBook
    clock: Callable[[], float]  # Unix seconds
    proceed: Callable[[], Awaitable[ApiAnswer]]
    sleep: Callable[[float], Awaitable[None]]

    def pay_order(self, takes: float) -> None:
        """Let a payer pay the order of the call, if it can be paid, within ``takes`` seconds."""
        with suppress(NotPayable, UnknownOrder):
            self.order_book.pay(self.call.order_id, self.clock(), takes)


class FaultRule(BaseModel):
    """Which calls a rule is for. This base class changes nothing about them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: Literal["create", "get", "cancel", "refund", "account", "any"] = "any"
    nth: int | None = Field(None, ge=1)
    every: int | None = Field(None, ge=1)
    probability: float | None = Field(None, ge=0, le=1)
    seed: int = 0
    times: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_choice(self) -> FaultRule:
        if sum(chosen is not None for chosen in (self.nth, self.every, self.probability)) > 1:
            raise ValueError("use only one of nth, every and probability; remove the others")
        return self

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Return the answer that is sent, or raise ConnectionDropped."""
        return await context.proceed()


class DropRequest(FaultRule):
    """The request is lost; the service never gets it."""

    do: Literal["drop_request"]

    async def apply(self, _context: FaultContext, /) -> ApiAnswer:
        """Close the connection."""
        raise ConnectionDropped


class DropReply(FaultRule):
    """The answer is lost; the service has carried out the call."""

    do: Literal["drop_reply"]

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Carry out the call, then close the connection."""
        await context.proceed()
        raise ConnectionDropped


class Delay(FaultRule):
    """The request or the answer is slow."""

    do: Literal["delay"]
    seconds: float = Field(ge=0)
    when: When = "before"

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Wait before or after the call is carried out."""
        if self.when == "after":
            answer = await context.proceed()
            await context.sleep(self.seconds)
            return answer
        await context.sleep(self.seconds)
        return await context.proceed()


class _OtherAnswer(FaultRule):
    """Another answer instead of the real one."""

    when: When

    def answer(self) -> ApiAnswer:
        raise NotImplementedError

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Return the other answer. ``when: after`` carries out the call first."""
        if self.when == "after":
            await context.proceed()
        return self.answer()


class AnswerStatus(_OtherAnswer):
    """An error, in one of the shapes that the real services use."""

    do: Literal["status"]
    status: int = Field(ge=100, le=599)
    shape: Literal["errors", "flat", "legacy", "gateway", "html", "empty"] = "errors"
    code: str = ""
    message: str = "A fault rule of the simulator made this error."
    retry_after: float | str | None = None
    when: When = "before"

    def answer(self) -> ApiAnswer:
        """Return the error."""
        headers = {} if self.retry_after is None else {"retry-after": f"{self.retry_after}"}
        if self.shape == "empty":
            return ApiAnswer(self.status, b"", headers=headers)
        if self.shape == "html":
            page = f"<html><body><h1>{self.status}</h1>{self.message}</body></html>"
            return ApiAnswer(self.status, page.encode(), "text/html", headers)
        return ApiAnswer(self.status, json.dumps(self._json()).encode(), headers=headers)

    def _json(self) -> dict[str, Any]:
        code = self.code or str(self.status)
        error = {"code": code, "message": self.message, "details": []}
        shapes: dict[str, dict[str, Any]] = {
            "errors": {"errors": [error]},
            "flat": {"code": code, "message": self.message, "details": [error]},
            "legacy": {
                "error": code,
                "message": self.message,
                "status": self.status,
                "causes": [],
            },
            "gateway": {"status": self.status, "message": self.message},
        }
        return shapes[self.shape]


class Garbage(_OtherAnswer):
    """A body that is not valid JSON."""

    do: Literal["garbage"]
    text: str = '{"id": "ORD'
    status: int = Field(200, ge=200, le=599)
    when: When = "after"

    def answer(self) -> ApiAnswer:
        """Return the text as the answer."""
        return ApiAnswer(self.status, self.text.encode())


class Locked(FaultRule):
    """A payer is paying: the order cannot be canceled meanwhile."""

    do: Literal["locked"]
    seconds: float = Field(5, gt=0)

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Let the payer begin, then carry out the call."""
        context.pay_order(self.seconds)
        return await context.proceed()


class PayFirst(FaultRule):
    """The payer pays just before the call is carried out."""

    do: Literal["pay_first"]

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Let the payer pay, then carry out the call."""
        context.pay_order(0)
        return await context.proceed()


class _ChangedOrder(FaultRule):
    """The answer holds a wrong value. An answer that is an error stays as it is."""

    def changed(self, order: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    async def apply(self, context: FaultContext, /) -> ApiAnswer:
        """Carry out the call, then change the order in its answer."""
        answer = await context.proceed()
        try:
            order = json.loads(answer.body)
        except ValueError:  # another rule has replaced the answer
            return answer
        if answer.status >= 300 or not isinstance(order, dict):
            return answer
        if isinstance(found := order.get("elements"), list):  # a search, in the older APIs
            changed = order | {"elements": [self.changed(element) for element in found]}
        else:
            changed = self.changed(order)
        return replace(answer, body=json.dumps(changed).encode())


class WrongAmount(_ChangedOrder):
    """The answer holds another amount."""

    do: Literal["wrong_amount"]
    value: str = "1.00"

    def changed(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change every amount of the order."""
        for payment in order.get("transactions", {}).get("payments", ()):
            payment.update({name: self.value for name in payment if name.endswith("amount")})
        return order | {name: self.value for name in order if name.endswith("amount")}


class _OtherField(_ChangedOrder):
    """The answer holds another value of one field."""

    field: ClassVar[str]
    value: str

    def changed(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change the field."""
        return order | {self.field: self.value}


class WrongReference(_OtherField):
    """The answer holds the reference of another order."""

    field = "external_reference"
    do: Literal["wrong_reference"]
    value: str = "somebody-elses"


class WrongId(_OtherField):
    """The answer holds the id of another order."""

    field = "id"
    do: Literal["wrong_id"]
    value: str = "ORD" + "0" * 26


class OtherStatus(_OtherField):
    """The answer holds another status, such as one that nobody has documented."""

    field = "status"
    do: Literal["other_status"]
    value: str = "in_review"
