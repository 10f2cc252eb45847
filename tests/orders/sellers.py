"""Every driver in every mode, opened on a fake service of its own whose clock the test holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from random import Random
from typing import Any

import httpx

from kiosk.base.environment import Environment
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.attended_qr import AttendedQrSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, Sale
from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.orders.support import token_file

NOON = 1_790_000_000.0
USER_ID = "5238400165"  # the simulator's first seller in Argentina

OLDER: Mapping[str, Any] = {"user_id": USER_ID}


def _settings(kind: type[AccountSettings], **keys: Any) -> AccountSettings:
    return kind.model_validate({"token": {"env": "TOKEN"}, "external_pos_id": "COUNTER1", **keys})


FLOWS: Mapping[str, AccountSettings] = {
    "orders-dynamic": _settings(MercadoPagoSettings, mode="dynamic"),
    "orders-static": _settings(MercadoPagoSettings, mode="static"),
    "orders-hybrid": _settings(MercadoPagoSettings, mode="hybrid"),
    "older-dynamic": _settings(DynamicQrSettings, mode="dynamic", **OLDER),
    "older-hybrid": _settings(DynamicQrSettings, mode="hybrid", **OLDER),
    "attended-1": _settings(AttendedQrSettings, **OLDER),
    "attended-2": _settings(AttendedQrSettings, external_store_id="STORE1", **OLDER),
}
CANCELABLE = [name for name in FLOWS if name != "older-dynamic"]
OLDER_FLOWS = [name for name in FLOWS if not name.startswith("orders-")]


class Shop:
    """A kiosk's client and the service behind it. ``now`` is the service's time."""

    def __init__(
        self,
        flow: str,
        *rules: dict[str, Any],
        setup: ServiceOptions = ServiceOptions(),  # noqa: B008 - it is frozen
        expires_after: float = 300,
        currency: str = "ARS",
        token: str = "APP_USR-42",
        wall: float = NOON,
        **changes: Any,
    ) -> None:
        self.now = NOON
        self.requests: list[httpx.Request] = []
        rng = Random(1)
        self.book = OrderBook(rng, setup)
        self.faults = Faults(parse(list(rules)))
        app = create_app(self.book, self.faults, lambda: self.now, rng)
        self._app = httpx.ASGITransport(app)
        self._settings = FLOWS[flow].model_copy(update=changes)
        self._expires_after, self._currency, self._wall = expires_after, currency, wall
        self.token = token
        self.orders = self.open()

    def open(self) -> Orders:
        """Return a client that knows nothing yet, as after a power cut."""
        with token_file(self.token) as path:
            return self.open_with(TokenSettings(file=path))

    def open_through(self, way: httpx.AsyncBaseTransport) -> Orders:
        """Return a client that calls the service through another transport."""
        with token_file(self.token) as path:
            return self.open_with(TokenSettings(file=path), way)

    def open_with(
        self, token: TokenSettings, way: httpx.AsyncBaseTransport | None = None
    ) -> Orders:
        """Return a client with this token."""
        settings = self._settings.model_copy(update={"token": token})
        way = way or _Counted(self)
        environment = Environment(http_transport=way, wall_clock=lambda: self._wall)
        return settings.open(
            expires_after=self._expires_after, currency=self._currency, environment=environment
        )

    def restart(self) -> None:
        """Open the client again."""
        self.orders = self.open()

    async def serve(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on to the service."""
        self.requests.append(request)
        return await self._app.handle_async_request(request)

    def sale(self, amount: str = "1234.50", reference: str = "k1-0001") -> Sale:
        return Sale(reference, Money.of(amount, self._currency), "register")

    async def sell(self, sale: Sale | None = None, key: str = "key") -> tuple[Sale, OrderSeen]:
        """Create the sale's order; return the sale as the journal would hold it, and the answer."""
        sale = sale or self.sale()
        seen = await self.orders.create(key, self.orders.request(sale))
        return dataclasses.replace(sale, order_id=seen.order_id), seen

    async def judged(self, sale: Sale) -> Outcome | Standing:
        """Look at the order, and judge it as the sale machine does."""
        return judge(sale, await self.orders.fetch(sale.order_id))

    def order(self) -> Any:
        """Return the newest order in the service's book."""
        return self.book.orders(self.now)[0]

    def pay(self, takes: float = 0.0) -> None:
        """Let a payer pay the newest order."""
        self.book.pay(self.order().id, self.now, takes)


class _Counted(httpx.AsyncBaseTransport):
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._shop.serve(request)
