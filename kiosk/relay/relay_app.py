"""The HTTP side of the relay: takes a notice, and answers before anything is done about it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable
from contextlib import aclosing
from time import perf_counter

import anyio
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kiosk.base.errors import KioskError
from kiosk.relay.hint_sender import HintSender
from kiosk.relay.notice_sorter import CounterHint, Notice, NoticeSorter
from kiosk.relay.relay_metrics import RelayMetrics

LARGEST = 65_536  # bytes of a notice; Mercado Pago's have a few thousand
BODY_TAKES = 5.0  # seconds
LOGGED_EVERY = 60.0  # seconds, for each reason why notices are dropped

# Why a notice is dropped, for people; the words are those of the metrics.
WHY = {
    "forged": "its signature is wrong; check secrets in relay.yaml",
    "unsigned": "it has no signature; write unsigned: pass to take it",
    "late": "its signature is too old; check the clock, or write late: pass to take it",
    "unknown": "no counter has its order; check with kiosk fleet list that all are connected",
    "repeated": "the same notice came in the last minute",
    "not_ours": "it is not about an order",
    "too_large": f"it has more than {LARGEST} bytes",
    "too_slow": f"it did not come within {BODY_TAKES:g} s",
    "broken_off": "its sender has ended the connection",
}

log = logging.getLogger("kiosk.relay")


class _NotTaken(KioskError):
    """A body that is not read to its end; the connection is closed."""

    def __init__(self, status: int, result: str) -> None:
        super().__init__(result)
        self.status, self.result = status, result


class RelayApp:
    """The routes. Whatever the notice says, the answer tells its sender nothing."""

    def __init__(self, sorter: NoticeSorter, sender: HintSender, metrics: RelayMetrics) -> None:
        self._sorter, self._sender, self._metrics = sorter, sender, metrics
        self._logged: dict[str, float] = {}
        self.connected = False  # whether the broker is

    def asgi(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/notices", self._take, methods=["POST"]),
                Route("/notices/{shop}/{kiosk}", self._take, methods=["POST"]),
                Route("/health", self._health),
            ]
        )

    async def _take(self, request: Request) -> Response:
        try:
            async with aclosing(request.stream()) as pieces:
                body = await _body(request.headers.get("content-length", ""), pieces)
        except _NotTaken as refused:
            self._note(refused.result)
            return Response(status_code=refused.status, headers={"connection": "close"})
        except ClientDisconnect:
            self._note("broken_off")
            return Response(status_code=400)
        begun = perf_counter()
        named = request.path_params
        counter = f"{named['shop']}/{named['kiosk']}" if named else ""
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = self._sorter.sort(Notice(request.url.query, headers, body, counter))
        if isinstance(found, CounterHint):
            self._sender.put(found)
            self._metrics.notice("hinted", perf_counter() - begun)
        else:
            self._note(found.value, perf_counter() - begun)
        return Response()

    def _note(self, result: str, seconds: float | None = None) -> None:
        """Count a notice that is dropped, and log the reason, but not each time."""
        self._metrics.notice(result, seconds)
        now = anyio.current_time()
        if now - self._logged.get(result, -LOGGED_EVERY) >= LOGGED_EVERY:
            self._logged[result] = now
            log.info("a notice is dropped (%s): %s", result, WHY[result])

    async def _health(self, _: Request) -> Response:
        if self.connected:
            return PlainTextResponse("ok")
        return PlainTextResponse("the broker is not connected", status_code=503)


async def _body(announced: str, pieces: AsyncIterable[bytes]) -> bytes:
    """Return the body; raises _NotTaken for one that is too large or comes too slowly."""
    if announced.isdecimal() and int(announced) > LARGEST:
        raise _NotTaken(413, "too_large")
    body = bytearray()
    with anyio.move_on_after(BODY_TAKES):
        async for piece in pieces:
            body += piece
            if len(body) > LARGEST:
                raise _NotTaken(413, "too_large")
        return bytes(body)
    raise _NotTaken(408, "too_slow")
