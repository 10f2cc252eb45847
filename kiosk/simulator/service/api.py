"""The fake Orders API as a starlette application: HTTP in, calls to the service, faults, HTTP out.

Run it under a port with ``serve``, or in process under ``httpx.ASGITransport``, where the clock
and ``anyio.sleep`` may be virtual. Two differences in process: a dropped connection is raised as
``httpx.RemoteProtocolError``, as a client sees it; and a client that gives up waiting takes its
request with it, so that a call delayed ``before`` is then never carried out.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from random import Random
from typing import Final, Protocol

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kiosk.simulator.faults.fault_actions import FaultContext, FaultRule, HungUp
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.older.instore_service import InstoreService
from kiosk.simulator.older.merchant_order_service import MerchantOrders
from kiosk.simulator.service.control_routes import control_routes
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.orders_service import OrdersService
from kiosk.simulator.service.request_log import RequestLog
from kiosk.simulator.service.shop_service import Shops, ShopService

# The ASGI extension by which our own server closes a connection without an answer.
HANG_UP: Final = "kiosk.hang_up"


def create_app(
    book: OrderBook, faults: Faults, clock: Callable[[], float], rng: Random
) -> Starlette:
    """Return the API and its control routes. ``clock`` gives Unix seconds; ``rng`` request ids."""
    log = RequestLog()
    shops = Shops(book)
    services: list[Service] = [
        OrdersService(book),
        InstoreService(book),
        MerchantOrders(book),
        ShopService(shops),
    ]
    routes = [route for each in services for route in _routes(each, book, faults, clock, rng, log)]
    routes += control_routes(book, faults, clock, log)
    return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})


class Service(Protocol):
    """One of the APIs, without the wire."""

    @property
    def routes(self) -> Mapping[str, Operation]:
        """What it answers: ``GET /v1/orders/{order_id}`` and so on."""
        ...

    def about(self, call: ApiRequest) -> str:
        """Return the id, in the book, of the order that a call is about; or nothing."""
        ...

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return the whole answer to a call."""
        ...


def _routes(
    service: Service,
    book: OrderBook,
    faults: Faults,
    clock: Callable[[], float],
    rng: Random,
    log: RequestLog,
) -> list[Route]:
    wire = _Wire(_Spoiled(service, book, faults, clock), service.about, clock, rng, log)
    return [
        Route(path, wire.endpoint(operation, route), methods=[method])
        for route, operation in service.routes.items()
        for method, path in [route.split(" ")]
    ]


class _Spoiled:
    """The service, with whatever the fault rules do to its calls."""

    def __init__(
        self, service: Service, book: OrderBook, faults: Faults, clock: Callable[[], float]
    ) -> None:
        self._service = service
        self._book = book
        self._faults = faults
        self._clock = clock

    async def answer(self, call: ApiRequest) -> ApiAnswer:
        """Return what is sent, or raise HungUp."""
        return await self._through(self._faults.firing(call.operation), call)

    async def _through(self, rules: Sequence[FaultRule], call: ApiRequest) -> ApiAnswer:
        """Let the first rule do its work around what the others do around the service."""
        if not rules:
            return self._service.answer(call, self._clock())
        first, *rest = rules
        carry_on = partial(self._through, rest, call)
        return await first.spoil(FaultContext(call, self._book, self._clock, carry_on))


class _Wire:
    """Between starlette's requests and ours."""

    def __init__(
        self,
        spoiled: _Spoiled,
        about: Callable[[ApiRequest], str],
        clock: Callable[[], float],
        rng: Random,
        log: RequestLog,
    ) -> None:
        self._spoiled = spoiled
        self._about = about
        self._clock = clock
        self._rng = rng
        self._log = log

    def endpoint(
        self, operation: Operation, route: str
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return what starlette calls for this route."""

        async def answer(request: Request) -> Response:
            call = await _call(operation, route, request)
            call = replace(call, order_id=self._about(call))
            entry = self._log.add(self._clock(), request.method, request.url.path, call)
            try:
                answer = await self._spoiled.answer(call)
            except HungUp:
                return _Silence()
            entry.status = answer.status
            return self._response(answer)

        return answer

    def _response(self, answer: ApiAnswer) -> Response:
        headers = {
            "date": formatdate(self._clock(), usegmt=True),
            "x-request-id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
        }
        return Response(
            answer.body, answer.status, headers | dict(answer.headers), answer.media_type
        )


class _Silence(Response):
    """No answer, and the end of the connection."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        hang_up = scope.get("extensions", {}).get(HANG_UP)
        if hang_up is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        await hang_up()


async def _call(operation: Operation, route: str, request: Request) -> ApiRequest:
    return ApiRequest(
        operation,
        authorization=request.headers.get("authorization", ""),
        key=request.headers.get("x-idempotency-key", ""),
        body=await request.body(),
        route=route,
        path=request.path_params,
        query=request.query_params,
        headers=request.headers,
    )


def _no_route(request: Request, error: Exception) -> Response:
    """Return 404 and 405 in the API's own shape."""
    assert isinstance(error, HTTPException)
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    problem = Problem.of(code, f"{request.method} {request.url.path}")
    return Response(problem.body(), problem.status, error.headers, "application/json")
