"""The guard: what a page of another site can do to the simulator through a browser. Nothing."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kiosk.simulator.service.guard import LONGEST_BODY, Guarded

ADDRESS = "http://127.0.0.1:9000"


async def _echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def ask(method: str, path: str = "/simulator/faults", **sent: Any) -> httpx.Response:
    routes = [Route(path, _echo, methods=["GET", "POST"]) for path in ("/simulator/faults", "/v1")]

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Guarded(Starlette(routes=routes), "/simulator/"))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            return await client.request(method, path, **sent)

    return anyio.run(send, backend="trio")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:9000", "127.0.0.1", "127.0.0.1:9001", "127.0.0.1.evil:9000", ""],
)
def test_another_name_of_this_computer_is_refused_even_for_reading(host: str) -> None:
    answer = ask("GET", headers={"host": host})
    assert answer.status_code == 421
    assert "http://127.0.0.1:PORT" in answer.json()["error"]


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "LOCALHOST:9000"])
def test_this_computers_own_names_are_answered(host: str) -> None:
    assert ask("GET", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8800"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(headers: dict[str, str]) -> None:
    assert ask("POST", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; charset=utf-8", "Multipart/Form-Data; boundary=x"]
)
def test_what_a_form_can_send_is_refused(kind: str) -> None:
    assert ask("POST", content=b"[]", headers={"content-type": kind}).status_code == 415


def test_programs_and_the_own_page_are_answered() -> None:
    assert ask("POST").text == "0"
    own = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    assert ask("POST", json=[], headers=own).text == "2"


def test_a_long_body_is_refused_whatever_its_header_says() -> None:
    assert ask("POST", content=b"x" * (LONGEST_BODY + 1)).status_code == 413
    assert ask("POST", headers={"content-length": "-1"}).status_code == 413


def test_the_api_itself_is_not_guarded() -> None:
    far = {"host": "api.example", "origin": "http://shop.example"}
    assert ask("POST", "/v1", headers=far).status_code == 200
