"""The troubles of a shop's network, as a client of the fake service meets them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import anyio
import httpx
import pytest
from trio.testing import MockClock

from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.faults.network_trouble import KINDS, SLOW, rules_of
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.order_book import OrderBook
from tests.simulator.counter import TOKEN, order

CALLS = 40


async def _one(client: httpx.AsyncClient, number: int) -> str:
    headers = {"authorization": f"Bearer {TOKEN}", "x-idempotency-key": f"key-{number}"}
    body = order(external_reference=f"r-{number}")
    began = anyio.current_time()
    try:
        answer = await client.post("/v1/orders", json=body, headers=headers)
    except httpx.RemoteProtocolError:
        return "lost"
    slow = "slow " if anyio.current_time() - began >= SLOW else ""
    return f"{slow}{answer.status_code} {answer.headers['content-type'].partition(';')[0]}"


def seen_with(kind: str, calls: int = 1, **choices: Any) -> tuple[list[str], int]:
    """Return what each call met, and how many orders the service has made."""
    book = OrderBook(Random(1))
    faults = Faults(rules_of(kind, **choices))

    async def run() -> list[str]:
        app = create_app(book, faults, lambda: 1_790_000_000.0, Random(1))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return [await _one(client, number) for number in range(calls)]

    clock = MockClock(autojump_threshold=0)
    met = anyio.run(run, backend="trio", backend_options={"clock": clock})
    return met, len(book.stored_orders())


@pytest.mark.parametrize(
    ("kind", "choices", "met", "orders"),
    [
        ("ok", {}, "201 application/json", 1),
        ("unreachable", {}, "lost", 0),
        ("answers_lost", {}, "lost", 1),
        ("slow", {}, "slow 201 application/json", 1),
        ("captive_page", {}, "200 text/html", 0),
        ("status", {"status": 503}, "503 text/html", 0),
        ("status", {"status": 401}, "401 application/json", 0),
    ],
)
def test_each_trouble_is_what_its_name_says(
    kind: str, choices: dict[str, Any], met: str, orders: int
) -> None:
    assert seen_with(kind, **choices) == ([met], orders)


def test_random_trouble_has_every_kind_and_good_calls_too() -> None:
    kinds = Counter(seen_with("random", CALLS * 5, seed=7)[0])
    good = sum(count for met, count in kinds.items() if met.endswith("201 application/json"))
    assert good > CALLS * 2
    assert {"lost", "503 text/html", "429 application/json", "200 text/html"} <= kinds.keys()


def test_the_same_seed_gives_the_same_trouble_and_another_seed_another() -> None:
    first = seen_with("random", CALLS, seed=7)
    assert first == seen_with("random", CALLS, seed=7)
    assert first != seen_with("random", CALLS, seed=8)


def test_every_kind_has_rules_that_are_valid() -> None:
    assert [bool(rules_of(kind)) for kind in KINDS] == [kind != "ok" for kind in KINDS]
