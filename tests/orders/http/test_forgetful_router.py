"""Five hundred sales over a network that forgets connections at random: one order each."""

from __future__ import annotations

from random import Random

import httpx
import pytest

from kiosk.base.errors import NotSent, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale
from tests.orders.live import live
from tests.orders.support import client
from tests.support.dead_paths import needs_linux
from tests.support.forgetful_router import forgetful_router

SALES = 500

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    needs_linux,
    pytest.mark.parametrize("anyio_backend", ["asyncio"]),  # the daemon's
]


async def sell(orders: Orders, sale: Sale) -> OrderSeen:
    """Create the order as the sale machine does: again, with the same key, until it is known."""
    request = orders.request(sale)
    for _ in range(5):
        try:
            made = await orders.create(f"key-of-{sale.reference}", request)
            return await orders.fetch(made.order_id)
        except (NotSent, OutcomeUnknown):
            continue
    raise AssertionError("the order was never known")


async def test_each_of_500_sales_over_a_forgetful_network_has_one_order() -> None:
    chances = {"as_it_opens": 0.03, "while_idle": 0.1, "with_an_answer": 0.005}
    with live() as service:
        port = httpx.URL(service.url).port
        assert port
        async with forgetful_router(port, Random(17), **chances) as router:
            orders = client(base_url=router.url, read_timeout=1)
            references = [f"k1-{number:04}" for number in range(SALES)]
            for reference in references:
                seen = await sell(orders, Sale(reference, Money.of("20.00", "ARS"), "register"))
                assert (seen.reference, seen.status) == (reference, "created")
            await orders.aclose()
        assert service.count() == SALES
        made = service.book.orders(service.now)
        assert sorted(each.request["external_reference"] for each in made) == references
        assert all(router.forgotten[chance] for chance in chances), router.forgotten
