"""The bench over HTTP: one page, one JSON document with all that it shows, and its buttons.

- ``GET /``, ``/static/…``: the page. It loads nothing from any other host.
- ``GET /state``: the whole state, each time (see ``Bench.state``). The page asks ten times a
  second. That is cheap on loopback, and no connection has to be kept open.
- ``GET /panel/{frame}.png``: a frame in the panel's own pixels.
- ``POST /amount {"amount": "12.50"}``, ``/cancel``, ``/last``, ``/garbled``: the register and its
  buttons.
- ``POST /pay {"takes": 5}``: the payer. ``POST /trouble {"name": "slow", "on": true}``.
- ``POST /plug``: kills the daemon, as a power cut does; it starts again.

The buttons accept JSON only, so that no form on another site can press them.
A button that cannot do its work answers 409 and ``{"error": sentence}``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.service.order_book import NotPayable
from kiosk.simulator.twins.twin import KioskIsOff

_STATIC = Path(__file__).with_name("static")
_NOT_KEPT = {"cache-control": "no-store"}

Act = Callable[[Bench, Any], None]
Endpoint = Callable[[Request], Awaitable[Response]]


# What each button does with the JSON that it gets.
_BUTTONS: dict[str, Act] = {
    "/amount": lambda bench, sent: bench.key(sent["amount"]),
    "/cancel": lambda bench, _: bench.cancel(),
    "/last": lambda bench, _: bench.repeat(),
    "/garbled": lambda bench, _: bench.garble(),
    "/pay": lambda bench, sent: bench.payer.pay(float(sent["takes"])),
    "/trouble": lambda bench, sent: bench.switch(sent["name"], bool(sent["on"])),
    "/plug": lambda bench, _: bench.daemon.kill(),
}


def create_page(bench: Bench) -> Starlette:
    """Return the web application for this bench."""

    async def index(_request: Request) -> Response:
        return FileResponse(_STATIC / "index.html", headers=_NOT_KEPT)

    async def state(_request: Request) -> Response:
        return JSONResponse(bench.state(), headers=_NOT_KEPT)

    async def panel(request: Request) -> Response:
        path = bench.frame(request.path_params["frame"])
        return FileResponse(path) if path else _error(404, "There is no frame with this number.")

    def button(press: Act) -> Endpoint:
        async def pressed(request: Request) -> Response:
            if request.headers.get("content-type") != "application/json":
                return _error(415, "A button takes JSON; send content-type: application/json.")
            try:
                press(bench, await request.json())
            except (KioskIsOff, NotPayable) as error:
                return _error(409, str(error))
            except (KeyError, TypeError, ValueError) as error:
                return _error(400, f"{type(error).__name__}: {error}")
            return Response(status_code=204)

        return pressed

    return Starlette(
        routes=[
            Route("/", index),
            Route("/state", state),
            Route("/panel/{frame:int}.png", panel),
            *(Route(path, button(act), methods=["POST"]) for path, act in _BUTTONS.items()),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]
    )


def _error(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)
