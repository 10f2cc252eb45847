"""The official SDK and our client at the same service: the same answers, row by row.

And where an application that uses the SDK repeats a create, it makes a second order; ours doesn't.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import anyio
import pytest
import requests
from mercadopago.config import RequestOptions

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, OrderRefused, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.answers.refusals import parse_error
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale
from kiosk.simulator.service.error_codes import ERRORS
from kiosk.simulator.service.options import ServiceOptions
from tests.orders.live import Live, live, sdk
from tests.orders.support import token_file
from tests.simulator.counter import DAY, ORDER, order
from tests.simulator.service.test_request_rules import BAD_ORDERS, CASH

NOBODY = "ORD" + "0" * 26
CASH_ORDER = order(**{name: value for name, value in CASH.items() if name != "setup"})


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(ServiceOptions(cash_out=True)) as running:
        yield running


@pytest.fixture
def plain() -> Iterator[Live]:
    with live() as running:
        yield running


def client(service: Live, token: str = "APP_USR-1") -> Orders:
    with token_file(token) as path:
        settings = MercadoPagoSettings(
            base_url=service.url, token=TokenSettings(file=path), external_pos_id="COUNTER1"
        )
        return settings.open(expires_after=300, currency="ARS", environment=Environment())


def ours(
    service: Live, call: Callable[[Orders], Awaitable[OrderSeen]], token: str = "APP_USR-1"
) -> tuple[int, str]:
    """Return the status and the code that our client takes the answer for."""

    async def ask() -> OrderSeen:
        async with aclosing(client(service, token)) as orders:
            return await call(orders)

    try:
        anyio.run(ask)
    except OrderRefused as refused:
        return refused.status, refused.code
    except OutcomeUnknown as unknown:
        return int(str(unknown).split()[3]), str(unknown).split()[4]
    raise AssertionError("it was not refused")


def theirs(answer: Any) -> tuple[int, str]:
    """Return the status and the code in what the SDK returned."""
    return answer["status"], parse_error(json.dumps(answer["response"]).encode()).code


@pytest.mark.parametrize(
    ("code", "body"),
    [(code, body) for code, _, body in BAD_ORDERS if isinstance(body, dict)],
)
def test_a_bad_order_is_refused_to_both_alike(plain_or_cash: Live, code: str, body: Any) -> None:
    service = plain_or_cash
    expected = (ERRORS[code][0], code)
    assert theirs(sdk(service).order().create(body)) == expected
    content = json.dumps(body).encode()
    assert ours(service, lambda orders: orders.create("key", content)) == expected
    assert service.count() == 0


@pytest.fixture(scope="module")
def plain_or_cash() -> Iterator[Live]:
    with live() as running:
        yield running


@dataclass(frozen=True)
class Row:
    """A row of an error table: what is asked of which order, and by whom."""

    code: str
    call: str
    story: Callable[[Live], str]  # returns the order's id
    token: str = "APP_USR-1"
    part: str = ""


def created(service: Live, body: Any = ORDER) -> str:
    return str(sdk(service).order().create(body)["response"]["id"])


def paid(service: Live, body: Any = ORDER) -> str:
    order_id = created(service, body)
    service.book.pay(order_id, service.now)
    return order_id


def being_paid(service: Live) -> str:
    order_id = created(service)
    service.book.pay(order_id, service.now, takes=30)
    return order_id


def refunded(service: Live) -> str:
    order_id = paid(service)
    sdk(service).order().refund(order_id)
    service.now += 1
    return order_id


def canceled(service: Live) -> str:
    order_id = created(service)
    sdk(service).order().cancel(order_id)
    return order_id


def paid_long_ago(service: Live) -> str:
    order_id = paid(service)
    service.now += 361 * DAY
    return order_id


def cash_paid(service: Live) -> str:
    return paid(service, CASH_ORDER)


def cash_paid_days_ago(service: Live) -> str:
    order_id = cash_paid(service)
    service.now += 4 * DAY
    return order_id


ROWS = [
    Row("invalid_path_param", "get", lambda _: "ORD123"),
    Row("unauthorized", "get", lambda _: NOBODY, token="BAD"),
    Row("order_not_found", "get", lambda _: NOBODY),
    Row("order_not_found", "get", paid_long_ago),
    Row("order_not_found", "get", created, token="APP_USR-OTHER"),
    Row("invalid_path_param", "cancel", lambda _: "PAY123"),
    Row("unauthorized", "cancel", lambda _: NOBODY, token="BAD"),
    Row("order_not_found", "cancel", lambda _: NOBODY),
    Row("order_already_canceled", "cancel", paid),
    Row("order_already_canceled", "cancel", canceled),
    Row("order_already_canceled", "cancel", refunded),
    Row("instore_order_locked_error", "cancel", being_paid),
    Row("invalid_path_param", "refund", lambda _: "ORD123"),
    Row("unauthorized", "refund", lambda _: NOBODY, token="BAD"),
    Row("order_not_found", "refund", lambda _: NOBODY),
    Row("invalid_order_owner", "refund", paid, token="APP_USR-OTHER"),
    Row("cannot_refund_order", "refund", created),
    Row("cannot_refund_order", "refund", canceled),
    Row("order_already_refunded", "refund", refunded),
    Row("in_store_payment_refund_order", "refund", paid_long_ago),
    Row("in_store_payment_refund_order", "refund", cash_paid_days_ago),
    Row("refund_amount_exceeds", "refund", paid, part="50.01"),
    Row("partial_refund_not_allowed_with_cashout", "refund", cash_paid, part="10.00"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.call}-{row.code}")
def test_each_row_of_the_error_tables_is_told_to_both_alike(service: Live, row: Row) -> None:
    order_id = row.story(service)
    expected = (ERRORS[row.code][0], row.code)
    part: Any = None
    if row.part:
        payment = sdk(service).order().get(order_id)["response"]["transactions"]["payments"][0]
        part = {"transactions": [{"id": payment["id"], "amount": row.part}]}
    their_orders = sdk(service, row.token).order()
    args = (order_id, part) if row.call == "refund" else (order_id,)
    assert theirs(getattr(their_orders, row.call)(*args)) == expected

    async def ask(orders: Orders) -> OrderSeen:
        if row.call == "refund":
            amount = Money.of(row.part, "ARS") if row.part else None
            return await orders.refund(order_id, "refund-key", amount)
        return await (orders.fetch if row.call == "get" else orders.cancel)(order_id)

    assert ours(service, ask, row.token) == expected


def test_partial_refunds_that_an_account_does_not_have_are_refused_to_both() -> None:
    with live(ServiceOptions(partial_refunds=False)) as service:
        order_id = paid(service)
        payment = sdk(service).order().get(order_id)["response"]["transactions"]["payments"][0]
        part = {"transactions": [{"id": payment["id"], "amount": "1.00"}]}
        expected = (400, "unsupported_partially_refunds")
        assert theirs(sdk(service).order().refund(order_id, part)) == expected
        one = Money.of("1.00", "ARS")
        assert ours(service, lambda orders: orders.refund(order_id, "key", one)) == expected


def test_a_refund_that_is_under_way_is_a_conflict_for_both() -> None:
    with live(ServiceOptions(refund_takes=60)) as service:
        order_id = paid(service)
        sdk(service).order().refund(order_id)
        expected = (409, "refund_in_progress")
        assert theirs(sdk(service).order().refund(order_id)) == expected
        assert ours(service, lambda orders: orders.refund(order_id, "another")) == expected


def test_a_key_that_was_used_for_other_bytes_is_refused_to_both(plain: Live) -> None:
    options = RequestOptions(custom_headers={"x-idempotency-key": "one"})
    orders = sdk(plain).order()
    orders.create(ORDER, options)
    expected = (409, "idempotency_key_already_used")
    assert theirs(orders.create(order(description="Tea"), options)) == expected
    tea = json.dumps(order(description="Tea")).encode()
    assert ours(plain, lambda client: client.create("one", tea)) == expected


def test_no_key_at_all_is_refused(plain: Live) -> None:
    content = json.dumps(ORDER).encode()
    expected = (400, "empty_required_header")
    assert ours(plain, lambda orders: orders.create("", content)) == expected
    assert ours(plain, lambda orders: orders.refund(NOBODY, "")) == expected


@pytest.mark.parametrize(
    ("token", "body", "status", "code"),
    [
        ("BAD", ORDER, 401, "unauthorized"),
        ("APP_USR-MX", ORDER, 400, "unsupported_site"),
        ("ORPHAN", order(marketplace_fee="1.00"), 404, "marketplace_fee_not_allowed"),
        ("APP_USR-1", order(marketplace_fee="1.00"), 400, "marketplace_not_valid"),
    ],
)
def test_what_is_wrong_with_the_account_is_told_to_both_alike(
    plain: Live, token: str, body: Any, status: int, code: str
) -> None:
    content = json.dumps(body).encode()
    assert theirs(sdk(plain, token).order().create(body)) == (status, code)
    assert ours(plain, lambda orders: orders.create("key", content), token) == (status, code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "500"),
        (423, "resource_locked"),
        (429, "too_many"),
        (500, "idempotency_validation_failed"),
    ],
)
def test_what_is_no_answer_yet_leaves_the_outcome_open(plain: Live, status: int, code: str) -> None:
    plain.spoil({"do": "status", "status": status, "code": code, "call": "create"})
    content = json.dumps(ORDER).encode()
    assert theirs(sdk(plain).order().create(ORDER)) == (status, code)
    assert ours(plain, lambda orders: orders.create("key", content)) == (status, code)


def test_good_answers_are_the_same_too(plain: Live) -> None:
    order_id = paid(plain)
    answer = sdk(plain).order().get(order_id)["response"]

    async def look() -> OrderSeen:
        async with aclosing(client(plain)) as orders:
            return await orders.fetch(order_id)

    seen = anyio.run(look)
    assert (seen.order_id, seen.status, seen.status_detail, seen.reference, seen.qr_data) == (
        answer["id"],
        answer["status"],
        answer["status_detail"],
        answer["external_reference"],
        answer["type_response"]["qr_data"],
    )


class TestALostAnswer:
    """An answer is lost, and whoever wanted the order asks again: side by side."""

    def test_an_application_on_the_sdk_makes_a_second_order(self, plain: Live) -> None:
        plain.spoil({"do": "drop_reply", "call": "create", "nth": 1})
        orders = sdk(plain).order()
        with pytest.raises(requests.ConnectionError):
            orders.create(ORDER)
        assert orders.create(ORDER)["status"] == 201
        assert len(plain.book.payable(plain.now)) == 2

    def test_our_client_makes_one(self, plain: Live) -> None:
        plain.spoil({"do": "drop_reply", "call": "create", "nth": 1})

        async def sell() -> None:
            async with aclosing(client(plain)) as orders:
                sale = Sale("k1-0001", Money.of("50.00", "ARS"), "register")
                request = orders.request(sale)
                with pytest.raises(CallError):
                    await orders.create("key", request)
                await orders.create("key", request)

        anyio.run(sell)
        assert len(plain.book.payable(plain.now)) == 1
