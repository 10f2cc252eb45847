"""How the API shows an order, in each of its states."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from kiosk.simulator.service.ids import timestamp, ulid
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.qr_strings import crc
from tests.simulator.counter import (
    DISCOUNTS,
    GONE,
    HOUR,
    ITEM,
    MINUTE,
    NOON,
    Counter,
    order,
    order_of,
    read,
)

CASH_OUT = {"payments": [{"amount": "50.00"}], "cash_outs": [{"amount": "10.00"}]}


def test_a_created_order_echoes_the_request_and_adds_what_the_service_knows() -> None:
    body = order(
        items=[{**ITEM, "external_code": "7794"}],
        discounts=DISCOUNTS,
        marketplace_fee="1.50",
        integration_data={"platform_id": "p1", "integrator_id": "dev_1", "sponsor": {"id": "44"}},
    )
    answer = Counter().create(body, token="APP_USR-OAUTH")
    seen = read(answer)
    assert answer.status == 201
    assert re.fullmatch("ORD[0-9A-HJKMNP-TV-Z]{26}", seen.pop("id"))
    assert re.fullmatch("[0-9]+", seen.pop("user_id"))
    qr_data = seen.pop("type_response")["qr_data"]
    assert qr_data[-4:] == crc(qr_data[:-4])
    assert re.fullmatch("PAY[0-9A-Z]{26}", seen["transactions"]["payments"][0].pop("id"))
    body["integration_data"]["application_id"] = "1234567890"
    assert seen == body | {
        "processing_mode": "automatic",
        "country_code": "AR",
        "currency": "ARS",
        "status": "created",
        "status_detail": "created",
        "created_date": "2026-09-21T14:13:20.000Z",
        "last_updated_date": "2026-09-21T14:13:20.000Z",
        "transactions": {
            "payments": [
                {"amount": "50.00", "status": "created", "status_detail": "ready_to_process"}
            ]
        },
    }


def test_get_shows_the_same_as_create_did() -> None:
    counter = Counter()
    created = counter.create()
    answer = counter.get(read(created)["id"])
    assert answer.status == 200
    assert read(answer) == read(created)


def test_a_paid_order() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.now += 7.25
    counter.pay(order_id, method="credit_card")
    seen = counter.seen(order_id)
    assert counter.state(order_id) == ("processed", "accredited", "processed", "accredited")
    assert seen["total_paid_amount"] == "50.00"
    assert seen["last_updated_date"] == "2026-09-21T14:13:27.250Z"
    payment = seen["transactions"]["payments"][0]
    assert payment["paid_amount"] == "50.00"
    assert payment["payment_method"] == {
        "type": "credit_card",
        "id": "credit_card",
        "installments": 1,
    }
    assert re.fullmatch("[0-9]{12}", payment["reference_id"])
    assert "discounts" not in payment


def test_a_discount_counts_for_its_method_only() -> None:
    counter = Counter()
    cheap, dear = counter.created(order(discounts=DISCOUNTS)), counter.created()
    counter.pay(cheap, method="account_money")
    counter.pay(dear, method="debit_card")
    assert counter.seen(cheap)["total_paid_amount"] == "45.00"
    assert counter.seen(cheap)["total_amount"] == "50.00"
    payment = counter.seen(cheap)["transactions"]["payments"][0]
    assert (payment["amount"], payment["paid_amount"]) == ("50.00", "45.00")
    assert payment["discounts"] == {"type": "account_money"}
    assert counter.seen(dear)["total_paid_amount"] == "50.00"


def test_a_canceled_order_is_answered_whole() -> None:
    counter = Counter()
    order_id = counter.created()
    answer = counter.cancel(order_id)
    assert answer.status == 200
    assert read(answer) == counter.seen(order_id)
    assert counter.state(order_id) == ("canceled", "canceled", "canceled", "canceled_by_api")


def test_an_expired_order() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.now += HOUR
    assert counter.state(order_id) == ("expired", "expired", "expired", "expired")
    assert counter.seen(order_id)["last_updated_date"] == timestamp(NOON + 5 * MINUTE)


def test_a_refunded_order() -> None:
    counter = Counter()
    order_id = counter.paid()
    answer = counter.refund(order_id)
    refunds = read(answer)["transactions"]["refunds"]
    payment_id = counter.seen(order_id)["transactions"]["payments"][0]["id"]
    assert answer.status == 201
    assert read(answer).items() >= {"id": order_id, "status": "refunded"}.items()
    assert [(refund["amount"], refund["status"]) for refund in refunds] == [("50.00", "processing")]
    assert refunds[0]["transaction_id"] == payment_id
    assert re.fullmatch("REF[0-9A-Z]{26}", refunds[0]["id"])
    assert re.fullmatch("[0-9]{12}", refunds[0]["reference_id"])
    counter.now += 1
    assert counter.state(order_id) == ("refunded", "refunded", "refunded", "refunded")
    seen = counter.seen(order_id)["transactions"]
    assert seen["payments"][0]["refunded_amount"] == "50.00"
    assert seen["refunds"] == [{**refunds[0], "status": "processed"}]


def test_a_refund_that_takes_its_time_leaves_the_order_processed_meanwhile() -> None:
    counter = Counter(ServiceOptions(refund_takes=10.0))
    order_id = counter.paid()
    assert read(counter.refund(order_id))["status"] == "processed"
    counter.now += 9
    assert counter.state(order_id)[:2] == ("processed", "accredited")
    assert counter.seen(order_id)["transactions"]["refunds"][0]["status"] == "processing"
    counter.now += 2
    assert counter.state(order_id)[:2] == ("refunded", "refunded")
    assert counter.seen(order_id)["transactions"]["refunds"][0]["status"] == "processed"


def test_partial_refunds_leave_it_processed_until_nothing_is_left() -> None:
    counter = Counter()
    order_id = counter.paid()
    payment_id = counter.seen(order_id)["transactions"]["payments"][0]["id"]
    counter.refund(order_id, {"transactions": [{"id": payment_id, "amount": "20.00"}]})
    assert counter.state(order_id)[:2] == ("processed", "partially_refunded")
    assert counter.seen(order_id)["transactions"]["payments"][0]["refunded_amount"] == "20.00"
    counter.refund(order_id)
    assert counter.state(order_id)[:2] == ("refunded", "refunded")
    amounts = [refund["amount"] for refund in counter.seen(order_id)["transactions"]["refunds"]]
    assert amounts == ["20.00", "30.00"]


@pytest.mark.parametrize(
    ("mode", "has_qr"), [("static", 0), ("dynamic", 1), ("hybrid", 1), (GONE, 0)]
)
def test_qr_data_comes_in_dynamic_and_hybrid_mode_only(mode: Any, has_qr: bool) -> None:
    seen = read(Counter().create(order(config__qr__mode=mode)))
    assert ("type_response" in seen) == has_qr
    assert seen["config"]["qr"]["mode"] == ("static" if mode is GONE else mode)


@pytest.mark.parametrize(
    ("country", "currency", "amount"),
    [("AR", "ARS", "50.00"), ("BR", "BRL", "0.01"), ("CL", "CLP", "1500"), ("UY", "UYU", "9")],
)
def test_the_token_can_name_the_country(country: str, currency: str, amount: str) -> None:
    seen = read(Counter().create(order_of(amount), token=f"APP_USR-{country}-1"))
    assert (seen["country_code"], seen["currency"]) == (country, currency)
    assert seen["total_amount"] == amount
    assert f"5802{country}" in seen["type_response"]["qr_data"]


def test_chile_has_no_decimals_except_zeros() -> None:
    counter = Counter(ServiceOptions(country="CL"))
    assert counter.create(order_of("1500.00")).status == 201
    assert counter.create(order_of("1500.50")).status == 400


def test_the_shape_of_the_qr_can_be_chosen() -> None:
    seen = read(Counter(ServiceOptions(qr_shape="br-both")).create())
    assert len(seen["type_response"]["qr_data"]) == 247


def test_orders_of_test_credentials_have_longer_ids() -> None:
    counter = Counter()
    order_id = counter.created(token="APP_USR-TEST")
    assert re.fullmatch("ORDTST[0-9A-Z]{26}", order_id)
    assert counter.get(order_id).status == 200


def test_cash_handed_out_follows_the_order() -> None:
    counter = Counter(ServiceOptions(cash_out=True))
    body = order(total_amount="60.00", items=[ITEM], transactions=CASH_OUT)
    order_id = counter.created(body)

    def cash() -> Any:
        return counter.seen(order_id)["transactions"]["cash_outs"][0]

    assert (cash()["amount"], cash()["status"], cash()["status_detail"]) == (
        "10.00",
        "created",
        "ready_to_process",
    )
    counter.cancel(order_id)
    assert cash()["status"] == "canceled"


def test_without_a_total_the_answer_tells_the_sum() -> None:
    assert read(Counter().create(order(total_amount=GONE)))["total_amount"] == "50.00"


def test_one_seed_gives_the_same_ids_and_another_one_others() -> None:
    first, again, other = (Counter(seed=seed).create().body for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_ids_sort_by_time() -> None:
    rng = Random(1)
    ids = [ulid("ORD", NOON + second, rng) for second in range(20)]
    assert ids == sorted(ids)
    assert {len(order_id) for order_id in ids} == {29}
