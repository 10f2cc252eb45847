"""The troubles of a shop's network, as a client of the fake service meets them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import anyio
import httpx
import pytest
from trio.testing import MockClock

from kiosk.simulator.acts.outside_acts import NetworkAct
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.faults.network_trouble import SLOW, rules_of
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


def seen_with(network: Any, calls: int = 1) -> tuple[list[str], int]:
    """Return what each call met, and how many orders the service has made."""
    book = OrderBook(Random(1))
    faults = Faults(rules_of(NetworkAct.model_validate(network)))

    async def run() -> list[str]:
        app = create_app(book, faults, lambda: 1_790_000_000.0, Random(1))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return [await _one(client, number) for number in range(calls)]

    clock = MockClock(autojump_threshold=0)
    met = anyio.run(run, backend="trio", backend_options={"clock": clock})
    return met, len(book.stored_orders())


@pytest.mark.parametrize(
    ("network", "met", "orders"),
    [
        ("ok", "201 application/json", 1),
        ("unreachable", "lost", 0),
        ("requests_lost", "lost", 0),
        ("answers_lost", "lost", 1),
        ("slow", "slow 201 application/json", 1),
        ("captive_page", "200 text/html", 0),
        ("garbage", "200 application/json", 1),
        ({"status": 503}, "503 text/html", 0),
        ({"status": 401, "code": "unauthorized"}, "401 application/json", 0),
        ({"state": "unreachable", "call": "cancel"}, "201 application/json", 1),
    ],
)
def test_each_trouble_is_what_its_name_says(network: Any, met: str, orders: int) -> None:
    assert seen_with(network) == ([met], orders)


def test_a_trouble_for_two_calls_ends_after_two_calls() -> None:
    met, orders = seen_with({"state": "unreachable", "times": 2}, 3)
    assert met == ["lost", "lost", "201 application/json"]
    assert orders == 1


def test_random_trouble_has_every_kind_and_good_calls_too() -> None:
    kinds = Counter(seen_with({"random": 7}, CALLS * 5)[0])
    good = sum(count for met, count in kinds.items() if met.endswith("201 application/json"))
    assert good > CALLS * 2
    assert {"lost", "503 text/html", "429 application/json", "200 text/html"} <= kinds.keys()


def test_the_same_seed_gives_the_same_trouble_and_another_seed_another() -> None:
    first = seen_with({"random": 7}, CALLS)
    assert first == seen_with({"random": 7}, CALLS)
    assert first != seen_with({"random": 8}, CALLS)
