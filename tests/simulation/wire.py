"""The network of the simulation: an httpx transport that loses, delays, repeats and changes calls.

The day's seed decides what happens to a call. The transport calls the simulator's service without
HTTP. The client is the daemon's own, with its time-outs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from random import Random

import httpx
import trio

from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.orders_service import OrdersService


class Broken(AssertionError):
    """A promise was broken."""


def promise(kept: object, what: str) -> None:
    if not kept:
        raise Broken(what)


GARBAGE = (b"", b"{", b"null", b"[]", b'{"id": 7}', b"<html>login</html>", b"\xff\xfe\x00")


@dataclass
class Weather:
    """How likely a call is to fail, and when the network is down."""

    trouble: float = 0.0  # the chance that something happens to a call
    outages: list[tuple[float, float]] = field(default_factory=list)  # from, until
    creates_fail_until: float = 0.0  # each create is answered 500, and may be carried out

    def fails_creates(self, now: float) -> bool:
        return now < self.creates_fail_until

    def was_down(self, begin: float, seconds: float) -> bool:
        """Whether a part of this time had an outage."""
        return any(begin - 900 < until and since < begin + seconds for since, until in self.outages)

    def down(self, now: float) -> bool:
        return any(begin <= now < end for begin, end in self.outages)


class Wire(httpx.AsyncBaseTransport):
    """Carries the daemon's calls to the service, or loses them."""

    def __init__(
        self,
        service: OrdersService,
        weather: Weather,
        rng: Random,
        wall: Callable[[], float],
        backstage: trio.Nursery,
        note: Callable[[str], None],
    ) -> None:
        self._service, self.weather, self._rng = service, weather, rng
        self._wall, self._backstage, self._note = wall, backstage, note
        self.keys: dict[str, bytes] = {}  # each idempotency key, with the bytes it stood for
        self.rates: dict[str, float] = {}  # how often each fault happens to a call
        self.fates: list[str] = []  # the faults of the next calls; other calls succeed
        self.answers: dict[Operation, ApiAnswer] = {}  # calls that are not carried out
        self.spoil: Callable[[ApiRequest, httpx.Response], httpx.Response] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await trio.sleep(self._rng.uniform(0.01, 0.3))
        call = read(request)
        if call.operation is Operation.CREATE:
            first = self.keys.setdefault(call.key, call.body)
            promise(first == call.body, f"key {call.key} was used with other bytes")
        if self.weather.down(trio.current_time()):
            return await self._outage(call)
        if call.operation is Operation.CREATE and self.weather.fails_creates(trio.current_time()):
            return self._half_set_up(call)
        if answer := self.answers.get(call.operation):
            self._note(f"api: {call.operation} -> {answer.status}")
            return write(answer, self._wall())
        if fate := self._fate(call):
            return await fate(call)
        if self._rng.random() >= self.weather.trouble:
            return self._carry_out(call)
        trouble = self._rng.choice(self._troubles())
        return await trouble(call)

    def _fate(self, call: ApiRequest) -> Callable[[ApiRequest], Awaitable[httpx.Response]] | None:
        """Return the fault that the story has chosen for this call, if any."""
        named = {
            "reply lost": self._reply_lost,
            "twice": self._twice,
            "sent again": self._sent_again,
            "refused for now": self._refused_for_now,
        }
        if self.fates and call.operation is not Operation.GET:
            return named.get(self.fates.pop(0))
        dice = self._rng.random() if self.rates else 1.0
        for name, rate in self.rates.items():
            dice -= rate
            if dice < 0:
                return named[name]
        return None

    def _troubles(self) -> list[Callable[[ApiRequest], Awaitable[httpx.Response]]]:
        return [
            self._never_sent,
            self._request_lost,
            self._request_late,
            self._reply_lost,
            self._reply_late,
            self._twice,
            self._sent_again,
            self._refused_for_now,
            self._garbage,
        ]

    def _carry_out(self, call: ApiRequest) -> httpx.Response:
        answer = self._service.answer(call, self._wall())
        self._note(f"api: {call.operation} {call.order_id}".rstrip() + f" -> {answer.status}")
        response = write(answer, self._wall())
        return self.spoil(call, response) if self.spoil else response

    async def _outage(self, call: ApiRequest) -> httpx.Response:
        if self._rng.random() < 0.5:
            return await self._never_sent(call)
        return await self._request_lost(call)

    def _half_set_up(self, call: ApiRequest) -> httpx.Response:
        """Answer as the service does for an account that is half set up."""
        if self._rng.random() < 0.1:
            self._carry_out(call)
        self._note("wire: create is answered 500")
        return httpx.Response(500, content=b"{}")

    async def _never_sent(self, call: ApiRequest) -> httpx.Response:
        self._note(f"wire: {call.operation} can't be sent")
        why = self._rng.choice(["no name", "no route", "certificate expired", "refused"])
        raise httpx.ConnectError(why)

    async def _request_lost(self, call: ApiRequest) -> httpx.Response:
        self._note(f"wire: {call.operation} is lost on its way")
        await trio.sleep(8)
        raise httpx.ReadTimeout("nothing came")

    async def _request_late(self, call: ApiRequest) -> httpx.Response:
        """Deliver the request after the client has given up."""
        delay = self._rng.uniform(8, 60)
        self._note(f"wire: {call.operation} will arrive {delay:.0f} s late")
        self._backstage.start_soon(self._later, call, delay)
        await trio.sleep(8)
        raise httpx.ReadTimeout("nothing came")

    async def _later(self, call: ApiRequest, delay: float) -> None:
        await trio.sleep(delay)
        self._carry_out(call)

    async def _reply_lost(self, call: ApiRequest) -> httpx.Response:
        self._carry_out(call)
        self._note("wire: that reply is lost")
        await trio.sleep(self._rng.choice([0.0, 8.0]))
        raise httpx.ReadError("connection reset")

    async def _reply_late(self, call: ApiRequest) -> httpx.Response:
        response = self._carry_out(call)
        await trio.sleep(self._rng.uniform(1, 7))
        self._note("wire: a late reply")
        return response

    async def _twice(self, call: ApiRequest) -> httpx.Response:
        """Deliver the request twice, as a proxy may."""
        self._carry_out(call)
        return self._carry_out(call)

    async def _sent_again(self, call: ApiRequest) -> httpx.Response:
        """Answer the copy that went out on a new connection, because the path went dead silently.

        The first copy was not acknowledged. It is lost, or it arrives when it is not expected.
        """
        if self._rng.random() < 0.5:
            self._backstage.start_soon(self._later, call, self._rng.uniform(0, 60))
        await trio.sleep(self._rng.uniform(0.2, 3))
        self._note(f"wire: {call.operation} was sent again on a new connection")
        return self._carry_out(call)

    async def _refused_for_now(self, call: ApiRequest) -> httpx.Response:
        status = self._rng.choice([408, 423, 425, 429, 500, 502, 503, 504, 302])
        if self._rng.random() < 0.3:
            self._carry_out(call)  # a gateway's answer does not say what the service did
        self._note(f"wire: {call.operation} is answered {status}")
        headers = {"Retry-After": str(self._rng.randrange(1, 30))} if status == 429 else {}
        return httpx.Response(status, content=self._rng.choice(GARBAGE), headers=headers)

    async def _garbage(self, call: ApiRequest) -> httpx.Response:
        self._carry_out(call)
        self._note("wire: that reply is garbled")
        return httpx.Response(200, content=self._rng.choice(GARBAGE))


def read(request: httpx.Request) -> ApiRequest:
    """Return the request in the form that the service reads."""
    match request.method, request.url.path.split("/")[3:]:
        case "POST", []:
            operation, order_id = Operation.CREATE, ""
        case "GET", [order_id]:
            operation = Operation.GET
        case "POST", [order_id, word]:
            operation = Operation(word)
        case other:
            raise AssertionError(f"no such endpoint: {other}")
    headers, body = request.headers, request.read()
    key = headers.get("X-Idempotency-Key", "")
    return ApiRequest(operation, headers.get("Authorization", ""), key, order_id, body)


def write(answer: ApiAnswer, now: float) -> httpx.Response:
    """Return the answer in the form that the client gets."""
    headers = {"Content-Type": answer.media_type, "Date": formatdate(now, usegmt=True)}
    return httpx.Response(answer.status, content=answer.body, headers=headers | {**answer.headers})
