"""The account, its stores and points of sale, in both versions of their API."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.simulator.service.options import ServiceOptions
from tests.simulator.counter import order
from tests.simulator.older.caller import USER, Caller

LOCATION = {"street_name": "Calle", "street_number": "1", "city_name": "Palermo"}
STORES = f"/users/{USER}/stores"


def test_the_account_says_who_it_is() -> None:
    me = Caller().call("GET", "/users/me").json()
    assert me == {
        "id": int(USER),
        "nickname": f"TIENDA{USER}",
        "site_id": "MLA",
        "tags": ["normal"],
    }
    assert Caller().call("GET", "/users/me", token="APP_USR-TEST").json()["tags"] == ["test_user"]


def test_a_store_is_created_once_and_found() -> None:
    caller = Caller()
    body = {"name": "Shop", "external_id": "S1", "location": LOCATION}
    made = caller.call("POST", STORES, body)
    assert made.status_code == 201
    assert caller.call("POST", STORES, body).status_code == 400
    found = caller.call("GET", f"{STORES}/search?external_id=S1").json()["results"]
    assert found == [made.json()]
    assert caller.call("GET", f"{STORES}/search?external_id=S2").json()["results"] == []


def test_another_users_stores_are_forbidden() -> None:
    caller = Caller(ServiceOptions(user_id=USER))
    assert caller.call("GET", "/users/7/stores/search").json()["error"] == "forbidden"


@pytest.mark.parametrize("path", ["/pos", "/v2/pos"])
def test_a_point_of_sale_can_be_sold_at_once_it_is_created(path: str) -> None:
    caller = Caller()
    body = {"name": "Two", "external_id": "CAJA2", "fixed_amount": True}
    at_caja2 = order(config__qr__external_pos_id="CAJA2")
    create: Any = {"method": "POST", "path": "/v1/orders", "body": at_caja2}
    assert caller.call(**create, X_Idempotency_Key="a").status_code == 404
    made = caller.call("POST", path, body, X_Idempotency_Key="b")
    assert made.status_code == 201
    assert caller.call(**create, X_Idempotency_Key="c").status_code == 201
    stranger = caller.call(**create, token="APP_USR-OTHER", X_Idempotency_Key="d")
    assert stranger.json()["errors"][0]["code"] == "pos_not_found"
    number = made.json()["id"]
    assert caller.call("GET", f"/pos/{number}").json()["external_id"] == "CAJA2"


def test_the_two_generations_answer_in_shapes_of_their_own() -> None:
    caller = Caller()
    first = caller.call("POST", "/pos", {"name": "A", "external_id": "A1"}).json()
    second = caller.call(
        "POST", "/v2/pos", {"name": "B", "external_id": "B1"}, X_Idempotency_Key="k"
    ).json()
    assert first["qr"]["image"].startswith("https://")
    assert second["qr_response"]["qr_code"].startswith("000201")
    assert caller.call("GET", "/pos?external_id=A1").json()["results"] == [first]
    assert caller.call("GET", "/v2/pos?external_id=B1").json()["data"] == [second]


def test_a_point_of_sale_that_was_made_in_the_app_has_no_external_id() -> None:
    found = (
        Caller(ServiceOptions(points_of_sale=frozenset({"COUNTER1"})))
        .call("GET", "/pos")
        .json()["results"]
    )
    assert [pos["external_id"] for pos in found] == ["COUNTER1", None]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"name": "X", "external_id": "CAJA-1"}, 400, "INVALID_EXTERNAL_ID"),
        ({"name": "X", "external_id": "A" * 40}, 400, "EXTERNAL_ID_TOO_LONG"),
        ({"name": "X", "external_id": "COUNTER1"}, 409, "point_of_sale_exists"),
        ({"name": "X"}, 400, "invalid_external_id"),
        (b"{", 400, "json_syntax_error"),
    ],
)
def test_a_bad_point_of_sale_is_refused(body: Any, status: int, error: str) -> None:
    answer = Caller().call("POST", "/pos", body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_second_version_needs_a_key() -> None:
    answer = Caller().call("POST", "/v2/pos", {"name": "X", "external_id": "A1"})
    assert answer.json()["error"] == "empty_required_header"


def test_an_unknown_point_of_sale() -> None:
    assert Caller().call("GET", "/pos/7").status_code == 404
