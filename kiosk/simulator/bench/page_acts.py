"""What the page's buttons do: each is a POST with JSON, and with the token that is in the page."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.base.errors import ConfigError
from kiosk.base.language import from_parts, spoken
from kiosk.base.localized_text import parts_of
from kiosk.simulator.acts.act import Act
from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.page import Endpoint, language_of_request
from kiosk.simulator.service.guard import LONGEST_BODY, sentence
from kiosk.simulator.service.order_book import NotPayable
from kiosk.simulator.twins.twin import KioskIsOff
from kiosk.simulator.twins.wire.other_end import CannotDo


class CounterChoices(BaseModel):
    """What ``POST /counter`` takes."""

    model_config = ConfigDict(extra="forbid")
    panel: str = Field("", max_length=40)
    language: str = Field("", max_length=10)
    currency: str = Field("", max_length=10)


class ScenarioChoice(BaseModel):
    """What ``POST /scenario`` takes: the name of a scenario that is shipped, or a file's text."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field("", max_length=100)
    yaml: str = Field("", max_length=LONGEST_BODY)


def act_routes(bench: Bench, token: str) -> list[Route]:
    """Return the routes of the buttons."""
    acts = _Acts(bench)
    return [
        Route(path, _checked(token, do), methods=["POST"])
        for path, do in (
            ("/act", acts.act),
            ("/counter", acts.counter),
            ("/recording", acts.recording),
            ("/scenario", acts.scenario),
        )
    ]


class _Acts:
    """What the page's buttons do. The answer is a sentence, which is often empty."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def act(self, request: Request, sent: Any) -> Response:
        with spoken(language_of_request(request)):
            act = Act.model_validate(sent)
        done = await self._bench.perform(act)
        return JSONResponse({"done": done})

    async def counter(self, _request: Request, sent: Any) -> Response:
        choices = CounterChoices.model_validate(sent)
        self._bench.change(**choices.model_dump(exclude_defaults=True))
        return JSONResponse({"done": ""})

    async def scenario(self, request: Request, sent: Any) -> Response:
        choice = ScenarioChoice.model_validate(sent)
        with spoken(language_of_request(request)):
            self._bench.play_next(choice.name, choice.yaml)
        return JSONResponse({"done": ""})

    async def recording(self, _request: Request, _sent: Any) -> Response:
        self._bench.recorder.begin()
        return JSONResponse({"done": ""})


def _checked(token: str, do: Callable[[Request, Any], Awaitable[Response]]) -> Endpoint:
    """Return an endpoint that only the page can use. It says what was wrong with a request."""

    async def answer(request: Request) -> Response:
        if not secrets.compare_digest(
            request.headers.get("x-kiosk-token", "").encode(), token.encode()
        ):
            return sentence(403, "this page is of an earlier run; load it again")
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return sentence(415, "this takes JSON only; send content-type: application/json")
        try:
            return await do(request, json.loads(await request.body()))
        except ClientDisconnect:
            return sentence(413, "this is too long")
        except (CannotDo, KioskIsOff, NotPayable, ConfigError) as error:
            with spoken(language_of_request(request)):
                return sentence(409, str(from_parts(parts_of(str(error)))))
        except ValidationError as error:
            return sentence(400, "; ".join(_fault(each) for each in error.errors()))
        except (ValueError, RecursionError):
            return sentence(400, "this is not valid JSON")

    return answer


def _fault(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
