"""A relay on virtual time: real HTTP messages in, a broker in memory, counters that it has heard."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import trio
from anyio.abc import TaskGroup
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from trio.testing import MockClock

from kiosk.orders.answers.notifications import signed_text
from kiosk.relay.relay_service import Relay
from kiosk.relay.relay_settings import RelaySettings
from tests.fleet.viewer.chain import ChainBroker, state

NOW = 1_790_000_000
SECRET = SecretStr("s3cret-of-the-panel")
ORDER, REFERENCE = "ORD01K371WBFDS4MD9JG0K8ZMECBE", "k1-0K3T-1"
IN_SALE = state(state="paying", reference=REFERENCE, order=ORDER)
KEPT = {"shop1/k1/state": IN_SALE, "shop1/k2/state": state()}


def settings(**more: Any) -> RelaySettings:
    """Return the settings of a relay with a secret, or what ``more`` says."""
    given = {
        "broker": "mqtt://127.0.0.1",
        "user": "relay",
        "password": {"env": "PATH"},
        "secrets": ({"env": "SECRET"},),
    }
    return RelaySettings.model_validate(given | more)


class Desk:
    """Sends notices as Mercado Pago does, and knows what came of them."""

    def __init__(self, broker: ChainBroker, tasks: TaskGroup, relay: Relay) -> None:
        self.broker, self._tasks, self.relay = broker, tasks, relay
        self._app = relay.app.asgi()
        transport = httpx.ASGITransport(self._app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://relay.test")

    def start(self) -> None:
        """Connect with the broker."""
        self._tasks.start_soon(self.relay.keep_link)

    def copy(self, user: str) -> Desk:
        """Return another relay with the same broker, and an account of its own."""
        relay = Relay(settings(user=user), (SECRET,), self.broker.open, lambda: NOW)
        return Desk(self.broker, self._tasks, relay)

    async def post(
        self,
        path: str = "/notices",
        query: str = f"data.id={ORDER}&type=order",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> int:
        """Send a notice; return the status of the answer."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        answer = await self.http.post(f"{path}?{query}", content=content, headers=headers)
        return answer.status_code

    async def pour(self, pieces: Iterator[bytes], headers: dict[str, str]) -> int:
        """Send a body piece by piece, without an end; return the status of the answer."""
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/notices", "headers": raw}
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            await anyio.lowlevel.checkpoint()
            return {"type": "http.request", "body": next(pieces), "more_body": True}

        async def send(message: MutableMapping[str, Any]) -> None:
            await anyio.lowlevel.checkpoint()
            statuses.extend([message["status"]] if "status" in message else [])

        await self._app({**scope, "query_string": b"", "http_version": "1.1"}, receive, send)
        (status,) = statuses
        return status

    async def hints(self) -> list[tuple[str, dict[str, Any]]]:
        """Wait a moment; return the hints so far, each with its counter, oldest first."""
        await anyio.sleep(0.1)
        assert all(topic.endswith("/in/hint") for topic, _ in self.broker.asked)
        heard = [(name.removeprefix("kiosk/v1/"), hint) for name, hint in self.broker.asked]
        return [(name.removesuffix("/in/hint"), hint) for name, hint in heard]

    def count(self, name: str, result: str = "") -> float:
        """Return a figure of the metrics."""
        labels = {"result": result} if result else {}
        text = self.relay.metrics.text().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == f"kiosk_relay_{name}" and sample.labels == labels
        )


def webhook(action: str = "order.processed", **data: Any) -> dict[str, Any]:
    """Return the body of a notice about our order."""
    about = {"id": ORDER, "external_reference": REFERENCE, "status": "processed", **data}
    return {"action": action, "api_version": "v1", "type": "order", "data": about}


def signed(order: str = ORDER, stamp: int = NOW, request: str = "req-1") -> dict[str, str]:
    """Return the headers of a signed notice."""
    text = signed_text(order, request, str(stamp)).encode()
    code = hmac.new(SECRET.get_secret_value().encode(), text, hashlib.sha256).hexdigest()
    return {"x-signature": f"ts={stamp},v1={code}", "x-request-id": request}


@asynccontextmanager
async def _stage(given: RelaySettings, kept: dict[str, Any]) -> AsyncIterator[Desk]:
    broker = ChainBroker(kept)
    async with anyio.create_task_group() as tasks:
        await tasks.start(broker.serve)
        begun = anyio.current_time()

        def wall() -> float:
            return NOW + anyio.current_time() - begun

        secrets = (SECRET,) if given.secrets else ()
        desk = Desk(broker, tasks, Relay(given, secrets, broker.open, wall))
        async with desk.http:
            yield desk
        tasks.cancel_scope.cancel()


def play(
    told: Callable[[Desk], Awaitable[None]], kept: dict[str, Any] | None = None, **more: Any
) -> None:
    """Run a story of a relay that is connected, on virtual time."""

    async def run() -> None:
        async with _stage(settings(**more), KEPT if kept is None else kept) as desk:
            desk.start()
            await anyio.sleep(1)
            await told(desk)

    trio.run(run, clock=MockClock(autojump_threshold=0))


def story(told: Callable[[Desk], Awaitable[None]]) -> Callable[[], None]:
    """Make a test of a story with the usual settings."""

    def test() -> None:
        play(told)

    test.__doc__ = told.__doc__
    return test
