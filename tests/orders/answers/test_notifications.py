"""Webhooks and IPN: what they point at, and what their signatures show."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from kiosk.orders.answers.notifications import (
    Notification,
    SignatureStatus,
    Topic,
    check_signature,
    parse_notification,
    signed_text,
)
from tests.orders.support import ORDER_ID

SECRET = SecretStr("s3cret-of-the-panel")
NOW = 1_790_000_000
QUERY = f"data.id={ORDER_ID}&type=order"
BODY = {
    "action": "order.processed",
    "api_version": "v1",
    "application_id": "1234567890",
    "data": {
        "id": ORDER_ID,
        "external_reference": "k1-0001",
        "status": "processed",
        "status_detail": "accredited",
        "total_amount": "50.00",
        "total_paid_amount": "50.00",
        "type": "qr",
        "version": 2,
    },
    "date_created": "2025-08-21T19:43:10.130000000Z",
    "live_mode": False,
    "type": "order",
    "user_id": "5238400195",
}


def sign(order_id: str, stamp: int | str = NOW, request_id: str = "req-7") -> dict[str, str]:
    text = signed_text(order_id, request_id, str(stamp)).encode()
    signed = hmac.new(SECRET.get_secret_value().encode(), text, hashlib.sha256).hexdigest()
    headers = {"X-Signature": f"ts={stamp},v1={signed}"}
    return headers | ({"X-Request-Id": request_id} if request_id else {})


def test_a_webhook_of_the_orders_topic_points_at_an_order() -> None:
    assert parse_notification(QUERY, json.dumps(BODY).encode()) == Notification(
        Topic.ORDER, ORDER_ID, "k1-0001", "order.processed"
    )


def test_the_query_alone_is_enough_and_counts_before_the_body() -> None:
    assert parse_notification(QUERY, b"") == Notification(Topic.ORDER, ORDER_ID)
    other = BODY | {"data": {"id": "ORD" + "0" * 26}}
    found = parse_notification(QUERY, json.dumps(other).encode())
    assert found is not None
    assert found.id == ORDER_ID


@pytest.mark.parametrize("kind", ["order", "orders"])
def test_the_topic_is_known_by_either_of_its_names(kind: str) -> None:
    found = parse_notification("", json.dumps(BODY | {"type": kind}).encode())
    assert found == Notification(Topic.ORDER, ORDER_ID, "k1-0001", "order.processed")


@pytest.mark.parametrize(
    "action", ["order.processed", "order.canceled", "order.refunded", "order.expired"]
)
def test_what_a_message_claims_is_never_a_status(action: str) -> None:
    found = parse_notification(QUERY, json.dumps(BODY | {"action": action}).encode())
    assert found is not None
    assert not hasattr(found, "status")


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("topic=merchant_order&id=4945357007", b""),
        ("id=4945357007&topic=merchant_order", b"{}"),
        (
            "",
            b'{"topic":"merchant_order","resource":"https://api.mercadopago.com/merchant_orders/4945357007"}',
        ),
        ("type=topic_merchant_order_wh&data.id=4945357007", b""),
        ("", b'{"type":"merchant_orders","data":{"id":"4945357007"}}'),
    ],
)
def test_an_older_notice_points_at_a_merchant_order(query: str, body: bytes) -> None:
    assert parse_notification(query, body) == Notification(Topic.MERCHANT_ORDER, "4945357007")


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", b""),
        ("type=payment&data.id=123", b""),
        ("type=order", b""),
        ("type=order&data.id=../users/me", b""),
        ("type=order&data.id=" + "A" * 65, b""),
        ("", b"<html>"),
        ("", b'{"type": 7}'),
        ("", b'["order"]'),
    ],
)
def test_anything_else_points_at_nothing(query: str, body: bytes) -> None:
    assert parse_notification(query, body) is None


@pytest.mark.parametrize("spelling", [ORDER_ID, ORDER_ID.lower()])
@pytest.mark.parametrize("stamp", [NOW, NOW * 1000])
def test_a_good_signature_is_taken_in_both_spellings_and_both_units_of_time(
    spelling: str, stamp: int
) -> None:
    assert check_signature(QUERY, sign(spelling, stamp), SECRET, NOW + 5) is SignatureStatus.GOOD


def test_the_signed_text_is_that_of_the_webhook_page() -> None:
    assert signed_text("ord1", "req-7", "7") == "id:ord1;request-id:req-7;ts:7;"


def test_parts_that_are_absent_are_not_signed() -> None:
    assert signed_text("", "", "7") == "ts:7;"
    assert (
        check_signature(QUERY, sign(ORDER_ID, request_id=""), SECRET, NOW) is SignatureStatus.GOOD
    )
    assert check_signature("type=order", sign(""), SECRET, NOW) is SignatureStatus.GOOD


@pytest.mark.parametrize("signature", [None, "", "ts=1790000000", "v1=00", "nonsense", "ts=,v1="])
def test_many_messages_about_qr_orders_have_no_signature(signature: str | None) -> None:
    headers = {} if signature is None else {"x-signature": signature}
    assert check_signature(QUERY, headers, SECRET, NOW) is SignatureStatus.ABSENT


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("data.id=ORDOTHER&type=order", sign(ORDER_ID)),
        (QUERY, sign(ORDER_ID) | {"X-Request-Id": "req-8"}),
        (QUERY, {"x-signature": f"ts={NOW},v1={'0' * 64}", "x-request-id": "req-7"}),
        (QUERY, {"x-signature": f"ts={NOW},v1=é", "x-request-id": "req-7"}),
        (
            QUERY,
            sign(ORDER_ID) | {"X-Signature": sign(ORDER_ID)["X-Signature"].replace("ts=1", "ts=2")},
        ),
    ],
)
def test_a_signature_of_something_else_is_wrong(query: str, headers: dict[str, str]) -> None:
    assert check_signature(query, headers, SECRET, NOW) is SignatureStatus.WRONG


@pytest.mark.parametrize("late", [301, -301, 86_400])
def test_a_replayed_or_late_message_is_told_from_a_fresh_one(late: int) -> None:
    assert check_signature(QUERY, sign(ORDER_ID), SECRET, NOW + late) is SignatureStatus.LATE


def test_a_message_of_five_minutes_ago_is_not_late_yet() -> None:
    assert check_signature(QUERY, sign(ORDER_ID), SECRET, NOW + 300) is SignatureStatus.GOOD


@pytest.mark.parametrize("stamp", ["soon", "soon=1"])
def test_a_stamp_that_is_no_time_is_late_even_if_it_is_signed(stamp: str) -> None:
    assert check_signature(QUERY, sign(ORDER_ID, stamp), SECRET, NOW) is SignatureStatus.LATE


@given(st.text(max_size=60), st.binary(max_size=80), st.text(max_size=60))
def test_whatever_comes_in_is_read_without_a_crash(query: str, body: bytes, signature: str) -> None:
    found = parse_notification(query, body)
    assert found is None or found.id
    assert (
        check_signature(query, {"x-signature": signature}, SECRET, NOW) is not SignatureStatus.GOOD
    )
