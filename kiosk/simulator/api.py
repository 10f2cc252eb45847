"""The fake Orders API as a starlette application: HTTP in, calls to the service, faults, HTTP out.

Run it under a port with ``serve``, or in process under ``httpx.ASGITransport``, where the clock
and ``anyio.sleep`` may be virtual. Two differences in process: a dropped connection is raised as
``httpx.RemoteProtocolError``, as a client sees it; and a client that gives up waiting takes its
request with it, so that a call delayed ``before`` is then never carried out.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from email.utils import formatdate
from functools import partial
from random import Random
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kiosk.simulator.book import Book
from kiosk.simulator.calls import Answer, Call, Operation
from kiosk.simulator.control import control_routes
from kiosk.simulator.faults import Faults
from kiosk.simulator.log import Log
from kiosk.simulator.problems import Problem
from kiosk.simulator.service import OrdersService
from kiosk.simulator.spoilers import HungUp, Rule, Scene

# The ASGI extension by which our own server closes a connection without an answer.
HANG_UP: Final = "kiosk.hang_up"

_ROUTES = {
    Operation.CREATE: ("POST", "/v1/orders"),
    Operation.GET: ("GET", "/v1/orders/{order_id}"),
    Operation.CANCEL: ("POST", "/v1/orders/{order_id}/cancel"),
    Operation.REFUND: ("POST", "/v1/orders/{order_id}/refund"),
}


def create_app(book: Book, faults: Faults, clock: Callable[[], float], rng: Random) -> Starlette:
    """Return the API and its control routes. ``clock`` gives Unix seconds; ``rng`` request ids."""
    log = Log()
    wire = _Wire(_Spoiled(OrdersService(book), book, faults, clock), clock, rng, log)
    routes = [
        Route(path, wire.endpoint(operation), methods=[method])
        for operation, (method, path) in _ROUTES.items()
    ]
    routes += control_routes(book, faults, clock, log)
    return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})


class _Spoiled:
    """The service, with whatever the fault rules do to its calls."""

    def __init__(
        self, service: OrdersService, book: Book, faults: Faults, clock: Callable[[], float]
    ) -> None:
        self._service = service
        self._book = book
        self._faults = faults
        self._clock = clock

    async def answer(self, call: Call) -> Answer:
        """Return what is sent, or raise HungUp."""
        return await self._through(self._faults.firing(call.operation), call)

    async def _through(self, rules: Sequence[Rule], call: Call) -> Answer:
        """Let the first rule do its work around what the others do around the service."""
        if not rules:
            return self._service.answer(call, self._clock())
        first, *rest = rules
        carry_on = partial(self._through, rest, call)
        return await first.spoil(Scene(call, self._book, self._clock, carry_on))


class _Wire:
    """Between starlette's requests and ours."""

    def __init__(
        self, spoiled: _Spoiled, clock: Callable[[], float], rng: Random, log: Log
    ) -> None:
        self._spoiled = spoiled
        self._clock = clock
        self._rng = rng
        self._log = log

    def endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        """Return what starlette calls for this operation."""

        async def answer(request: Request) -> Response:
            call = await _call(operation, request)
            entry = self._log.add(self._clock(), request.method, request.url.path, call)
            try:
                answer = await self._spoiled.answer(call)
            except HungUp:
                return _Silence()
            entry.status = answer.status
            return self._response(answer)

        return answer

    def _response(self, answer: Answer) -> Response:
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


async def _call(operation: Operation, request: Request) -> Call:
    return Call(
        operation,
        authorization=request.headers.get("authorization", ""),
        key=request.headers.get("x-idempotency-key", ""),
        order_id=request.path_params.get("order_id", ""),
        body=await request.body(),
    )


def _no_route(request: Request, error: Exception) -> Response:
    """Return 404 and 405 in the API's own shape."""
    assert isinstance(error, HTTPException)
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    problem = Problem.of(code, f"{request.method} {request.url.path}")
    return Response(problem.body(), problem.status, error.headers, "application/json")
