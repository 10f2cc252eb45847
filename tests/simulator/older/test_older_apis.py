"""The older APIs as documented: special features, numbers, dates, and every error."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from kiosk.simulator.older.older_errors import ERRORS
from kiosk.simulator.service.options import ServiceOptions
from tests.simulator.counter import DAY
from tests.simulator.older.caller import (
    FIRST,
    FULL,
    HELD,
    QRS,
    SEARCH,
    SIMPLE,
    STORE,
    USER,
    Caller,
    changed,
)

CREATES = [("POST", QRS, FULL), ("PUT", QRS, FULL), ("PUT", STORE, FULL), ("POST", FIRST, SIMPLE)]


def test_an_order_of_its_own_answers_an_id_and_a_qr_and_lies_on_no_point_of_sale() -> None:
    caller = Caller()
    answer = caller.call("POST", QRS, FULL)
    assert answer.status_code == 200
    assert answer.json().keys() == {"in_store_order_id", "qr_data"}
    assert len(answer.json()["in_store_order_id"]) == 36
    assert answer.json()["qr_data"].startswith("000201")
    assert caller.call("GET", HELD).json()["error"] == "point_of_sale_in_store_order_not_found"
    assert caller.call("DELETE", QRS).json()["error"] == "in_store_order_delete_error"
    assert len(caller.book.payable(caller.now)) == 1


def test_an_order_of_the_point_of_sale_answers_a_qr_as_well_and_replaces_the_one_before() -> None:
    caller = Caller()
    first = caller.call("PUT", QRS, FULL).json()
    second = caller.call("PUT", QRS, changed(FULL, external_reference="ref-2")).json()
    assert first["qr_data"] != second["qr_data"]
    (payable,) = caller.book.payable(caller.now)
    assert payable.id == second["in_store_order_id"]
    assert caller.call("GET", HELD).json()["external_reference"] == "ref-2"


def test_the_point_of_sale_tells_its_order_in_numbers_and_without_an_id() -> None:
    caller = Caller()
    caller.call("PUT", QRS, FULL)
    held = caller.call("GET", HELD).json()
    assert "id" not in held
    assert "in_store_order_id" not in held
    assert held["total_amount"] == 50.0
    assert held["sponsor"]["id"] == 446566691
    assert held["expiration_date"] == FULL["expiration_date"]
    assert (held["title"], held["description"]) == ("Coffee", "A coffee")
    assert held["notification_url"] == "https://example.com/ipn"


def test_a_deletion_answers_204_without_a_body() -> None:
    for method, path, body in CREATES[1:]:
        caller = Caller()
        caller.call(method, path, body)
        delete = HELD if path == STORE else path
        answer = caller.call("DELETE", delete)
        assert (answer.status_code, answer.content) == (204, b"")
        assert caller.book.payable(caller.now) == []
        assert caller.call("DELETE", delete).json()["error"] == "in_store_order_delete_error"


def test_the_second_version_of_the_attended_model_answers_204_to_its_create() -> None:
    answer = Caller().call("PUT", STORE, FULL)
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_first_version_answers_something_like_a_preference() -> None:
    answer = Caller().call("POST", FIRST, SIMPLE).json()
    assert answer["id"].startswith(f"{USER}-")
    assert answer["collector_id"] == int(USER)
    assert answer["total_amount"] == 320.0
    assert answer["external_reference"] == "ref-1"


@pytest.mark.parametrize(("header", "lives"), [({}, 600), ({"X_Ttl_Store_Preference": "300"}, 300)])
def test_the_first_version_lives_ten_minutes_or_as_long_as_its_header_says(
    header: dict[str, str], lives: int
) -> None:
    caller = Caller()
    caller.call("POST", FIRST, SIMPLE, **header)
    caller.now += lives - 1
    assert len(caller.book.payable(caller.now)) == 1
    caller.now += 1
    assert caller.book.payable(caller.now) == []


@pytest.mark.parametrize(("method", "path", "body"), CREATES[:3])
def test_the_others_live_until_their_date(method: str, path: str, body: Any) -> None:
    caller = Caller()
    caller.call(method, path, body)
    caller.now += 299
    assert len(caller.book.payable(caller.now)) == 1
    caller.now += 1
    assert caller.book.payable(caller.now) == []


def test_nothing_is_found_until_somebody_scans() -> None:
    caller = Caller()
    caller.call("POST", QRS, FULL)
    answer = caller.call("GET", SEARCH).json()
    assert answer == {"elements": None, "next_offset": 0, "total": 0}


def test_each_scan_makes_a_merchant_order_and_the_paid_one_is_closed() -> None:
    caller = Caller()
    order_id = caller.call("POST", QRS, FULL).json()["in_store_order_id"]
    caller.book.scan_only(order_id, caller.now)
    assert [each["status"] for each in caller.found()] == ["opened"]
    caller.pay()
    walked_away, paid = caller.found()
    assert (walked_away["status"], walked_away["payments"]) == ("opened", [])
    assert (paid["status"], paid["order_status"]) == ("closed", "paid")
    assert (paid["total_amount"], paid["paid_amount"]) == (50.0, 50.0)
    (payment,) = paid["payments"]
    assert (payment["status"], payment["transaction_amount"], payment["currency_id"]) == (
        "approved",
        50.0,
        "ARS",
    )
    assert caller.call("GET", f"/merchant_orders/{paid['id']}").json() == paid
    assert caller.call("GET", "/merchant_orders/7").status_code == 404
    assert caller.call("GET", f"/v1/payments/{payment['id']}").json()["status"] == "approved"


def test_a_rejected_payment_leaves_the_merchant_order_open() -> None:
    caller = Caller()
    order_id = caller.call("POST", QRS, FULL).json()["in_store_order_id"]
    caller.book.scan_only(order_id, caller.now, rejected=True)
    (found,) = caller.found()
    assert (found["status"], found["payments"][0]["status"]) == ("opened", "rejected")


def test_a_payer_who_is_paying_locks_the_order() -> None:
    caller = Caller()
    caller.call("PUT", QRS, FULL)
    caller.pay(takes=5)
    assert caller.found()[0]["order_status"] == "payment_in_process"
    answer = caller.call("DELETE", QRS)
    assert (answer.status_code, answer.json()["error"]) == (409, "in_store_order_delete_error")
    assert "locked" in answer.json()["message"]


def test_a_refund_is_asked_of_the_payment_and_shows_as_reverted() -> None:
    caller = Caller()
    caller.call("POST", QRS, FULL)
    caller.pay()
    payment = caller.found()[0]["payments"][0]["id"]
    refund = f"/v1/payments/{payment}/refunds"
    part = caller.call("POST", refund, {"amount": Decimal("20.00")}, X_Idempotency_Key="a")
    assert (part.status_code, part.json()["amount"]) == (201, 20.0)
    assert caller.found()[0]["order_status"] == "partially_reverted"
    assert caller.call("POST", refund, b"{}", X_Idempotency_Key="b").json()["amount"] == 30.0
    caller.now += 1
    assert (caller.found()[0]["status"], caller.found()[0]["order_status"]) == (
        "closed",
        "reverted",
    )
    again = caller.call("POST", refund, b"{}", X_Idempotency_Key="b")
    assert again.json()["amount"] == 30.0
    late = caller.call("POST", refund, b"{}", X_Idempotency_Key="c")
    assert late.json()["error"] == "order_already_refunded"


def test_a_payment_that_is_not_there() -> None:
    answer = Caller().call("POST", "/v1/payments/7/refunds", b"{}")
    assert (answer.status_code, answer.json()["error"]) == (404, "payment_not_found")


def test_some_documents_have_the_merchant_order_from_the_start() -> None:
    caller = Caller(ServiceOptions(found_at_once=True))
    caller.call("POST", QRS, FULL)
    assert [each["status"] for each in caller.found()] == ["opened"]


def test_after_ninety_days_nothing_is_found() -> None:
    caller = Caller()
    caller.call("POST", QRS, FULL)
    caller.pay()
    caller.now += 91 * DAY
    assert caller.found() is None


def test_there_is_no_idempotency_a_repeated_post_is_a_second_order() -> None:
    caller = Caller()
    for _ in range(2):
        caller.call("POST", QRS, FULL, X_Idempotency_Key="one")
    assert len(caller.book.payable(caller.now)) == 2


# --- refusals ------------------------------------------------------------------------------------

CASH = changed(FULL, total_amount=Decimal("60.00"))
CASH["cash_out"] = {"amount": Decimal("10.00")}


def elsewhere(path: str, pos: str = "ELSEWHERE") -> str:
    return path.replace("COUNTER1", pos)


def of_user(path: str, user: str) -> str:
    return path.replace(USER, user)


REFUSED: list[tuple[str, int, str, str, Any]] = [
    # error, status, method, path, body
    ("invalid_collectorId", 400, "POST", of_user(QRS, "me"), FULL),
    ("invalid_collectorId", 400, "GET", of_user(HELD, "me"), None),
    ("invalid_collectorId", 400, "DELETE", of_user(QRS, "me"), None),
    ("invalid_externalPosId", 400, "POST", elsewhere(QRS, "CAJA-1"), FULL),
    ("invalid_externalPosId", 400, "GET", elsewhere(HELD, "CAJA-1"), None),
    ("invalid_externalPosId", 400, "DELETE", elsewhere(QRS, "CAJA-1"), None),
    ("invalid_externalStoreId", 400, "PUT", STORE.replace("STORE1", "a b"), FULL),
    ("forbidden", 403, "POST", of_user(QRS, "7"), FULL),
    ("forbidden", 403, "GET", of_user(HELD, "7"), None),
    ("forbidden", 403, "DELETE", of_user(QRS, "7"), None),
    ("pos_obtainment_error", 404, "POST", elsewhere(QRS), FULL),
    ("pos_obtainment_error", 404, "POST", elsewhere(FIRST), SIMPLE),
    ("pos_obtainment_by_external_id_error", 400, "GET", elsewhere(HELD), None),
    ("pos_obtainment_by_external_id_error", 400, "DELETE", elsewhere(QRS), None),
    ("pos_deleted_error", 400, "GET", elsewhere(HELD, "GONE"), None),
    ("pos_deleted_error", 400, "DELETE", elsewhere(QRS, "GONE"), None),
    ("pos_deleted_error", 400, "PUT", elsewhere(QRS, "GONE"), FULL),
    ("point_of_sale_in_store_order_not_found", 404, "GET", HELD, None),
    ("in_store_order_delete_error", 400, "DELETE", QRS, None),
    ("in_store_order_delete_error", 400, "DELETE", FIRST, None),
    ("json_syntax_error", 400, "POST", QRS, b"{"),
    ("json_syntax_error", 400, "POST", QRS, b"[]"),
    ("invalid_external_reference", 400, "POST", QRS, changed(FULL, external_reference=None)),
    ("invalid_external_reference", 400, "POST", FIRST, changed(SIMPLE, external_reference="")),
    ("invalid_title", 400, "POST", QRS, changed(FULL, title=None)),
    ("invalid_description", 400, "POST", QRS, changed(FULL, description=None)),
    ("invalid_total_amount", 400, "POST", QRS, changed(FULL, total_amount="50.00")),
    ("invalid_total_amount", 400, "POST", QRS, changed(FULL, total_amount=Decimal("50.01"))),
    ("invalid_total_amount", 400, "POST", QRS, changed(FULL, total_amount=Decimal(0))),
    ("invalid_items", 400, "POST", QRS, changed(FULL, items=None)),
    ("invalid_items", 400, "POST", FIRST, changed(SIMPLE, items=None)),
    ("invalid_items.title", 400, "POST", QRS, changed(FULL, items__0__title=None)),
    ("invalid_items.unit_price", 400, "POST", QRS, changed(FULL, items__0__unit_price="25")),
    ("invalid_items.quantity", 400, "POST", QRS, changed(FULL, items__0__quantity=None)),
    ("invalid_items.unit_measure", 400, "POST", QRS, changed(FULL, items__0__unit_measure=None)),
    (
        "invalid_items.total_amount",
        400,
        "POST",
        QRS,
        changed(FULL, items__0__total_amount=Decimal("49.00")),
    ),
    ("invalid_sponsor.id", 400, "POST", QRS, changed(FULL, sponsor__id="me")),
    ("invalid_sponsor_id", 400, "POST", FIRST, changed(SIMPLE, sponsor_id="me")),
    ("invalid_expiration_date", 400, "POST", QRS, changed(FULL, expiration_date="tomorrow")),
    (
        "invalid_expiration_date",
        400,
        "POST",
        QRS,
        changed(FULL, expiration_date="2020-01-01T00:00:00.000Z"),
    ),
    ("invalid_amount", 400, "POST", QRS, CASH),
    ("invalid_cash_out.amount", 400, "POST", QRS, changed(CASH, cash_out__amount="10")),
    ("error_creating_seller_qr_order", 400, "POST", QRS, changed(CASH, items=None)),
]


@pytest.mark.parametrize(("error", "status", "method", "path", "body"), REFUSED)
def test_each_refusal_of_the_documents(
    error: str, status: int, method: str, path: str, body: Any
) -> None:
    caller = Caller(ServiceOptions(deleted_points_of_sale=frozenset({"GONE"}), user_id=USER))
    answer = caller.call(method, path, body)
    said = json.loads(answer.content)
    assert (answer.status_code, said["error"]) == (status, error)
    assert said.keys() == {"error", "message", "status", "causes"}
    assert said["status"] == status
    assert caller.book.orders(caller.now) == []


@pytest.mark.parametrize(("method", "path", "body"), CREATES)
def test_a_bad_token_is_answered_with_400(method: str, path: str, body: Any) -> None:
    for token in ("BAD", ""):
        answer = Caller().call(method, path, body, token=token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_access_token")


def test_the_error_differs_if_the_point_of_sale_has_had_an_order() -> None:
    caller = Caller()
    caller.call("PUT", QRS, FULL)
    caller.call("DELETE", QRS)
    answer = caller.call("GET", HELD)
    assert (answer.status_code, answer.json()["error"]) == (404, "in_store_order_not_found")


def test_a_wrong_header_of_seconds_is_refused() -> None:
    answer = Caller().call("POST", FIRST, SIMPLE, X_Ttl_Store_Preference="soon")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_ttl")


def test_every_code_of_the_older_apis_is_tested_here() -> None:
    provoked = {error for error, *_ in REFUSED}
    provoked |= {
        "invalid_access_token",
        "in_store_order_not_found",
        "in_store_order_locked",
        "payment_not_found",
    }
    # 500: a fault of the service, which only a fault rule makes (see tests/orders)
    provoked |= {"in_store_order_creation_error"}
    assert ERRORS.keys() <= provoked
