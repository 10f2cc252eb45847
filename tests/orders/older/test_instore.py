"""The older drivers: what goes out, byte by byte, and what is made of what comes back."""

from __future__ import annotations

import dataclasses
import json
import logging
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.errors import ConfigError, OrderRefused, OutcomeUnknown
from kiosk.base.money import CURRENCIES, Money
from kiosk.orders.answers.failures import as_event
from kiosk.orders.answers.refusals import older_call_error
from kiosk.orders.attended_qr import AttendedQrSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.http.service_clock import ServiceClock, date_of, read_date, write_date
from kiosk.orders.older.instore_routes import InstoreOrderId
from kiosk.orders.older.merchant_orders import SearchResult, read_search
from kiosk.sale.events import Failure
from kiosk.sale.verdict import Standing
from kiosk.sale.words import Item, Outcome, Payment
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import OrderStatus
from tests.orders.sellers import NOON, OLDER_FLOWS, USER_ID, Shop


@pytest.fixture
def anyio_backend() -> str:
    """One loop is enough here: that the client runs on both is shown beside it."""
    return "trio"


every_older_flow = pytest.mark.parametrize("flow", OLDER_FLOWS)
LEAST: dict[str, Any] = {
    "token": {"env": "TOKEN"},
    "external_pos_id": "COUNTER1",
    "user_id": USER_ID,
}
EVERYTHING: dict[str, Any] = {
    **LEAST,
    "title": "Almacén",
    "description": "Compra",
    "notification_url": "https://example.com/ipn",
    "sponsor_id": "446566691",
    "platform_id": "PL1",
    "integrator_id": "dev_1",
    "cash_out": "100",
    "taxes": [{"type": "IVA", "value": "1.50", "percentage": "21"}],
    "marketplace": "feria",
    "marketplace_fee": "2.25",
    "internal_metadata": {"lane": "3"},
    "customization": {"theme": "dark"},
    "items": [
        {
            "title": "Bolsa",
            "description": "de papel",
            "unit_price": "25.25",
            "quantity": "2",
            "unit_measure": "unit",
            "sku_number": "779",
            "category": "bags",
            "picture_url": "https://example.com/a.png",
            "external_categories": ["bag", "paper"],
        },
        {"title": "Compra"},
    ],
}
PESOS = Money.of("1234.50", "ARS")


# --- requests ------------------------------------------------------------------------------------


def test_every_field_of_the_dynamic_model_is_sent_in_its_own_type() -> None:
    settings = DynamicQrSettings.model_validate(EVERYTHING)
    assert json.loads(dumps(settings.body("k1-1", PESOS, NOON)), parse_float=Decimal) == {
        "external_reference": "k1-1",
        "title": "Almacén",
        "description": "Compra",
        "notification_url": "https://example.com/ipn",
        "expiration_date": "2026-09-21T14:13:20.000+00:00",
        "total_amount": Decimal("1234.50"),
        "items": [
            {
                "sku_number": "779",
                "category": "bags",
                "title": "Bolsa",
                "description": "de papel",
                "unit_price": Decimal("25.25"),
                "quantity": 2,
                "unit_measure": "unit",
                "total_amount": Decimal("50.50"),
                "currency_id": "ARS",
                "external_categories": [{"id": "bag"}, {"id": "paper"}],
            },
            {
                "title": "Compra",
                "unit_price": Decimal("1084.00"),
                "quantity": 1,
                "unit_measure": "unit",
                "total_amount": Decimal("1084.00"),
                "currency_id": "ARS",
            },
        ],
        "sponsor": {"id": 446566691},
        "cash_out": {"amount": Decimal("100.00")},
        "taxes": [{"type": "IVA", "value": Decimal("1.50"), "percentage": 21}],
        "marketplace": "feria",
        "marketplace_fee": Decimal("2.25"),
        "internal_metadata": {"lane": "3"},
        "customization": {"theme": "dark"},
    }


