"""The driver ``mercadopago``: orders by Mercado Pago's Orders API for QR codes.

Sources: the create-order reference of the Orders API and the guide for migrating to it, which
also describes how orders are read, canceled and refunded.
"""

from __future__ import annotations

import os
import re
import urllib.parse
import uuid
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from kiosk.errors import ConfigError, OrderRefused, OutcomeUnknown
from kiosk.money import CURRENCIES, Currency, Money
from kiosk.orders import Orders, OrdersSettings
from kiosk.orders.address import BaseUrl
from kiosk.orders.answers import at, load, order_seen, text
from kiosk.orders.calls import CallLog
from kiosk.orders.exchange import Answer, Exchange
from kiosk.orders.line import Line
from kiosk.orders.model import (
    STATIC_LONGEST,
    OrderConfig,
    OrderRequest,
    Payment,
    QrConfig,
    Transactions,
    iso_duration,
)
from kiosk.orders.refusals import failure
from kiosk.orders.token import TokenSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale
from kiosk.settings import Duration
from kiosk.world import World

_NOBODY = "ORD" + "0" * 26  # of an order id's documented form, and no order's id


def _pos_id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{1,40}", value):
        raise ValueError(f"{value!r} is no external_pos_id; it is 1 to 40 letters and digits")
    return value


class MercadoPagoSettings(OrdersSettings):
    """An account's point of sale, and how to reach the service."""

    model_config = ConfigDict(hide_input_in_errors=True)  # a misplaced token would be in it

    driver: Literal["mercadopago"] = "mercadopago"
    base_url: BaseUrl = Field(
        "https://api.mercadopago.com",
        description="Where the Orders API is; plain http only on this computer itself.",
    )
    token: TokenSettings = Field(
        description="Where the access token is: {credential: NAME}, {file: PATH} or {env: NAME}."
    )
    external_pos_id: Annotated[str, AfterValidator(_pos_id)] = Field(
        description=(
            "The external id of this counter's point of sale, as given when it was created; "
            "letters and digits. Each counter needs a point of sale of its own."
        )
    )
    mode: Literal["dynamic", "static", "hybrid"] = Field(
        "dynamic",
        description=(
            "Which QR is paid: dynamic is the one on the panel, static the printed one of the "
            "point of sale, hybrid either of them."
        ),
    )
    description: str = Field(
        "Compra",
        min_length=1,
        max_length=150,
        description="What the payer reads the payment is for; nothing personal, 150 characters.",
    )
    connect_timeout: Duration = Field(
        4, ge=0.5, le=60, description="How long the service may take to accept a connection."
    )
    read_timeout: Duration = Field(
        8, ge=0.5, le=60, description="How long the service may take to answer."
    )

    @property
    def needs_qr(self) -> bool:
        """Whether the payer scans the panel: in any mode but static."""
        return self.mode != "static"

    def build(self, reference: str, amount: Money, expires_after: float) -> OrderRequest:
        """Return the request for a sale."""
        plain = amount.plain()
        return OrderRequest(
            total_amount=plain,
            description=self.description,
            external_reference=reference,
            expiration_time=iso_duration(expires_after),
            config=OrderConfig(qr=QrConfig(external_pos_id=self.external_pos_id, mode=self.mode)),
            transactions=Transactions(payments=(Payment(amount=plain),)),
        )

    def rehearse(self, *, expires_after: float, currency: str) -> None:
        """Build a sample request, so that no sale is the first to find a fault: ConfigError."""
        if self.mode != "dynamic" and expires_after > STATIC_LONGEST:
            # The service would let go of the printed QR before the panel says that it does.
            raise ConfigError(
                "sale.expires_after: a printed QR holds its order for 10 min at the most; "
                "write 10 min or less, or orders.mode: dynamic"
            )
        try:
            self.build("rehearsal", Money.of("1", currency), expires_after)
        except ValidationError as error:
            faults = (
                f"orders: {'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors()
            )
            raise ConfigError(*faults) from None

    def open(self, *, expires_after: float, currency: str, world: World) -> Orders:
        """Make the client; no connection yet. ConfigError: no token, or nothing could be sold."""
        self.rehearse(expires_after=expires_after, currency=currency)
        token = self.token.read(os.environ)
        line = world.transport or Line(self.base_url, connect_timeout=self.connect_timeout)
        exchange = Exchange(
            self.base_url,
            token,
            line,
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
        )
        return MercadoPago(self, exchange, expires_after, CURRENCIES[currency])


