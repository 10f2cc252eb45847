"""A client as the daemon opens it, and orders as the service tells them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile
from typing import Any

import httpx

from kiosk.base.environment import Environment
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.words import Sale

TOKEN = "APP_USR-1234567890-070112-abcdef-42"
QR = (  # a whole one: any other is taken out of an answer
    "00020101021243650016com.mercadolibre02013063600000000-0000-4000-8000-0000000"
    "0000150150011200000000015204970053030325802AR5913KIOSCO PRUEBA6004CABA6304324D"
)
ORDER_ID = "ORD01K372G4J4FXZ9HGHZMJMGGPKE"
SALE = Sale("k1-0001", Money.of("1234.56", "ARS"), "register")
KEY = "5f0c7a39-6f3b-4f2e-9d0a-0d5d6b0e0001"

Handler = Callable[[httpx.Request], httpx.Response]


def order(**changes: Any) -> dict[str, Any]:
    return {
        "id": ORDER_ID,
        "external_reference": SALE.reference,
        "status": "created",
        "status_detail": "created",
        "total_amount": "1234.56",
        "currency": "ARS",
        "type_response": {"qr_data": QR},
    } | changes


def order_bytes(**changes: Any) -> bytes:
    return json.dumps(order(**changes)).encode()


@contextmanager
def token_file(token: str = TOKEN) -> Iterator[str]:
    with NamedTemporaryFile("w") as file:  # only its owner can read it
        file.write(token)
        file.flush()
        yield file.name


def client(transport: httpx.AsyncBaseTransport | Handler | None = None, **keys: Any) -> Orders:
    """Return the client on a transport, a function that answers requests, or the network."""
    if transport is not None and not isinstance(transport, httpx.AsyncBaseTransport):
        transport = httpx.MockTransport(transport)
    with token_file() as path:
        settings = MercadoPagoSettings(
            token=TokenSettings(file=path), **{"external_pos_id": "COUNTER1", **keys}
        )
        return settings.open(
            expires_after=300, currency="ARS", environment=Environment(http_transport=transport)
        )
