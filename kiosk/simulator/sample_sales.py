"""The same few sales through any order driver, on the fake service, and how each of them ends.

For comparing two configurations. Time is a number here, so nothing is waited for.
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

NOON = 1_790_000_000.0  # Unix seconds
TOKEN = "SIMULATOR-OAUTH"  # noqa: S105 - the fake service takes any
AMOUNTS = {"ARS": "1234.50", "BRL": "12.34", "CLP": "1500", "UYU": "99.90"}
LOOK_EVERY = 5.0  # seconds


class _AnyToken(TokenSettings):
    """A token that stands nowhere."""

    def read(self, environ: Mapping[str, str]) -> SecretStr:  # noqa: ARG002 - none is needed
        return SecretStr(TOKEN)


class Stage:
    """A fake service that knows one configuration's point of sale, and its client."""

    def __init__(self, settings: AccountSettings, expires_after: float, currency: str) -> None:
        self.now = NOON
        self._expires_after, self._currency = expires_after, currency
        country = next(code for code, each in COUNTRIES.items() if each.currency == currency)
        points_of_sale = frozenset({settings.external_pos_id})
        rng = Random(1)  # noqa: S311 - ids of orders that nobody can steal
        self.book = OrderBook(
            rng, ServiceOptions(points_of_sale=points_of_sale, country=country, cash_out=True)
        )
        app = create_app(self.book, Faults(), lambda: self.now, rng)
        environment = Environment(
            wall_clock=lambda: self.now, http_transport=httpx.ASGITransport(app)
        )
        settings = settings.model_copy(update={"token": _AnyToken(env="NONE")})
        self.orders: Orders = settings.open(
            expires_after=expires_after, currency=currency, environment=environment
        )

    async def sale(self, number: int) -> Sale:
        """Create an order, as the counter would."""
        sale = Sale(f"rehearsal-{number}", Money.of(AMOUNTS[self._currency], self._currency), "")
        seen = await self.orders.create(f"rehearsal-{number}", self.orders.request(sale))
        return dataclasses.replace(sale, order_id=seen.order_id)

    def payer_pays(self) -> None:
        """Let a payer pay the newest order."""
        self.book.pay(self.book.orders(self.now)[0].id, self.now)

    async def ending(self, sale: Sale, *, cancel: bool) -> Outcome | Standing:
        """Look, or cancel and look, until the order has ended or should long have."""
        standing: Outcome | Standing = Standing.UNDECIDED
        for _ in range(int(self._expires_after / LOOK_EVERY) + 12):
            seen = await (self._closing(sale) if cancel else self.orders.fetch(sale.order_id))
            standing = judge(sale, seen)
            if isinstance(standing, Outcome):
                break
            self.now += LOOK_EVERY
        return standing

    async def _closing(self, sale: Sale) -> OrderSeen:
        try:
            return await self.orders.cancel(sale.order_id)
        except OrderRefused as refused:
            if refused.status != 409:
                raise
        return await self.orders.fetch(sale.order_id)


async def run_sample_sales(
    settings: AccountSettings, expires_after: float, currency: str
) -> dict[str, str]:
    """Return how each story ends; a story that can't be told ends with the reason."""
    stage = Stage(settings, expires_after, currency)
    stories = {
        "the payer pays": _paid,
        "nobody pays": _unpaid,
        "the cashier cancels": _canceled,
        "the payer gets the money back": _refunded,
    }
    endings = {}
    for number, (title, story) in enumerate(stories.items()):
        try:
            endings[title] = str((await story(stage, number)).value)
        except CallError as error:
            endings[title] = str(error)
    return endings


async def _paid(stage: Stage, number: int) -> Outcome | Standing:
    sale = await stage.sale(number)
    stage.payer_pays()
    return await stage.ending(sale, cancel=False)


async def _unpaid(stage: Stage, number: int) -> Outcome | Standing:
    return await stage.ending(await stage.sale(number), cancel=False)


async def _canceled(stage: Stage, number: int) -> Outcome | Standing:
    return await stage.ending(await stage.sale(number), cancel=True)


async def _refunded(stage: Stage, number: int) -> Outcome | Standing:
    sale = await stage.sale(number)
    stage.payer_pays()
    await stage.orders.refund(sale.order_id, f"refund-{number}")
    stage.now += LOOK_EVERY
    return await stage.ending(sale, cancel=False)