def test_every_field_of_the_attended_model_is_sent_in_its_own_type() -> None:
    settings = AttendedQrSettings.model_validate(
        {name: value for name, value in EVERYTHING.items() if name != "cash_out"}
    )
    assert json.loads(dumps(settings.body("k1-1", PESOS, NOON)), parse_float=Decimal) == {
        "external_reference": "k1-1",
        "notification_url": "https://example.com/ipn",
        "items": [
            {
                "title": "Bolsa",
                "currency_id": "ARS",
                "unit_price": Decimal("25.25"),
                "quantity": 2,
                "description": "de papel",
                "picture_url": "https://example.com/a.png",
            },
            {
                "title": "Compra",
                "currency_id": "ARS",
                "unit_price": Decimal("1184.00"),
                "quantity": 1,
            },
        ],
        "sponsor_id": 446566691,
    }


@pytest.mark.anyio
@every_older_flow
async def test_what_was_scanned_stands_on_the_receipt(flow: str) -> None:
    shop = Shop(flow)
    price = Money.of("10.25", "ARS")
    items = (Item("Yerba", price, 2, "779", "food"), Item("Pan", Money.of("4.50", "ARS")))
    sale = dataclasses.replace(shop.sale("25.00"), items=items)
    await shop.sell(sale)
    lines = json.loads(shop.requests[0].content, parse_float=Decimal)["items"]
    assert [(each["title"], each["unit_price"], each["quantity"]) for each in lines] == [
        ("Yerba", Decimal("10.25"), 2),
        ("Pan", Decimal("4.50"), 1),
    ]
    if flow != "attended-1":
        assert (lines[0]["sku_number"], lines[0]["category"]) == ("779", "food")


@pytest.mark.anyio
async def test_a_request_with_everything_is_taken() -> None:
    more = {name: value for name, value in EVERYTHING.items() if name not in LEAST}
    settings = DynamicQrSettings.model_validate(EVERYTHING)
    changes = {name: getattr(settings, name) for name in more}
    shop = Shop("older-hybrid", setup=ServiceOptions(cash_out=True), **changes)
    await shop.sell()
    (request,) = shop.requests
    assert request.headers["x-platform-id"] == "PL1"
    assert request.headers["x-integrator-id"] == "dev_1"


@given(st.decimals(min_value="0.01", max_value="999999999999.99", places=2))
def test_numbers_are_written_as_the_digits_they_have(amount: Decimal) -> None:
    assert dumps({"amount": amount}) == f'{{"amount":{amount:f}}}'
    assert json.loads(dumps(amount), parse_float=Decimal) == amount


def test_the_json_of_everything_else_is_the_usual() -> None:
    tree = {"a": [1, 'ñ"\n', True, None], "b": {}}
    assert json.loads(dumps(tree)) == tree
    with pytest.raises(AssertionError):
        dumps(0.1)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("flow", "method", "path"),
    [
        ("older-dynamic", "POST", "/instore/orders/qr/seller/collectors/{}/pos/COUNTER1/qrs"),
        ("older-hybrid", "PUT", "/instore/orders/qr/seller/collectors/{}/pos/COUNTER1/qrs"),
        ("attended-1", "POST", "/mpmobile/instore/qr/{}/COUNTER1"),
        (
            "attended-2",
            "PUT",
            "/instore/qr/seller/collectors/{}/stores/STORE1/pos/COUNTER1/orders",
        ),
    ],
)
async def test_where_orders_are_created(flow: str, method: str, path: str) -> None:
    shop = Shop(flow)
    await shop.sell()
    (request,) = shop.requests
    assert (request.method, request.url.path) == (method, path.format(USER_ID))
    assert request.headers["authorization"] == "Bearer APP_USR-42"
    assert "access_token" not in str(request.url)
    assert "x-idempotency-key" not in request.headers


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("flow", "calls"),
    [
        ("older-hybrid", ["GET .../orders", "DELETE .../qrs", "GET .../search"]),
        ("attended-1", ["DELETE .../COUNTER1", "GET .../search"]),
        ("attended-2", ["GET .../orders", "DELETE .../orders", "GET .../search"]),
    ],
)
async def test_how_orders_are_canceled(flow: str, calls: list[str]) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.requests.clear()
    await shop.orders.cancel(sale.order_id)
    made = [f"{each.method} .../{each.url.path.rpartition('/')[2]}" for each in shop.requests]
    assert made == calls


