"""Whatever the service writes, the log has one short printable line for each call."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import Any

import httpx
import pytest

from kiosk.base.errors import CallError
from kiosk.orders import Orders
from kiosk.sale.events import OrderSeen
from tests.orders.sellers import FLOWS, OLDER_FLOWS, Shop
from tests.orders.support import ORDER_ID

HOSTILE = "\x1b]0;owned\x07\x9b2J\r\nsale k1: paid\u202e\u2028\x00" + "=cmd|x!A1" * 500

pytestmark = pytest.mark.anyio


def texts(value: Any) -> list[str]:
    """Return every text in an event."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for each in value for text in texts(each)]
    return [
        text for name in getattr(value, "__slots__", ()) for text in texts(getattr(value, name))
    ]


def order_body(flow: str) -> Any:
    words = dict.fromkeys(["status", "status_detail", "order_status"], HOSTILE)
    payment = words | {"id": HOSTILE, "reference_id": HOSTILE, "payment_type_id": HOSTILE}
    if flow in OLDER_FLOWS:
        return {"elements": [words | {"external_reference": "k1-0001", "payments": [payment]}]}
    return words | {
        "id": ORDER_ID,
        "external_reference": HOSTILE,
        "currency": HOSTILE,
        "transactions": {"payments": [payment | {"payment_method": {"type": HOSTILE}}]},
    }


class HostileService(Shop):
    """A service whose every text is an attack."""

    status = 200
    tree: Any = None

    async def serve(self, request: httpx.Request) -> httpx.Response:
        headers = [(b"x-request-id", HOSTILE.encode(errors="ignore").replace(b"\r\n", b" "))]
        return httpx.Response(self.status, json=self.tree, headers=headers)


async def look(orders: Orders, flow: str) -> OrderSeen | CallError:
    try:
        return await orders.fetch("k1-0001.1790000300" if flow in OLDER_FLOWS else ORDER_ID)
    except CallError as error:
        return error


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("status", [200, 400, 404, 500])
async def test_no_text_of_the_service_controls_the_terminal(
    flow: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    service = HostileService(flow)
    error = {"code": HOSTILE, "error": HOSTILE, "message": HOSTILE, "details": [HOSTILE]}
    service.status, service.tree = status, order_body(flow) if status == 200 else error
    with caplog.at_level(logging.DEBUG, "kiosk.orders"):
        seen = await look(service.orders, flow)
    said = texts(seen) if isinstance(seen, OrderSeen) else [str(seen)]
    lines = [record.getMessage() for record in caplog.records]
    assert lines
    assert all(text.isprintable() and len(text) <= 700 for text in (*said, *lines))


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_reference_with_control_characters_is_not_ours(flow: str) -> None:
    service = HostileService(flow)
    tree = order_body(flow)
    ours = "k1-0001\u200b"
    (tree["elements"][0] if flow in OLDER_FLOWS else tree)["external_reference"] = ours
    service.tree = json.loads(json.dumps(tree))
    with contextlib.suppress(CallError):
        seen = await look(service.orders, flow)
        assert isinstance(seen, OrderSeen)
        assert seen.reference != "k1-0001" or seen.status == "created"
