"""What a fault rule can do to a call. ``faults`` explains the keys and decides which rules fire."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

import anyio
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kiosk.simulator.service.messages import ApiAnswer, ApiRequest
from kiosk.simulator.service.order_book import NotPayable, OrderBook, UnknownOrder

When = Literal["before", "after"]


class HungUp(Exception):
    """The connection is to be closed, with no answer."""


@dataclass(frozen=True)
class FaultContext:
    """A call on its way to the book, and what carries it on from here."""

    call: ApiRequest
    book: OrderBook
    clock: Callable[[], float]  # Unix seconds
    carry_on: Callable[[], Awaitable[ApiAnswer]]

    def payer_comes(self, takes: float) -> None:
        """Let a payer pay the call's order, if it can be paid."""
        with suppress(NotPayable, UnknownOrder):
            self.book.pay(self.call.order_id, self.clock(), takes)


class FaultRule(BaseModel):
    """Which calls, and by default no harm done to them."""

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
            raise ValueError("nth, every and probability exclude each other; keep one of them")
        return self

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Return what is answered, or raise HungUp; the call is carried out by ``carry_on``."""
        return await scene.carry_on()


class DropRequest(FaultRule):
    """Lost on the way there."""

    do: Literal["drop_request"]

    async def spoil(self, _scene: FaultContext, /) -> ApiAnswer:
        """Hang up."""
        raise HungUp


class DropReply(FaultRule):
    """Lost on the way back."""

    do: Literal["drop_reply"]

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Hang up when all is done."""
        await scene.carry_on()
        raise HungUp


class Delay(FaultRule):
    """Slow, there or back."""

    do: Literal["delay"]
    seconds: float = Field(ge=0)
    when: When = "before"

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Wait, then carry on, or the other way round."""
        if self.when == "after":
            answer = await scene.carry_on()
            await anyio.sleep(self.seconds)
            return answer
        await anyio.sleep(self.seconds)
        return await scene.carry_on()


class _Instead(FaultRule):
    """Some other answer than the call's own."""

    when: When

    def answer(self) -> ApiAnswer:
        raise NotImplementedError

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Give that answer, whether or not the call is carried out."""
        if self.when == "after":
            await scene.carry_on()
        return self.answer()


class AnswerStatus(_Instead):
    """An error, in one of the shapes that the services have for it."""

    do: Literal["status"]
    status: int = Field(ge=100, le=599)
    shape: Literal["errors", "flat", "legacy", "gateway", "html", "empty"] = "errors"
    code: str = ""
    message: str = "The simulator was told to say so."
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


class Garbage(_Instead):
    """A body that says nothing."""

    do: Literal["garbage"]
    text: str = '{"id": "ORD'
    status: int = Field(200, ge=200, le=599)
    when: When = "after"

    def answer(self) -> ApiAnswer:
        """Return the garbage."""
        return ApiAnswer(self.status, self.text.encode())


class Locked(FaultRule):
    """The payer is at it: the order can't be canceled."""

    do: Literal["locked"]
    seconds: float = Field(5, gt=0)

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Let the payer begin."""
        scene.payer_comes(self.seconds)
        return await scene.carry_on()


class PayFirst(FaultRule):
    """The payer is faster."""

    do: Literal["pay_first"]

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Let the payer pay."""
        scene.payer_comes(0)
        return await scene.carry_on()


class _Lie(FaultRule):
    """An answer about something else; a refusal is left as it is."""

    def lie(self, order: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    async def spoil(self, scene: FaultContext, /) -> ApiAnswer:
        """Change the answer's order."""
        answer = await scene.carry_on()
        try:
            order = json.loads(answer.body)
        except ValueError:  # another rule has been here
            return answer
        if answer.status >= 300 or not isinstance(order, dict):
            return answer
        lie = self.lie(order)
        if isinstance(found := order.get("elements"), list):  # a search, in the older APIs
            lie = order | {"elements": [self.lie(element) for element in found]}
        return replace(answer, body=json.dumps(lie).encode())


class WrongAmount(_Lie):
    """Another order's money."""

    do: Literal["wrong_amount"]
    value: str = "1.00"

    def lie(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change every amount of the order."""
        for payment in order.get("transactions", {}).get("payments", ()):
            payment.update({name: self.value for name in payment if name.endswith("amount")})
        return order | {name: self.value for name in order if name.endswith("amount")}


class WrongReference(_Lie):
    """Another order's reference."""

    do: Literal["wrong_reference"]
    value: str = "somebody-elses"

    def lie(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change the reference."""
        return order | {"external_reference": self.value}


class WrongId(_Lie):
    """Another order's id."""

    do: Literal["wrong_id"]
    value: str = "ORD" + "0" * 26

    def lie(self, order: dict[str, Any]) -> dict[str, Any]:
        """Change the id."""
        return order | {"id": self.value}