@pytest.mark.anyio
async def test_the_first_version_of_the_attended_model_says_its_validity_in_a_header() -> None:
    shop = Shop("attended-1", expires_after=90)
    await shop.sell()
    assert shop.requests[0].headers["x-ttl-store-preference"] == "90"
    assert "expiration_date" not in json.loads(shop.requests[0].content)


@pytest.mark.anyio
@pytest.mark.parametrize("flow", ["older-dynamic", "older-hybrid", "attended-2"])
async def test_the_others_say_it_as_a_date_by_the_services_clock(flow: str) -> None:
    shop = Shop(flow, expires_after=90, wall=0)
    await shop.orders.probe()
    sale, _ = await shop.sell()
    body = json.loads(shop.requests[-1].content)
    assert read_date(body["expiration_date"]) == NOON + 90
    assert sale.order_id == f"k1-0001.{int(NOON) + 90}"
    assert "x-ttl-store-preference" not in shop.requests[-1].headers


@pytest.mark.parametrize(
    ("kind", "keys", "key"),
    [
        (DynamicQrSettings, {"user_id": "me"}, "user_id"),
        (DynamicQrSettings, {"mode": "static"}, "mode"),
        (DynamicQrSettings, {"title": "x" * 151}, "title"),
        (DynamicQrSettings, {"description": "x" * 151}, "description"),
        (DynamicQrSettings, {"notification_url": "ftp://x"}, "notification_url"),
        (DynamicQrSettings, {"sponsor_id": "me"}, "sponsor_id"),
        (DynamicQrSettings, {"integrator_id": "1234"}, "integrator_id"),
        (DynamicQrSettings, {"items": [{"title": "x", "unit_price": "1"}]}, "items"),
        (DynamicQrSettings, {"items": [{"title": "x", "quantity": "2"}]}, "items"),
        (DynamicQrSettings, {"items": [{"title": "a"}, {"title": "b"}]}, "items"),
        (DynamicQrSettings, {"items": [{"title": "x", "unit_measure": "y" * 11}]}, "unit_measure"),
        (AttendedQrSettings, {"external_store_id": "a b"}, "external_store_id"),
    ],
)
def test_a_bad_setting_is_named(kind: Any, keys: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(LEAST | keys)
    assert key in {str(part) for error in caught.value.errors() for part in error["loc"]}


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"cash_out": "0.001"}, "orders.cash_out"),
        ({"marketplace_fee": "0.001"}, "orders.marketplace_fee"),
        ({"items": [{"title": "a"}, {"title": "b", "unit_price": "0.001"}]}, "orders.items"),
    ],
)
def test_amounts_finer_than_the_currency_are_found_before_the_first_sale(
    keys: dict[str, Any], key: str
) -> None:
    with pytest.raises(ConfigError, match=key):
        DynamicQrSettings.model_validate(LEAST | keys).validate_sample(
            expires_after=300, currency="ARS"
        )


def test_the_first_version_of_the_attended_model_hands_out_no_cash() -> None:
    settings = AttendedQrSettings.model_validate(LEAST | {"cash_out": "100"})
    with pytest.raises(ConfigError, match=r"orders\.cash_out.*external_store_id"):
        settings.validate_sample(expires_after=300, currency="ARS")


# --- the point of sale ---------------------------------------------------------------------------


@pytest.mark.anyio
async def test_an_order_that_is_on_no_point_of_sale_is_never_canceled() -> None:
    shop = Shop("older-dynamic")
    sale, _ = await shop.sell()
    shop.requests.clear()
    with pytest.raises(OrderRefused, match="until it expires") as caught:
        await shop.orders.cancel(sale.order_id)
    assert (caught.value.status, caught.value.code) == (409, "no_cancel")
    assert shop.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("flow", ["older-hybrid", "attended-2"])
