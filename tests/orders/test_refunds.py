"""Refunds that come too early, take their time, or must name the right payment."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx
import pytest
import trio.testing

from kiosk.base.errors import OrderRefused
from kiosk.base.money import Money
from kiosk.orders.http.refund_tries import TRIED_FOR, ask_for_a_minute
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import Quirk
from tests.orders.sellers import FLOWS, OLDER_FLOWS, Shop
from tests.orders.support import KEY, ORDER_ID, client, order_bytes

pytestmark = pytest.mark.anyio

every_flow = pytest.mark.parametrize("flow", FLOWS)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """A clock that jumps: a minute takes no time."""
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


class PatientShop(Shop):
    """A shop whose service has the clock of the client."""

    def __init__(self, flow: str, **more: Any) -> None:
        super().__init__(flow, **more)
        self._began = self.now - anyio.current_time()

    async def serve(self, request: httpx.Request) -> httpx.Response:
        self.now = self._began + anyio.current_time()
        return await super().serve(request)

    def refunds_asked_for(self) -> list[tuple[str, bytes]]:
        asked = [each for each in self.requests if "refund" in each.url.path]
        return [(each.headers["x-idempotency-key"], each.content) for each in asked]


async def paid(flow: str, *quirks: Quirk, **options: Any) -> tuple[PatientShop, str]:
    shop = PatientShop(flow, setup=ServiceOptions(**options))
    sale, _ = await shop.sell()
    shop.book.pay(shop.order().id, shop.now, quirks=frozenset(quirks))
    return shop, sale.order_id


@every_flow
@pytest.mark.parametrize("part", [None, Money.of("34.50", "ARS")])
async def test_a_payment_that_is_too_young_is_refunded_seconds_later(
    flow: str, part: Money | None
) -> None:
    shop, order_id = await paid(flow, refundable_after=5.0)
    seen = await shop.orders.refund(order_id, "key", part)
    assert "refunded" in (seen.status, seen.status_detail.removeprefix("partially_"))
    asked = shop.refunds_asked_for()
    assert len(asked) > 1
    assert len(set(asked)) == 1  # the same bytes under the same key
    assert len(shop.order().refunds) == 1


@every_flow
async def test_after_a_minute_the_no_is_told(flow: str) -> None:
    shop, order_id = await paid(flow, refundable_after=3600.0)
    began = anyio.current_time()
    with pytest.raises(OrderRefused, match="unprocessable_entity"):
        await shop.orders.refund(order_id, "key")
    assert TRIED_FOR - 10 < anyio.current_time() - began <= TRIED_FOR
    assert shop.order().refunds == []


@every_flow
async def test_an_order_that_nobody_paid_is_refused_at_once(flow: str) -> None:
    shop = PatientShop(flow)
    sale, _ = await shop.sell()
    began = anyio.current_time()
    with pytest.raises(OrderRefused, match=r"cannot_refund_order|only a paid order"):
        await shop.orders.refund(sale.order_id, "key")
    assert anyio.current_time() == began


@every_flow
async def test_a_refund_that_is_under_way_is_told_as_that(flow: str) -> None:
    shop, order_id = await paid(flow, refund_takes=60.0)
    seen = await shop.orders.refund(order_id, "key")
    assert seen.refund_underway
    assert seen.status == "processed"
    assert seen.refunded is None
    await anyio.sleep(61)
    seen = await shop.orders.fetch(order_id)
    assert (seen.status, seen.refund_underway) == ("refunded", False)
    assert seen.refunded == Money.of("1234.50", "ARS")


async def test_a_refund_in_another_app_is_seen_under_way() -> None:
    shop, order_id = await paid("orders-dynamic")
    shop.book.refund_elsewhere(shop.order().id, shop.now, takes=60)
    assert (await shop.orders.fetch(order_id)).refund_underway
    began = anyio.current_time()
    with pytest.raises(OrderRefused, match=r"refund_in_progress.*wait"):
        await shop.orders.refund(order_id, "key")
    assert anyio.current_time() == began


async def test_a_partial_refund_names_the_payment_that_was_approved() -> None:
    shop, order_id = await paid("orders-dynamic", Quirk.REFUSED_FIRST)
    payments = (await shop.orders.fetch(order_id)).payments
    assert [payment.status for payment in payments] == ["failed", "processed"]
    await shop.orders.refund(order_id, "key", Money.of("34.50", "ARS"))
    await anyio.sleep(1)
    assert (await shop.orders.fetch(order_id)).refunded == Money.of("34.50", "ARS")
    ((_, body),) = shop.refunds_asked_for()
    assert json.loads(body)["transactions"][0]["id"] == shop.order().payment_id


@pytest.mark.parametrize(
    ("payments", "named"),
    [
        ([("A", "failed", "50"), ("B", "processed", "50")], "B"),
        ([("A", "processed", "10"), ("B", "processed", "40")], "B"),
        ([("A", "processed", "10"), ("B", "approved", "15")], "A"),
        ([("A", "", "50"), ("B", "", "50")], "A"),
        ([("A", "rejected", "50"), ("B", None, None)], "B"),
        ([("A", "partially_refunded", "50")], "A"),
        ([("A", "failed", "50")], ""),
        ([], ""),
    ],
)
async def test_the_payment_of_a_partial_refund_is_one_that_has_the_money(
    payments: list[tuple[str, str | None, str | None]], named: str
) -> None:
    nodes = [{"id": name, "status": status, "amount": amount} for name, status, amount in payments]
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            asked.append(request.content)
        tree = order_bytes(status="processed", transactions={"payments": nodes})
        return httpx.Response(200, content=tree)

    orders = client(answer)
    if not named:
        with pytest.raises(OrderRefused, match="no payment to refund"):
            await orders.refund(ORDER_ID, KEY, Money.of("20.00", "ARS"))
        return
    await orders.refund(ORDER_ID, KEY, Money.of("20.00", "ARS"))
    transaction = {"id": named, "amount": "20.00"}
    assert json.loads(asked[0]) == {"transactions": [transaction]}


@pytest.mark.parametrize("flow", OLDER_FLOWS)
async def test_a_refused_payment_of_an_older_order_is_not_refunded(flow: str) -> None:
    shop = PatientShop(flow)
    sale, _ = await shop.sell()
    shop.book.scan_only(shop.order().id, shop.now, rejected=True)
    shop.pay()
    await shop.orders.refund(sale.order_id, "key", Money.of("34.50", "ARS"))
    (request,) = [each for each in shop.requests if "refund" in each.url.path]
    assert shop.order().payment.number in request.url.path


@pytest.mark.parametrize(
    ("code", "tries"),
    [
        ("order_already_refunded", 1),
        ("idempotency_key_already_used", 1),
        ("refund_in_progress", 1),
        ("cannot_refund_order", 3),
        ("", 3),
    ],
)
async def test_a_definite_no_is_not_asked_again(code: str, tries: int) -> None:
    asked = 0

    async def ask() -> str:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise OrderRefused("no", code=code, status=409)
        return "done"

    async def is_paid() -> bool:
        return True

    if tries == 3:
        assert await ask_for_a_minute(ask, is_paid) == "done"
    else:
        with pytest.raises(OrderRefused):
            await ask_for_a_minute(ask, is_paid)
    assert asked == tries
