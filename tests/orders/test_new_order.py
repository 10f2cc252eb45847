"""An order that nobody can pay says why: its code, and a sentence in the log."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from kiosk.orders.answers.new_order import checked
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import OrderProblem
from tests.orders.sellers import FLOWS, Shop
from tests.orders.support import KEY, QR, client, order_bytes

pytestmark = pytest.mark.anyio


async def created(mode: str = "dynamic", **changes: Any) -> OrderSeen:
    orders = client(lambda _: httpx.Response(201, content=order_bytes(**changes)), mode=mode)
    return await orders.create(KEY, b'{"external_reference": "k1-0001"}')


@pytest.mark.parametrize(
    ("changes", "problem", "sentence"),
    [
        ({"type_response": None}, OrderProblem.NO_QR, "no_qr: the answer has no QR"),
        ({"type_response": {"qr_data": "pay me"}}, OrderProblem.NO_QR, "check orders.mode"),
        ({"status": "in_review"}, OrderProblem.NOT_PAYABLE, "not_payable: the new order is in_rev"),
        ({"status": None}, OrderProblem.NOT_PAYABLE, "kiosk orders show k1-0001"),
        ({"status": "failed", "type_response": None}, OrderProblem.NOT_PAYABLE, "is failed/"),
        ({"currency": "BRL"}, OrderProblem.CURRENCY, "currency: the order is in another currency"),
        ({"currency": "USD", "status": "odd"}, OrderProblem.CURRENCY, "kiosk.currency"),
    ],
)
async def test_the_log_and_the_answer_name_the_problem(
    changes: dict[str, Any],
    problem: OrderProblem,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, "kiosk.orders"):
        seen = await created(**changes)
    assert seen.problem is problem
    assert sentence in caplog.text


@pytest.mark.parametrize("status", ["created", "processed", "canceled", "expired", "refunded"])
async def test_a_payable_order_and_one_that_has_ended_since_have_no_problem(status: str) -> None:
    assert (await created(status=status)).problem is None
    assert (await created(status=status, currency=None)).problem is None


async def test_a_printed_code_needs_no_qr_on_the_panel() -> None:
    assert (await created(mode="static", type_response=None)).problem is None


class Bare(Shop):
    """A service of the older APIs that answers a create with something of its own."""

    answer: Any = None

    async def serve(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await super().serve(request)
        return httpx.Response(201, content=json.dumps(self.answer).encode())


@pytest.mark.parametrize("flow", FLOWS)
async def test_each_driver_misses_a_qr_where_the_panel_has_to_show_one(flow: str) -> None:
    shop = Bare(flow)
    shop.answer = {"id": "ORD1", "external_reference": "k1-0001", "status": "created"}
    _, seen = await shop.sell()
    assert seen.problem is (OrderProblem.NO_QR if FLOWS[flow].needs_qr else None)
    shop.answer["qr_data"] = QR
    shop.answer["type_response"] = {"qr_data": QR}
    assert (await shop.sell(shop.sale(reference="k1-0002")))[1].problem is None


def test_a_problem_that_is_known_already_is_kept() -> None:
    seen = OrderSeen("O", "k1", "processed", None, problem=OrderProblem.CURRENCY)
    assert checked(seen, needs_qr=True).problem is OrderProblem.CURRENCY