async def test_somebody_elses_order_on_the_point_of_sale_is_left_alone(flow: str) -> None:
    shop = Shop(flow)
    old, _ = await shop.sell(shop.sale(reference="k1-0001"))
    new, _ = await shop.sell(shop.sale(reference="k1-0002"))
    with pytest.raises(OrderRefused) as caught:
        await shop.orders.cancel(old.order_id)
    assert caught.value.status == 409
    assert await shop.judged(new) is Standing.PAYABLE
    assert len(shop.book.payable(shop.now)) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("flow", ["older-hybrid", "attended-1", "attended-2"])
async def test_an_order_that_has_gone_unseen_is_canceled_only_after_a_while(flow: str) -> None:
    """Somebody deleted it, or it was just paid and the search is slow: at first nobody knows."""
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.book.cancel(shop.order().account, shop.order().id, shop.now)
    for _ in range(3):
        with pytest.raises(OrderRefused) as caught:
            await shop.orders.cancel(sale.order_id)
        assert as_event(caught.value).failure is Failure.CONFLICT
        assert await shop.judged(sale) is Standing.PAYABLE
        shop.now += 11
    assert (await shop.orders.cancel(sale.order_id)).status == "canceled"


@pytest.mark.anyio
@pytest.mark.parametrize("flow", ["older-hybrid", "attended-1", "attended-2"])
async def test_a_locked_order_is_a_conflict_with_whatever_status_it_is_refused(flow: str) -> None:
    error = {"code": "in_store_order_delete_error", "message": "Cannot delete a locked order"}
    rule = {"do": "status", "status": 400, "shape": "legacy", "call": "cancel"}
    shop = Shop(flow, {**rule, **error})
    sale, _ = await shop.sell()
    for _ in range(5):
        with pytest.raises(OrderRefused) as caught:
            await shop.orders.cancel(sale.order_id)
        assert as_event(caught.value).failure is Failure.CONFLICT
        shop.now += 20


@pytest.mark.anyio
async def test_two_payers_who_paid_the_same_sale_are_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop = Shop("older-dynamic", {"do": "drop_reply", "call": "create", "nth": 1})
    sale = shop.sale()
    request = shop.orders.request(sale)
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)
    seen = await shop.orders.create("key", request)
    for order in shop.book.orders(shop.now):
        shop.book.pay(order.id, shop.now)
    with caplog.at_level(logging.ERROR, "kiosk.orders"):
        sale = dataclasses.replace(sale, order_id=seen.order_id)
        assert await shop.judged(sale) is Outcome.PAID
    assert "sale k1-0001: paid 2 times; refund all but one" in caplog.text


@pytest.mark.anyio
async def test_a_create_repeated_after_its_date_is_not_sent_again() -> None:
    shop = Shop("older-hybrid", {"do": "drop_reply", "call": "create", "nth": 1})
    request = shop.orders.request(shop.sale())
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)
    shop.now += 305
    shop.restart()
    with pytest.raises(OutcomeUnknown, match="nobody knows yet how it ended"):
        await shop.orders.create("key", request)
    assert [each.method for each in shop.requests] == ["PUT", "GET"]
    shop.now += 15
    assert (await shop.orders.create("key", request)).status == "expired"


@pytest.mark.anyio
@every_older_flow
@pytest.mark.parametrize("order_id", ["ORD" + "0" * 26, "k1-0001", "k1-0001.", "k1-0001.x"])
async def test_an_order_of_another_driver_is_unknown_here(flow: str, order_id: str) -> None:
    shop = Shop(flow)
    with pytest.raises(OrderRefused, match="not an order of this driver") as caught:
        await shop.orders.fetch(order_id)
    assert as_event(caught.value).failure is Failure.MISSING
    assert shop.requests == []


