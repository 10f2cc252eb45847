"""The fake service under a real port of this computer, its book and clock in the test's hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import mercadopago
from anyio.from_thread import start_blocking_portal
from mercadopago.http import HttpClient
from starlette.types import ASGIApp

from kiosk.base.http_server import LOOPBACK, listen
from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.api_server import serve
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.orders.sellers import NOON


class Live:
    """A service that answers HTTP."""

    def __init__(self, setup: ServiceOptions) -> None:
        self.now = NOON
        rng = Random(1)
        self.book = OrderBook(rng, setup)
        self.faults = Faults()
        self.app = create_app(self.book, self.faults, lambda: self.now, rng)
        self.url = ""

    def spoil(self, *rules: dict[str, Any]) -> None:
        """Put fault rules in force."""
        self.faults.add(parse(list(rules)))

    def count(self) -> int:
        """Return how many orders there are."""
        return len(self.book.orders(self.now))


@contextmanager
def live(setup: ServiceOptions = ServiceOptions()) -> Iterator[Live]:  # noqa: B008 - it is frozen
    """Serve until the block is left."""
    service = Live(setup)
    with served(service.app) as service.url:
        yield service


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve the application from a thread of this process; yield its address."""
    listener = listen(0)
    with start_blocking_portal("asyncio") as portal:
        serving = portal.start_task_soon(serve, app, listener)
        try:
            yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            serving.cancel()


class ToService(HttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client with another address: the SDK's is fixed."""

    def __init__(self, url: str) -> None:
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        url = url.replace("https://api.mercadopago.com", self._url)
        return super().request(method, url, *args, **kwargs)


def sdk(service: Live, token: str = "APP_USR-1") -> Any:
    """Return the official SDK, talking to the service."""
    return mercadopago.SDK(token, http_client=ToService(service.url))
