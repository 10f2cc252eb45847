"""The same few sample sales through any order driver, on the fake service, and how they end.

``kiosk migrate --check`` compares two configurations with it. The clock is a number here, so
nothing waits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from random import Random

import httpx
from pydantic import SecretStr

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, OrderRefused
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.account.token import TokenSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, Sale
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.accounts import COUNTRIES
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook

START = 1_790_000_000.0  # Unix seconds
TOKEN = "SIMULATOR-OAUTH"  # noqa: S105 - the fake service accepts any token
AMOUNTS = {"ARS": "1234.50", "BRL": "12.34", "CLP": "1500", "UYU": "99.90"}
POLL_INTERVAL = 5.0  # seconds


class _AnyToken(TokenSettings):
    """A fixed token: the fake service needs no real one."""

    def read(self, environ: Mapping[str, str]) -> SecretStr:  # noqa: ARG002 - it is not needed
        return SecretStr(TOKEN)


class SampleCounter:
    """A fake service with the configuration's point of sale, and a client for it."""

    def __init__(self, settings: AccountSettings, expires_after: float, currency: str) -> None:
        self.now = START
        self._expires_after, self._currency = expires_after, currency
        country = next(code for code, each in COUNTRIES.items() if each.currency == currency)
        points_of_sale = frozenset({settings.external_pos_id})
        rng = Random(1)  # noqa: S311 - ids of orders that nobody can steal
        self.order_book = OrderBook(
            rng, ServiceOptions(points_of_sale=points_of_sale, country=country, cash_out=True)
        )
        app = create_app(self.order_book, Faults(), lambda: self.now, rng)
        environment = Environment(
            wall_clock=lambda: self.now, http_transport=httpx.ASGITransport(app)
        )
        settings = settings.model_copy(update={"token": _AnyToken(env="NONE")})
        self.orders: Orders = settings.open(
            expires_after=expires_after, currency=currency, environment=environment
        )

    async def sale(self, number: int) -> Sale:
        """Create an order, as the counter does."""
        sale = Sale(f"sample-{number}", Money.of(AMOUNTS[self._currency], self._currency), "")
        seen = await self.orders.create(f"sample-{number}", self.orders.request(sale))
        return dataclasses.replace(sale, order_id=seen.order_id)

    def payer_pays(self) -> None:
        """Let a payer pay the newest order."""
        self.order_book.pay(self.order_book.orders(self.now)[0].id, self.now)

    async def settle(self, sale: Sale, *, cancel: bool) -> Outcome | Standing:
        """Fetch (or cancel) until the order has ended, at most a minute after its validity."""
        standing: Outcome | Standing = Standing.UNDECIDED
        for _ in range(int(self._expires_after / POLL_INTERVAL) + 12):
            seen = await (self._cancel(sale) if cancel else self.orders.fetch(sale.order_id))
            standing = judge(sale, seen)
            if isinstance(standing, Outcome):
                break
            self.now += POLL_INTERVAL
        return standing

    async def _cancel(self, sale: Sale) -> OrderSeen:
        try:
            return await self.orders.cancel(sale.order_id)
        except OrderRefused as refused:
            if refused.status != 409:
                raise
        return await self.orders.fetch(sale.order_id)


async def run_sample_sales(
    settings: AccountSettings, expires_after: float, currency: str
) -> dict[str, str]:
    """Return the outcome of each sample sale, by its title, or the reason if a call failed."""
    counter = SampleCounter(settings, expires_after, currency)
    samples = {
        "the payer pays": _paid,
        "nobody pays": _unpaid,
        "the cashier cancels": _canceled,
        "the payer gets the money back": _refunded,
    }
    outcomes = {}
    for number, (title, sample) in enumerate(samples.items()):
        try:
            outcomes[title] = str((await sample(counter, number)).value)
        except CallError as error:
            outcomes[title] = str(error)
    return outcomes


async def _paid(counter: SampleCounter, number: int) -> Outcome | Standing:
    sale = await counter.sale(number)
    counter.payer_pays()
    return await counter.settle(sale, cancel=False)


async def _unpaid(counter: SampleCounter, number: int) -> Outcome | Standing:
    return await counter.settle(await counter.sale(number), cancel=False)


async def _canceled(counter: SampleCounter, number: int) -> Outcome | Standing:
    return await counter.settle(await counter.sale(number), cancel=True)


async def _refunded(counter: SampleCounter, number: int) -> Outcome | Standing:
    sale = await counter.sale(number)
    counter.payer_pays()
    await counter.orders.refund(sale.order_id, f"refund-{number}")
    counter.now += POLL_INTERVAL
    return await counter.settle(sale, cancel=False)