@given(st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True), st.integers(0, 2**33))
def test_the_id_of_an_order_is_its_reference_and_its_last_second(
    reference: str, expires_at: int
) -> None:
    assert InstoreOrderId.of(str(InstoreOrderId(reference, expires_at))) == InstoreOrderId(
        reference, expires_at
    )


@pytest.mark.anyio
async def test_a_merchant_order_that_is_there_from_the_start_changes_nothing() -> None:
    shop = Shop("older-hybrid", setup=ServiceOptions(found_at_once=True))
    sale, _ = await shop.sell()
    assert await shop.judged(sale) is Standing.PAYABLE
    assert (await shop.orders.cancel(sale.order_id)).status == "canceled"
    assert shop.order().status is OrderStatus.CANCELED


@pytest.mark.anyio
@every_older_flow
async def test_a_payment_of_the_last_second_has_time_to_show(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.now += 310
    assert await shop.judged(sale) is Standing.PAYABLE
    shop.now += 5
    assert await shop.judged(sale) is Outcome.EXPIRED


@pytest.mark.anyio
async def test_trouble_while_creating_is_asked_again() -> None:
    rule = {
        "do": "status",
        "status": 500,
        "code": "in_store_order_creation_error",
        "shape": "legacy",
    }
    shop = Shop("older-hybrid", {**rule, "call": "create", "nth": 1})
    request = shop.orders.request(shop.sale())
    with pytest.raises(OutcomeUnknown, match="in_store_order_creation_error"):
        await shop.orders.create("key", request)
    assert (await shop.orders.create("key", request)).status == "created"


# --- merchant orders -----------------------------------------------------------------------------


def element(status: str, order_status: str = "", **more: Any) -> dict[str, Any]:
    payments = more.pop("payments", [])
    return {
        "status": status,
        "order_status": order_status,
        "external_reference": "k1-1",
        "total_amount": 50.0,
        "payments": payments,
        **more,
    }


def payment(status: str, **more: Any) -> dict[str, Any]:
    return {"id": 77, "status": status, "transaction_amount": 50.0, "currency_id": "ARS", **more}


def search(*elements: Any) -> SearchResult:
    body = json.dumps({"elements": list(elements) or None}).encode()
    return read_search(body, "k1-1", CURRENCIES["ARS"])


OPENED = element("opened", "payment_required")
PAID = element("closed", "paid", payments=[payment("approved")])
REVERTED = element("closed", "reverted", payments=[payment("refunded")])
GOING_ON = element("opened", "payment_in_process")
LEFT_OPEN = element("opened", "payment_required", paid_amount=50.0, payments=[payment("approved")])
HALF = payment("approved", transaction_amount=25)


@pytest.mark.parametrize(
    ("elements", "status", "detail"),
    [
        ([], "created", "created"),
        ([OPENED], "created", "created"),
        ([OPENED, PAID], "processed", "accredited"),
        ([PAID, OPENED], "processed", "accredited"),
        ([REVERTED], "refunded", "refunded"),
        ([REVERTED, PAID], "processed", "accredited"),
        ([element("closed", "partially_reverted")], "processed", "partially_refunded"),
        ([GOING_ON], "created", "payment_in_process"),
        ([OPENED, GOING_ON], "created", "payment_in_process"),
        ([element("opened", payments=[payment("rejected")])], "created", "created"),
        ([element("opened", payments=[payment("in_process")])], "created", "payment_in_process"),
        ([element("opened", payments=[payment("approved")])], "opened", ""),
        ([LEFT_OPEN], "opened", "payment_required"),
        ([LEFT_OPEN, OPENED], "opened", "payment_required"),
        ([LEFT_OPEN, REVERTED], "opened", "payment_required"),
        ([LEFT_OPEN, PAID], "processed", "accredited"),
        ([element("opened", payments=[HALF])], "created", "payment_in_process"),
        ([element("opened", payments=[HALF, HALF])], "opened", ""),
        (
            [element("opened", payments=[payment("approved", currency_id="BRL"), HALF])],
            "created",
            "payment_in_process",
        ),
        ([element("opened", payments=None)], "created", "created"),
        ([element("opened", payments=[None, 7, {}])], "created", "created"),
        ([element("expired", "expired")], "created", "created"),
        ([element("expired", "expired", payments=[payment("rejected")])], "created", "created"),
        ([element("expired", "expired", payments=[HALF])], "unknown", "expired expired"),
        ([element("expired", "paid", payments=[payment("approved")])], "unknown", "expired paid"),
        ([element("processed", "paid")], "unknown", "processed paid"),
        ([element("canceled")], "unknown", "canceled"),
        ([element("refunded", "x"), PAID], "processed", "accredited"),
        ([element("closed", "undefined")], "closed", "undefined"),
        ([element("on_the_moon")], "on_the_moon", ""),
        ([element("")], "unknown", ""),
        ([element("closed", "paid", external_reference="k1-2")], "created", "created"),
        (["garbage", 7, None, {}], "created", "created"),
    ],
)
def test_what_the_merchant_orders_say(elements: list[Any], status: str, detail: str) -> None:
    known = search(*elements)
    assert (known.status, known.detail) == (status, detail)


def test_amounts_and_payments_are_read_exactly() -> None:
    known = search(element("closed", "paid", total_amount=1234.5, payments=[payment("approved")]))
    assert known.total == Money.of("1234.50", "ARS")
    assert [(paid.id, paid.amount) for paid in known.payments] == [("77", Money.of("50", "ARS"))]


def test_the_payment_that_was_approved_is_told_with_the_refused_one() -> None:
    refused = payment("rejected", id=76, payment_type_id="credit_card")
    approved = payment("approved", payment_method_id="account_money")
    known = search(element("closed", "paid", paid_amount=50, payments=[refused, approved]))
    fifty = Money.of("50", "ARS")
    assert known.payments == (
        Payment("76", "rejected", fifty, None, "credit_card"),
        Payment("77", "approved", fifty, fifty, "account_money"),
    )
    assert (known.paid, [each.id for each in known.approved]) == (fifty, ["77"])


@pytest.mark.parametrize("paid", [None, 0, "0.00", "much", {}, 50.001])
def test_a_paid_amount_that_says_nothing_leaves_it_to_the_payments(paid: Any) -> None:
    assert search({**PAID, "paid_amount": paid}).paid is None


@pytest.mark.parametrize(
    ("more", "refunded"),
    [
        ({"refunded_amount": 20}, "20.00"),
        ({"refunded_amount": 0, "payments": [payment("approved", amount_refunded=20)]}, "20.00"),
        ({"payments": [payment("approved", amount_refunded=0)]}, None),
        ({"payments": [payment("approved", amount_refunded=None)]}, None),
        ({"payments": [HALF | {"amount_refunded": 5}, HALF | {"amount_refunded": "5.5"}]}, "10.50"),
        ({"refunded_amount": None, "payments": None}, None),
        ({"payments": [HALF | {"amount_refunded": 5},
                       HALF | {"amount_refunded": 5, "currency_id": "BRL"}]}, None),
        ({"payments": [payment("approved", amount_refunded=5), HALF | {"amount_refunded": "x"}]},
         None),
    ],
)  # fmt: skip
def test_what_was_refunded_is_the_orders_word_else_the_sum_of_its_payments(
    more: dict[str, Any], refunded: str | None
) -> None:
    told = search({**PAID, **more}).refunded
    assert told == (Money.of(refunded, "ARS") if refunded else None)


def test_a_payment_that_a_bank_takes_back_is_told() -> None:
    assert search(element("closed", "undefined", payments=[payment("charged_back")])).charged_back
    assert not search(PAID).charged_back


def test_another_currency_is_seen() -> None:
    known = search(element("closed", "paid", payments=[payment("approved", currency_id="BRL")]))
    assert known.total == Money.of("50.00", "BRL")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"results": []}', b"<html>"])
