"""A caller of the older APIs, in process, with control of the service's clock."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

import anyio
import httpx

from kiosk.orders.http.exact_json import dumps
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.simulator.counter import NOON, TOKEN

USER = "5238400165"
QRS = f"/instore/orders/qr/seller/collectors/{USER}/pos/COUNTER1/qrs"
HELD = f"/instore/qr/seller/collectors/{USER}/pos/COUNTER1/orders"
STORE = f"/instore/qr/seller/collectors/{USER}/stores/STORE1/pos/COUNTER1/orders"
FIRST = f"/mpmobile/instore/qr/{USER}/COUNTER1"
SEARCH = "/merchant_orders/search?external_reference=ref-1"

FULL: dict[str, Any] = {
    "external_reference": "ref-1",
    "title": "Coffee",
    "description": "A coffee",
    "notification_url": "https://example.com/ipn",
    "expiration_date": "2026-09-21T10:18:20.000-04:00",  # five minutes after NOON
    "total_amount": Decimal("50.00"),
    "items": [
        {
            "sku_number": "779",
            "category": "food",
            "title": "Coffee",
            "description": "Hot",
            "unit_price": Decimal("25.00"),
            "quantity": Decimal(2),
            "unit_measure": "unit",
            "total_amount": Decimal("50.00"),
            "currency_id": "ARS",
        }
    ],
    "sponsor": {"id": 446566691},
}
SIMPLE: dict[str, Any] = {
    "external_reference": "ref-1",
    "notification_url": "https://example.com/ipn",
    "items": [
        {
            "title": "Coffee",
            "currency_id": "ARS",
            "unit_price": Decimal("120.00"),
            "quantity": 1,
            "description": "Hot",
            "picture_url": "https://example.com/a.png",
        },
        {"title": "Tea", "currency_id": "ARS", "unit_price": Decimal("100.00"), "quantity": 2},
    ],
    "sponsor_id": 446566691,
}


class Caller:
    """Makes one call after another. ``now`` is the time of the service."""

    def __init__(self, setup: ServiceOptions | None = None) -> None:
        self.now = NOON
        rng = Random(1)
        self.book = OrderBook(rng, setup or ServiceOptions())
        self._app = create_app(self.book, Faults(), lambda: self.now, rng)

    def call(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else (dumps(body).encode() if body else None)
        names = {name.replace("_", "-"): value for name, value in headers.items()}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
                auth = {"authorization": f"Bearer {token}"}
                return await http.request(method, path, content=content, headers=auth | names)

        return anyio.run(ask)

    def found(self) -> Any:
        """Return what a search for the reference finds."""
        return self.call("GET", SEARCH).json()["elements"]

    def pay(self, takes: float = 0.0) -> None:
        self.book.pay(self.book.orders(self.now)[0].id, self.now, takes)


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a copy with other fields: ``items__0__title=""``. None removes a field."""
    copy: dict[str, Any] = json.loads(dumps(body), parse_float=Decimal, parse_int=Decimal)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = copy
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return copy
