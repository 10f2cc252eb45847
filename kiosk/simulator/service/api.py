"""The fake Orders API as a starlette application: HTTP in, fault rules, the services, HTTP out.

Run it on a port with ``api_server.serve``, or in process with ``httpx.ASGITransport``, where the
clock and ``anyio.sleep`` may be virtual. Two things differ in process: a closed connection is
raised as ``httpx.RemoteProtocolError``, as a client sees it; and when a client stops waiting, its
request is canceled, so that a call delayed ``before`` is never carried out.
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

from kiosk.simulator.faults.fault_actions import ConnectionDropped, FaultContext, FaultRule
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

# The ASGI extension with which ``api_server`` closes a connection without an answer.
CLOSE_CONNECTION: Final = "kiosk.close_connection"


def create_app(
    order_book: OrderBook,
    faults: Faults,
    clock: Callable[[], float],
    rng: Random,
    log: RequestLog | None = None,
) -> Starlette:
    """Return the APIs and the control routes.

    ``clock`` returns Unix seconds; ``rng`` makes the request ids; ``log`` keeps the requests.
    """
    log = log or RequestLog()
    shops = Shops(order_book)
    services: list[ServiceApi] = [
        OrdersService(order_book),
        InstoreService(order_book),
        MerchantOrders(order_book),
        ShopService(shops),
    ]
    routes = [
        route for each in services for route in _routes(each, order_book, faults, clock, rng, log)
    ]
    routes += control_routes(order_book, faults, clock, log)
    return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})


class ServiceApi(Protocol):
    """One of the APIs, without HTTP."""

    @property
    def routes(self) -> Mapping[str, Operation]:
        """The routes that it answers, such as ``GET /v1/orders/{order_id}``."""
        ...

    def order_id_of(self, call: ApiRequest) -> str:
        """Return the id (in the order book) of the order of a call, or an empty text."""
        ...

    def answer(self, call: ApiRequest, now: float) -> ApiAnswer:
        """Return the complete answer to a call."""
        ...


def _routes(
    service: ServiceApi,
    order_book: OrderBook,
    faults: Faults,
    clock: Callable[[], float],
    rng: Random,
    log: RequestLog,
) -> list[Route]:
    endpoints = _HttpEndpoints(
        _FaultyService(service, order_book, faults, clock), service.order_id_of, clock, rng, log
    )
    return [
        Route(path, endpoints.endpoint(operation, route), methods=[method])
        for route, operation in service.routes.items()
        for method, path in [route.split(" ")]
    ]


class _FaultyService:
    """A service with the fault rules applied to its calls."""

    def __init__(
        self, service: ServiceApi, order_book: OrderBook, faults: Faults, clock: Callable[[], float]
    ) -> None:
        self._service = service
        self._order_book = order_book
        self._faults = faults
        self._clock = clock

    async def answer(self, call: ApiRequest) -> ApiAnswer:
        """Return the answer that is sent, or raise ConnectionDropped."""
        return await self._apply(self._faults.rules_for(call.operation), call)

    async def _apply(self, rules: Sequence[FaultRule], call: ApiRequest) -> ApiAnswer:
        """Apply the first rule around the other rules, and those around the service."""
        if not rules:
            return self._service.answer(call, self._clock())
        first, *rest = rules
        proceed = partial(self._apply, rest, call)
        sleep = self._faults.sleep
        context = FaultContext(call, self._order_book, self._clock, proceed, sleep)
        return await first.apply(context)


class _HttpEndpoints:
    """Convert between starlette's requests and responses and ours."""

    def __init__(
        self,
        service: _FaultyService,
        order_id_of: Callable[[ApiRequest], str],
        clock: Callable[[], float],
        rng: Random,
        log: RequestLog,
    ) -> None:
        self._service = service
        self._order_id_of = order_id_of
        self._clock = clock
        self._rng = rng
        self._log = log

    def endpoint(
        self, operation: Operation, route: str
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the function that starlette calls for this route."""

        async def answer(request: Request) -> Response:
            call = await _call(operation, route, request)
            call = replace(call, order_id=self._order_id_of(call))
            entry = self._log.add(self._clock(), request.method, request.url.path, call)
            try:
                answer = await self._service.answer(call)
            except ConnectionDropped:
                self._log.answered(entry, None)
                return _NoAnswer()
            self._log.answered(entry, answer)
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


class _NoAnswer(Response):
    """Close the connection without an answer."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        close_connection = scope.get("extensions", {}).get(CLOSE_CONNECTION)
        if close_connection is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        await close_connection()


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
    """Return 404 and 405 in the shape of the API's other errors."""
    assert isinstance(error, HTTPException)
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    problem = Problem.of(code, f"{request.method} {request.url.path}")
    return Response(problem.body(), problem.status, error.headers, "application/json")
