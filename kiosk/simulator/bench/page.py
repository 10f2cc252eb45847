"""The bench over HTTP: one page, one JSON document with all that it shows, and its acts.

- ``GET /``, ``/static/…``: the page. It loads nothing from any other host.
- ``GET /state``: all that the page shows. ``?after=VERSION``: 204 if nothing has changed since;
  else the same document, in which ``timeline`` and ``log`` hold only what is new. The page asks
  often while something happens, and seldom while nothing does: no connection is kept open, because
  a browser has few of them, and the page may be open many times.
- ``GET /panel/{frame}.png``: a frame in the panel's own pixels; ``?scale=4`` makes them larger.
- ``POST /act``: an act as a scenario has it, such as ``{"key": "22.50"}``.
- ``POST /recording``: records from now on. ``GET /recording.yaml``: what was recorded, as a
  scenario. ``GET /report.html``: the run as one file. ``GET /code.png``: a code to scan.
- ``POST /counter {"panel": …, "language": …, "currency": …}``: another panel, and so on.

Each POST needs the header ``x-kiosk-token`` with the token that is in the page, and JSON. ``guard``
keeps pages of other sites away. Something that can't be done answers 409 and ``{"error":
sentence}``, in the language of ``accept-language``.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from PIL import Image
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.base.language import language_of
from kiosk.simulator.service.guard import Guarded, sentence

STATIC = Path(__file__).with_name("static")
LARGEST_SCALE = 16
SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class Shown(Protocol):
    """What the page shows: a bench, or a real kiosk that is looked at."""

    def state(self, after: str = "", language: str = "en") -> dict[str, Any] | None:
        """Return all that the page shows, or None if nothing has changed since ``after``."""

    def frame(self, number: int) -> Path | None:
        """Return the file of a frame, or None if there is no such frame."""


def create_page(shown: Shown, token: str, *more: Route) -> ASGIApp:
    """Return the web application. ``more`` are routes for other documents, and for acts.

    ``token`` is what acts need; empty if the page can't do anything.
    """
    routes = [
        Route("/", _index(token)),
        Route("/state", _state(shown)),
        Route("/panel/{frame:int}.png", _panel(shown)),
        *more,
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Guarded(_SafeHeaders(Starlette(routes=routes)))


def _index(token: str) -> Endpoint:
    async def index(_request: Request) -> Response:
        return HTMLResponse((STATIC / "index.html").read_text("utf-8").replace("{token}", token))

    return index


def _state(shown: Shown) -> Endpoint:
    async def state(request: Request) -> Response:
        after = request.query_params.get("after", "")
        document = shown.state(after, language_of_request(request))
        return Response(status_code=204) if document is None else JSONResponse(document)

    return state


def _panel(shown: Shown) -> Endpoint:
    async def panel(request: Request) -> Response:
        path = shown.frame(request.path_params["frame"])
        scale = request.query_params.get("scale", "1")
        if path is None or not scale.isdecimal():
            return sentence(404, "there is no frame with this number")
        return Response(
            _enlarged(path, min(max(int(scale[:3]), 1), LARGEST_SCALE)), media_type="image/png"
        )

    return panel


def _enlarged(path: Path, scale: int) -> bytes:
    if scale == 1:
        return path.read_bytes()
    with Image.open(path) as frame:
        size = frame.width * scale, frame.height * scale
        larger = frame.resize(size, Image.Resampling.NEAREST)
    written = io.BytesIO()
    larger.save(written, format="PNG")
    return written.getvalue()


class _SafeHeaders:
    """Adds the headers that keep the page's content on this computer and in its own window."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, safely)


def language_of_request(request: Request) -> str:
    """Return the first of our languages that the browser asks for."""
    asked = request.headers.get("accept-language", "en").replace(",", ":")
    return language_of({"LANGUAGE": asked, "LANG": "en"})
