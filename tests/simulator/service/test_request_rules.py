"""Every error of the documents, with a request that causes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kiosk.simulator.service.error_codes import ERRORS
from kiosk.simulator.service.messages import ApiAnswer
from kiosk.simulator.service.options import ServiceOptions
from tests.simulator.counter import (
    DAY,
    DISCOUNTS,
    GONE,
    HOUR,
    ITEM,
    Counter,
    codes,
    order,
    order_of,
    read,
)

NOBODY = "ORD" + "0" * 26


def items(count: int = 1, **changes: Any) -> list[dict[str, Any]]:
    return [{**ITEM, **changes} for _ in range(count)]


def item_without(name: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in ITEM.items() if key != name}]


def discounts(count: int = 1, **changes: Any) -> dict[str, Any]:
    return {"payment_methods": [{**DISCOUNTS["payment_methods"][0], **changes}] * count}


def with_cash_out(**changes: Any) -> dict[str, Any]:
    return order(total_amount="60.00", transactions__cash_outs=[{"amount": "10.00"}], **changes)


BAD_ORDERS = [
    # code, what the details name, the order
    ("required_properties", "type", order(type=GONE)),
    ("required_properties", "external_reference", order(external_reference=GONE)),
    ("required_properties", "transactions", order(transactions=GONE)),
    ("required_properties", "transactions.payments", order(transactions={})),
    ("required_properties", "config", order(config=GONE)),
    ("required_properties", "config.qr", order(config={})),
    ("required_properties", "external_pos_id", order(config__qr__external_pos_id=GONE)),
    ("required_properties", "items.0.title", order(items=item_without("title"))),
    ("required_properties", "items.0.unit_price", order(items=item_without("unit_price"))),
    ("required_properties", "items.0.quantity", order(items=item_without("quantity"))),
    ("required_properties", "items.0.unit_measure", order(items=item_without("unit_measure"))),
    ("unsupported_properties", "notification_url", order(notification_url="https://x.example")),
    ("unsupported_properties", "title", order(title="Coffee")),
    ("unsupported_properties", "items.0.total_amount", order(items=items(total_amount="1.00"))),
    ("unsupported_properties", "config.qr.colour", order(config__qr__colour="red")),
    ("minimum_properties", "integration_data", order(integration_data={})),
    ("minimum_items", "payments", order(transactions__payments=[])),
    ("minimum_items", "items", order(items=[])),
    ("maximum_items", "payments", order(transactions__payments=[{"amount": "25.00"}] * 2)),
    ("maximum_items", "$.items", order(items=items(11))),
    ("maximum_items", "categories", order(items=items(external_categories=[{"id": "a"}] * 11))),
    ("maximum_items", "discounts", order(discounts=discounts(5))),
    ("property_type", "total_amount", order(total_amount=50.0)),
    ("property_type", "transactions", order(transactions=[])),
    ("property_type", "transactions.payments'", order(transactions__payments={"amount": "50.00"})),
    ("property_type", "payments[0].amount", order(transactions__payments=[{"amount": 50}])),
    ("property_type", "items", order(items=ITEM)),
    ("property_type", "quantity", order(items=items(quantity="2"))),
    ("property_type", "quantity", order(items=items(quantity=2.0))),
    ("property_type", "quantity", order(items=items(quantity=True))),
    ("property_type", "description", order(description=None)),
    ("property_type", "'$'", []),
    ("property_type", "'$'", "50.00"),
    ("property_value", "type", order(type="online")),
    ("property_value", "mode", order(config__qr__mode="printed")),
    ("property_value", "description", order(description="x" * 151)),
    ("property_value", "external_reference", order(external_reference="x" * 65)),
    ("property_value", "external_reference", order(external_reference="")),
    ("property_value", "external_reference", order(external_reference="café")),
    ("property_value", "external_reference", order(external_reference="a b")),
    ("property_value", "external_reference", order(external_reference="a\n")),
    ("property_value", "expiration_time", order(expiration_time="5 min")),
    ("property_value", "expiration_time", order(expiration_time="PT29S")),
    ("property_value", "expiration_time", order(expiration_time="PT3600H1S")),
    ("property_value", "total_amount", order(total_amount="50.0")),
    ("property_value", "total_amount", order(total_amount="50,00")),
    ("property_value", "total_amount", order(total_amount="-50.00")),
    ("property_value", "total_amount", order(total_amount="50.000")),
    ("property_value", "sum of the transactions", order(total_amount="51.00")),
    ("property_value", "greater than or equal to 15.00", order_of("14.99")),
    ("property_value", "title", order(items=items(title="x" * 151))),
    ("property_value", "unit_price", order(items=items(unit_price="1.234"))),
    ("property_value", "quantity", order(items=items(quantity=0))),
    ("property_value", "unit_measure", order(items=items(unit_measure="x" * 11))),
    ("property_value", "external_code", order(items=items(external_code="x" * 31))),
    ("property_value", "discounts", order(discounts=discounts(type="cheque"))),
    ("property_value", "integrator_id", order(integration_data={"integrator_id": "1234"})),
    ("property_value", "cash_outs", with_cash_out(items=items()) | order(transactions={
        "payments": [{"amount": "50.00"}], "cash_outs": [{"amount": "ten"}]})),
    ("bad_request", "external_categories", order(
        items=items(external_categories=[{"id": "device"}]), discounts=discounts())),
    ("bad_request", "items", with_cash_out()),
    ("seller_configuration", "", with_cash_out(items=items())),
    ("sponsor_id_not_valid", "sponsor", order(integration_data={"sponsor": {"id": "me"}})),
    ("marketplace_not_valid", "", order(marketplace_fee="1.00")),
    ("pos_not_found", "ELSEWHERE", order(config__qr__external_pos_id="ELSEWHERE")),
    ("json_syntax_error", "", b'{"type": "qr"'),
    ("json_syntax_error", "", b""),
    ("json_syntax_error", "", b"\xff\xfe"),
    ("json_syntax_error", "", b'{"total_amount": NaN}'),
    ("json_syntax_error", "", b"[" * 100_000),
]  # fmt: skip


@pytest.mark.parametrize(("code", "named", "body"), BAD_ORDERS)
def test_a_bad_order_is_refused_by_name(code: str, named: str, body: Any) -> None:
    counter = Counter()
    answer = counter.create(body)
    assert answer.status == ERRORS[code][0]
    assert codes(answer) == [code]
    assert any(named in detail for detail in read(answer)["errors"][0]["details"] or [""])
    assert counter.book.orders(counter.now) == []


GOOD_ORDERS = [
    order(description=GONE),
    order(description="x" * 150),
    order(total_amount=GONE),
    order_of("15.00"),
    order_of("50"),
    order(total_amount="50"),
    order(external_reference="x" * 64),
    order(expiration_time="PT30S"),
    order(expiration_time="PT3600H"),
    order(expiration_time=GONE),
    order(config__qr__mode=GONE),
    order(items=items(10, external_code="x" * 30)),
    order(items=items(external_categories=[{"id": "a"}] * 10)),
    order(items=items(), discounts=discounts(4)),
    order(integration_data={"platform_id": "p", "integrator_id": "dev_1", "sponsor": {"id": "4"}}),
]


@pytest.mark.parametrize("body", GOOD_ORDERS)
def test_an_order_at_the_very_limit_is_taken(body: Any) -> None:
    assert Counter().create(body).status == 201


def test_all_errors_are_reported_at_once() -> None:
    body = order(type="online", total_amount=50, colour="red", transactions=GONE)
    answer = read(Counter().create(body))
    assert {error["code"]: error["details"] for error in answer["errors"]} == {
        "property_type": ["'$.total_amount' - must be string"],
        "property_value": ["'$.type' - must be one of: qr"],
        "required_properties": ["missing properties: transactions"],
        "unsupported_properties": ["colour"],
    }


def processing() -> Counter:
    return Counter(ServiceOptions(refund_takes=60.0))


def refund_twice_at_once() -> ApiAnswer:
    counter = processing()
    order_id = counter.paid()
    counter.refund(order_id)
    return counter.refund(order_id)


def refund_twice() -> ApiAnswer:
    counter = Counter()
    order_id = counter.paid()
    counter.refund(order_id)
    return counter.refund(order_id)


def refund_after(seconds: float, setup: ServiceOptions | None = None, **changes: Any) -> ApiAnswer:
    counter = Counter(setup)
    order_id = counter.paid(order(**changes))
    counter.now += seconds
    return counter.refund(order_id)


def part(
    amount: str, payment_id: str = "", setup: ServiceOptions | None = None, **changes: Any
) -> ApiAnswer:
    counter = Counter(setup)
    order_id = counter.paid(order(**changes))
    payment_id = payment_id or counter.seen(order_id)["transactions"]["payments"][0]["id"]
    return counter.refund(order_id, {"transactions": [{"id": payment_id, "amount": amount}]})


CASH: dict[str, Any] = {
    "setup": ServiceOptions(cash_out=True),
    "total_amount": "60.00",
    "items": items(),
    "transactions": {"payments": [{"amount": "50.00"}], "cash_outs": [{"amount": "10.00"}]},
}


def cancel_while_the_payer_pays() -> ApiAnswer:
    counter = Counter()
    order_id = counter.created()
    counter.pay(order_id, takes=3.0)
    return counter.cancel(order_id)


def cancel_paid() -> ApiAnswer:
    counter = Counter()
    return counter.cancel(counter.paid())


def other_order_under_the_same_key() -> ApiAnswer:
    counter = Counter()
    counter.create(key="one")
    return counter.create(order(description="Tea"), key="one")


def get_after(seconds: float) -> ApiAnswer:
    counter = Counter()
    order_id = counter.paid()
    counter.now += seconds
    return counter.get(order_id)


@dataclass
class Refused:
    """Some requests; only the last is refused."""

    code: str
    story: Callable[[], ApiAnswer]


STORIES = [
    Refused("empty_required_header", lambda: Counter().create(key="")),
    Refused("empty_required_header", lambda: Counter().create(key="  ")),
    Refused("empty_required_header", lambda: Counter().cancel(NOBODY, key="")),
    Refused("empty_required_header", lambda: Counter().refund(NOBODY, key="")),
    Refused("property_value", lambda: Counter().create(key="k" * 129)),
    Refused("unauthorized", lambda: Counter().create(token="BAD")),
    Refused("unauthorized", lambda: Counter().create(token="")),
    Refused("unauthorized", lambda: Counter().get(NOBODY, token="BAD")),
    Refused("unauthorized", lambda: Counter().cancel(NOBODY, token="BAD")),
    Refused("unauthorized", lambda: Counter().refund(NOBODY, token="BAD")),
    Refused("unsupported_site", lambda: Counter().create(token="APP_USR-MX")),
    Refused(
        "marketplace_fee_not_allowed",
        lambda: Counter().create(order(marketplace_fee="1.00"), token="ORPHAN"),
    ),
    Refused("idempotency_key_already_used", other_order_under_the_same_key),
    Refused("invalid_path_param", lambda: Counter().get("ORD123")),
    Refused("invalid_path_param", lambda: Counter().get("PAY" + "0" * 26)),
    Refused("invalid_path_param", lambda: Counter().cancel("ORD" + "0" * 27)),
    Refused("invalid_path_param", lambda: Counter().refund("ORDTST" + "0" * 25)),
    Refused("order_not_found", lambda: Counter().get(NOBODY)),
    Refused("order_not_found", lambda: Counter().get("ORDTST" + "0" * 26)),
    Refused("order_not_found", lambda: Counter().cancel(NOBODY)),
    Refused("order_not_found", lambda: Counter().refund(NOBODY)),
    Refused("order_not_found", lambda: get_after(91 * DAY)),
    Refused("order_already_canceled", cancel_paid),
    Refused("instore_order_locked_error", cancel_while_the_payer_pays),
    Refused("order_already_refunded", refund_twice),
    Refused("refund_in_progress", refund_twice_at_once),
    Refused(
        "unprocessable_entity",
        lambda: refund_after(4.0, ServiceOptions(refundable_after=5.0)),
    ),
    Refused("in_store_payment_refund_order", lambda: refund_after(361 * DAY)),
    Refused("in_store_payment_refund_order", lambda: refund_after(73 * HOUR, **CASH)),
    Refused("refund_amount_exceeds", lambda: part("50.01")),
    Refused("property_value", lambda: part("0.00")),
    Refused("transaction_not_found", lambda: part("10.00", "PAY" + "0" * 26)),
    Refused(
        "unsupported_partially_refunds",
        lambda: part("10.00", setup=ServiceOptions(partial_refunds=False)),
    ),
    Refused("partial_refund_not_allowed_with_cashout", lambda: part("10.00", **CASH)),
]


@pytest.mark.parametrize("refused", STORIES, ids=lambda refused: str(refused.code))
def test_a_request_is_refused_after_other_requests(refused: Refused) -> None:
    answer = refused.story()
    assert (answer.status, codes(answer)) == (ERRORS[refused.code][0], [refused.code])


@pytest.mark.parametrize("status", ["created", "canceled", "expired"])
def test_what_nobody_paid_cannot_be_refunded(status: str) -> None:
    counter = Counter()
    order_id = counter.created()
    if status == "canceled":
        counter.cancel(order_id)
    counter.now += HOUR if status == "expired" else 0
    assert counter.seen(order_id)["status"] == status
    assert codes(counter.refund(order_id)) == ["cannot_refund_order"]


@pytest.mark.parametrize("status", ["canceled", "expired", "processed", "refunded"])
def test_only_a_created_order_can_be_canceled_and_the_answer_does_not_say_why_not(
    status: str,
) -> None:
    counter = Counter()
    order_id = counter.created()
    if status in ("processed", "refunded"):
        counter.pay(order_id)
    if status == "refunded":
        counter.refund(order_id)
    if status == "canceled":
        counter.cancel(order_id)
    counter.now += HOUR if status == "expired" else 0
    answer = counter.cancel(order_id)
    assert (answer.status, codes(answer)) == (409, ["order_already_canceled"])
    assert counter.seen(order_id)["status"] == status


@pytest.mark.parametrize("call", ["get", "cancel"])
def test_another_seller_does_not_see_the_order(call: str) -> None:
    counter = Counter()
    answer = getattr(counter, call)(counter.created(), token="APP_USR-OTHER")
    assert (answer.status, codes(answer)) == (404, ["order_not_found"])


def test_another_seller_cannot_refund_the_order() -> None:
    counter = Counter()
    answer = counter.refund(counter.paid(), token="APP_USR-OTHER")
    assert (answer.status, codes(answer)) == (400, ["invalid_order_owner"])


def test_every_code_of_the_orders_api_is_tested_here() -> None:
    provoked = {code for code, *_ in BAD_ORDERS} | {story.code for story in STORIES}
    provoked |= {"cannot_refund_order", "invalid_order_owner"}  # above, as they have two sides
    provoked |= {"not_found", "method_not_allowed"}  # in test_api: they are about routes
    assert provoked == ERRORS.keys()