def test_an_answer_that_is_no_search_says_nothing(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        read_search(body, "k1-1", CURRENCIES["ARS"])


# --- errors --------------------------------------------------------------------------------------

ROWS = [
    (400, "invalid_collectorId", Failure.SETUP),
    (400, "invalid_externalPosId", Failure.SETUP),
    (400, "invalid_externalStoreId", Failure.SETUP),
    (400, "pos_obtainment_by_external_id_error", Failure.SETUP),
    (400, "pos_deleted_error", Failure.SETUP),
    (404, "pos_obtainment_error", Failure.SETUP),
    (403, "forbidden", Failure.TOKEN),
    (400, "invalid_access_token", Failure.TOKEN),
    (401, "unauthorized", Failure.TOKEN),
    (400, "invalid_external_reference", Failure.REFUSED),
    (400, "invalid_total_amount", Failure.REFUSED),
    (400, "invalid_items.title", Failure.REFUSED),
    (400, "invalid_sponsor.id", Failure.REFUSED),
    (400, "invalid_cash_out.amount", Failure.REFUSED),
    (400, "invalid_amount", Failure.REFUSED),
    (400, "invalid_expiration_date", Failure.REFUSED),
    (400, "error_creating_seller_qr_order", Failure.REFUSED),
    (404, "point_of_sale_in_store_order_not_found", Failure.REFUSED),
    (404, "in_store_order_not_found", Failure.REFUSED),
    (400, "in_store_order_delete_error", Failure.REFUSED),
    (409, "in_store_order_delete_error", Failure.CONFLICT),
    (500, "in_store_order_creation_error", Failure.UNKNOWN),
    (500, "", Failure.UNKNOWN),
    (429, "", Failure.UNKNOWN),
]


@pytest.mark.parametrize(("status", "code", "failure"), ROWS)
def test_each_error_is_told_to_the_sale_as_what_can_be_done(
    status: int, code: str, failure: Failure
) -> None:
    body = {"error": code, "message": "no", "status": status, "causes": []}
    error = older_call_error(status, {}, json.dumps(body).encode(), {})
    assert as_event(error).failure is failure


@pytest.mark.anyio
@every_older_flow
async def test_an_account_that_is_not_the_tokens_is_named(flow: str) -> None:
    shop = Shop(flow, user_id="7", setup=ServiceOptions(user_id=USER_ID))
    with pytest.raises(OrderRefused, match=r"orders\.user_id"):
        await shop.sell()


@pytest.mark.anyio
@every_older_flow
async def test_a_token_that_is_revoked_while_an_order_is_open(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.token = "BAD"
    shop.restart()
    with pytest.raises(OrderRefused) as caught:
        await shop.judged(sale)
    assert as_event(caught.value).failure is Failure.TOKEN


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_services_clock_goes_on_from_its_last_date_and_ours_counts_only_before() -> None:
    clock = ServiceClock(lambda: 7.0)
    assert clock.update({}) == 7.0
    assert clock.update({"date": "Mon, 21 Sep 2026 14:13:20 GMT"}) == pytest.approx(NOON, abs=1)
    assert clock.update({"date": "soon"}) == pytest.approx(NOON, abs=1)
    assert clock.now() >= NOON


@given(st.integers(0, 2**33))
def test_a_date_is_read_as_it_was_written(seconds: int) -> None:
    assert read_date(write_date(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2023-08-22T16:34:56.559-04:00", 1692736496.559),
        ("2023-08-22T20:34:56Z", 1692736496.0),
        ("2023-08-22T16:34:56", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_of_others(text: str, seconds: float | None) -> None:
    assert read_date(text) == seconds


def test_the_date_header_is_read() -> None:
    good = httpx.Headers({"date": "Mon, 21 Sep 2026 14:13:20 GMT"})
    assert date_of(good) == NOON
    for bad in ("", "soon", "Mon, 99 Sep 2026 14:13:20 GMT"):
        assert date_of({"date": bad}) is None