class MercadoPago:
    """The Orders API's client. Each call is one attempt (see ``kiosk.orders.Orders``)."""

    def __init__(
        self,
        settings: MercadoPagoSettings,
        exchange: Exchange,
        expires_after: float,
        currency: Currency,
    ) -> None:
        self._settings = settings
        self._exchange = exchange
        self._expires_after = expires_after
        self._currency = currency
        self._advice = _advice(settings)
        self._log = CallLog()
        self._known = ("", "")  # the latest order's id and reference

    def request(self, sale: Sale) -> bytes:
        """Return the body of the create request."""
        return self._settings.build(sale.reference, sale.amount, self._expires_after).to_bytes()

    async def create(self, key: str, request: bytes) -> OrderSeen:
        """POST the bytes as they are, under the key."""
        reference = text(at(load(request), "external_reference"))
        return await self._order("POST", "/v1/orders", reference, key=key, body=request)

    async def fetch(self, order_id: str) -> OrderSeen:
        """GET the order."""
        return await self._order("GET", _path(order_id), self._reference(order_id))

    async def cancel(self, order_id: str) -> OrderSeen:
        """POST the cancellation, under a new key each time.

        Canceling twice does no harm; an old key would bring back an old answer.
        """
        path = _path(order_id, "/cancel")
        return await self._order("POST", path, self._reference(order_id), key=str(uuid.uuid4()))

    async def refund(self, order_id: str, key: str) -> OrderSeen:
        """POST the refund without a body, which means all of it."""
        path = _path(order_id, "/refund")
        return await self._order("POST", path, self._reference(order_id), key=key)

    async def probe(self) -> None:
        """GET an order that can't exist: "no such order" is a service that knows the token."""
        path = _path(_NOBODY)
        with self._log.call(f"GET {path}", "none (a probe)") as call:
            call.answer = answer = await self._exchange.send("GET", path)
            if answer.is_good:
                return
            error = failure(answer.status, answer.headers, answer.body, self._advice)
            if not isinstance(error, OrderRefused) or error.status in (401, 403):
                raise error
            if error.status not in (400, 404):
                raise OutcomeUnknown(str(error))

    async def warm(self) -> None:
        """Open the connection."""
        await self._exchange.warm()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()

    async def _order(
        self, method: str, path: str, reference: str, *, key: str = "", body: bytes | None = None
    ) -> OrderSeen:
        with self._log.call(f"{method} {path}", reference) as call:
            call.answer = await self._exchange.send(method, path, key=key, body=body)
            seen = self._read(call.answer)
            call.saw(seen)
        self._known = (seen.order_id, call.reference)
        return seen

    def _read(self, answer: Answer) -> OrderSeen:
        if not answer.is_good:
            raise failure(answer.status, answer.headers, answer.body, self._advice)
        return order_seen(answer.body, self._currency)

    def _reference(self, order_id: str) -> str:
        return self._known[1] if self._known[0] == order_id else ""


def _path(order_id: str, action: str = "") -> str:
    return f"/v1/orders/{urllib.parse.quote(order_id, safe='')}{action}"


def _advice(settings: MercadoPagoSettings) -> Mapping[str, str]:
    """Return what a technician can do, by the service's code or the HTTP status."""
    token = settings.token
    return {
        "401": f"check the access token in {token}",
        "403": f"the access token in {token} may not do this; check its account",
        "pos_not_found": (
            f"orders.external_pos_id: the account has no point of sale {settings.external_pos_id}; "
            "create it, or correct the id"
        ),
        "unsupported_site": f"check the country of the account behind {token}",
        "429": "fewer kiosks must share one application, or ask less often",
    }
