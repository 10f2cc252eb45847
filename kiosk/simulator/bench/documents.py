"""What the bench gives out: the recorded scenario, the report, codes to scan, the manual."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import zxingcpp
from PIL import Image
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, language_of, spoken
from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.page import language_of_request
from kiosk.simulator.service.guard import sentence

LONGEST = 400  # characters
FORMATS = {
    "ean13": zxingcpp.BarcodeFormat.EAN13,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "qr": zxingcpp.BarcodeFormat.QRCode,
}
_SCALE = 4  # pixels for a module


def documents(bench: Bench) -> list[Route]:
    """Return the routes that only read."""

    async def scenario(request: Request) -> Response:
        with spoken(language_of_request(request)):
            return _saved_as("scenario.yaml", bench.scenario(), "application/yaml")

    async def report(request: Request) -> Response:
        return _saved_as("report.html", bench.report(language_of_request(request)), "text/html")

    return [
        Route("/recording.yaml", scenario),
        Route("/report.html", report),
        Route("/code.png", code),
    ]


def _saved_as(name: str, text: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, headers=headers, media_type=kind)


def manual_pages(page_of: Callable[[str], str]) -> list[Route]:
    """Return the route of the manual. ``page_of`` returns a page as HTML; raises ConfigError."""

    async def page(request: Request) -> Response:
        with spoken(language_of({"LANGUAGE": request.query_params.get("lang", ""), "LANG": "en"})):
            try:
                return HTMLResponse(page_of(request.path_params["name"]))
            except ConfigError as error:
                return sentence(404, str(error))

    return [Route("/manual/{name}", page)]


async def code(request: Request) -> Response:
    """Answer ``GET /code.png?text=7790…&kind=ean13``."""
    text, kind = request.query_params.get("text", ""), request.query_params.get("kind", "qr")
    if kind not in FORMATS or not 0 < len(text) <= LONGEST:
        return sentence(400, _("write text, and kind: {kinds}", kinds=", ".join(FORMATS)))
    try:
        return Response(png(text, kind), media_type="image/png")
    except (ValueError, RuntimeError) as error:
        return sentence(400, _("{text!r} can't be such a code: {why}", text=text, why=error))


def png(text: str, kind: str) -> bytes:
    """Return the picture. Raises ValueError if the text can't be such a code."""
    made = zxingcpp.create_barcode(text, FORMATS[kind])
    drawn: Any = zxingcpp.write_barcode_to_image(made, scale=_SCALE, add_hrt=kind != "qr")
    height, width = drawn.shape
    written = io.BytesIO()
    Image.frombytes("L", (width, height), bytes(drawn)).save(written, format="PNG")
    return written.getvalue()
