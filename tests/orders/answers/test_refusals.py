"""From error answers to what can be done about them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import CallError, OrderRefused, OutcomeUnknown
from kiosk.orders.answers.refusals import (
    call_error,
    older_call_error,
    parse_error,
    refuse_page,
    refuses_token,
    retry_after,
)

DATE = "Tue, 01 Jul 2025 12:00:00 GMT"
ORDERS = {"errors": [{"code": "property_value", "message": "Bad.", "details": ["'$.a' - wrong"]}]}
FLAT = {
    "code": "unsupported_properties",
    "message": "Unsupported.",
    "details": [{"code": "x", "message": "Not this", "details": ["items.0.total_amount"]}],
}
OLDER = {"error": "pos_obtainment_error", "message": "No POS", "status": 404, "causes": []}
CAUSES = {**OLDER, "causes": [{"code": 7, "description": "Closed", "causes": ["By its owner"]}]}
GATEWAY = {"status": 504, "message": "Gateway Timeout"}


def body(tree: Any) -> bytes:
    return json.dumps(tree).encode()


def error(status: int, tree: Any = GATEWAY, **headers: str) -> CallError:
    content = tree if isinstance(tree, bytes) else body(tree)
    return call_error(
        status, headers, content, {"pos_not_found": "name another", "401": "your token"}
    )


@pytest.mark.parametrize(
    ("tree", "code", "said"),
    [
        (ORDERS, "property_value", "Bad: '$.a' - wrong"),
        (FLAT, "unsupported_properties", "Unsupported: Not this; items.0.total_amount"),
        (OLDER, "pos_obtainment_error", "No POS"),
        (CAUSES, "pos_obtainment_error", "No POS: Closed; By its owner"),
        ({"message": "No user X."}, "", "No user X"),
        (GATEWAY, "", "Gateway Timeout"),
        ({"errors": [{"code": "a"}, {"code": "b", "message": "Also"}]}, "a", "Also"),
        ({"errors": []}, "", ""),
        ({"code": "x" * 65, "message": "Long"}, "x" * 64, "Long"),
        ({"errors": "many", "code": 7}, "7", ""),
        ([], "", "[]"),
    ],
)
def test_each_shape_of_an_error_body_is_read(tree: Any, code: str, said: str) -> None:
    heard = parse_error(body(tree))
    assert (heard.code, str(heard)) == (code, said)


@pytest.mark.parametrize(
    "page",
    [
        b"<html><head><title>503 Busy</title></head><body>Come back later",
        b"<HTML><TITLE>503 Busy</TITLE><BODY>Come back later",
        b"<h1>503 Busy</h1>",
        b"503\n\x1b Busy\x00",
    ],
)
def test_a_page_for_people_becomes_one_line(page: bytes) -> None:
    assert str(parse_error(page)) == "503 Busy"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422, 451])
def test_a_no_of_the_service_is_definite(status: int) -> None:
    refused = error(status, ORDERS)
    assert isinstance(refused, OrderRefused)
    assert (refused.status, refused.code) == (status, "property_value")
    assert "'$.a' - wrong" in str(refused)


@pytest.mark.parametrize("status", [301, 303, 307, 408, 423, 425, 429, 500, 502, 503, 504, 599])
def test_a_gateway_a_lock_a_pause_or_a_redirect_is_no_answer(status: int) -> None:
    for tree in (ORDERS, GATEWAY, b"", b"<html>"):
        assert isinstance(error(status, tree), OutcomeUnknown)


@pytest.mark.parametrize(
    "page",
    [
        b"<html>",
        b"\n <!doctype html>",
        b"\xef\xbb\xbf<html>",
        b"not <here>",
        b"Forbidden",
        b"404 page not found",
        b"X<1",
        b"[]",
        b"{}",
        b'"no"',
        b'{"errors": []}',
        b'{"code": 7.5e, "message": "cut',
        b'{"blocked": true}',
        b"\xff\xfe\x00",
    ],
)
def test_what_has_no_form_of_the_service_is_no_answer_of_it(page: bytes) -> None:
    for status in (400, 401, 403, 404, 407, 409, 422, 451):
        unknown = error(status, page)
        assert isinstance(unknown, OutcomeUnknown), status
        assert "is not from the payment service" in str(unknown), status
        assert "check the network: a proxy" in str(unknown), status


def test_the_page_of_a_proxy_is_quoted_and_its_pause_is_kept() -> None:
    page = b"<html><title>Blocked by the firewall</title>"
    unknown = error(403, page, **{"retry-after": "7"})
    assert "the answer 403 is not from the payment service (Blocked by the fire" in str(unknown)
    assert unknown.retry_after == 7.0


def test_a_page_of_the_services_own_gateway_is_trouble_of_the_service() -> None:
    assert str(error(500, b"<title>Oops</title>")).startswith("the service answered 500 (Oops)")


def test_an_empty_answer_of_a_proxy_is_not_quoted() -> None:
    assert str(error(403, b"")).startswith("the answer 403 is not from the payment service; check")


def test_a_code_alone_is_an_answer_of_the_service() -> None:
    assert isinstance(error(404, {"code": "pos_not_found"}), OrderRefused)


def test_a_long_message_is_cut() -> None:
    assert len(str(parse_error(body({"message": "x" * 1000})))) == 300


def test_a_message_that_mentions_a_token_is_not_a_code() -> None:
    other = body({"error": "bad_request", "message": "write no access token into the title"})
    assert refuses_token(400, other)
    assert not refuses_token(400, other, by_code=True)
    assert refuses_token(400, body({"error": "invalid_access_token"}), by_code=True)


@pytest.mark.parametrize("page", [b"<html>", b" \n<title>Log in</title>", b"Blocked", b"0"])
def test_a_page_in_place_of_a_good_answer_is_not_the_service(page: bytes) -> None:
    with pytest.raises(OutcomeUnknown, match=r"^the answer 200 is not from the payment service"):
        refuse_page(200, page)


def test_the_page_is_quoted_with_what_to_check() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        refuse_page(200, b"<title>Welcome to our hotel</title>")
    assert str(caught.value) == (
        "the answer 200 is not from the payment service (Welcome to our hotel); "
        "check the network: a proxy, a firewall or a login page may answer in its place"
    )


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{}", b" [", b"\xef\xbb\xbf{}", b'{"id": "ORD', b"\xef\xbb\xbf \n{"]
)
def test_what_begins_like_json_or_is_empty_is_not_a_page(body: bytes) -> None:
    refuse_page(200, body)


def test_a_proxy_that_wants_a_password_is_not_the_service_whatever_it_writes() -> None:
    assert isinstance(error(407, ORDERS), OutcomeUnknown)


@pytest.mark.parametrize("tree", [ORDERS, FLAT, OLDER, CAUSES, {"message": "no"}, {"error": "x"}])
def test_each_form_of_the_service_is_a_definite_no(tree: Any) -> None:
    assert isinstance(error(404, tree), OrderRefused)


def test_a_404_without_a_body_says_nothing_and_a_401_is_about_the_token() -> None:
    assert isinstance(error(404, b""), OutcomeUnknown)
    refused = error(401, b"")
    assert isinstance(refused, OrderRefused)
    assert refused.code == "401"


def test_the_message_says_what_can_be_done() -> None:
    named = error(404, {"code": "pos_not_found", "message": "Nowhere"})
    assert str(named) == "the service refused: 404 pos_not_found (Nowhere); name another"
    assert str(error(401, b"")) == "the service refused: 401; your token"
    for status in (300, 302, 399):
        assert "a redirect; check orders.base_url" in str(error(status, b""))


@pytest.mark.parametrize(
    ("status", "code", "message", "told"),
    [
        (400, "bad_request", "invalid access token", 401),
        (400, "unauthorized", "", 401),
        (400, "bad_request", "amount", 400),
        (404, "pos_not_found", "invalid token of the POS", 404),
    ],
)
def test_an_older_api_that_refuses_the_token_with_400_means_401(
    status: int, code: str, message: str, told: int
) -> None:
    content = body({"error": code, "message": message})
    refused = older_call_error(status, {}, content, {str(told): "do this"})
    assert isinstance(refused, OrderRefused)
    assert (refused.status, refused.code) == (told, code)
    assert str(refused).endswith("; do this")


def test_a_pause_that_an_older_api_asks_for_is_kept() -> None:
    assert older_call_error(429, {"retry-after": "7"}, b"", {}).retry_after == 7.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("000000000005", 5.0),
        ("99999", 3600.0),
        ("9" * 400, 3600.0),
        ("Tue, 01 Jul 2025 12:00:30 GMT", 30.0),
        ("Tue, 01 Jul 2025 11:00:00 GMT", 0.0),
        ("Wed, 01 Jul 2026 12:00:00 GMT", 3600.0),
        ("-7", None),
        ("7.5", None),
        ("soon", None),
        ("", None),
        ("Tue, 99 Jul 2025 12:00:30 GMT", None),
        ("Tue, 01 Jul 2025 12:00:30", None),
    ],
)
def test_a_pause_is_read_in_seconds_or_against_the_answers_own_date(
    value: str, seconds: float | None
) -> None:
    assert error(429, **{"retry-after": value, "date": DATE}).retry_after == seconds


def test_a_date_without_a_date_to_compare_it_with_says_nothing() -> None:
    assert retry_after({"retry-after": DATE}) is None
    assert retry_after({"retry-after": DATE, "date": "today"}) is None
    assert retry_after({}) is None


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["errors", "code", "error", "message", "details", "causes", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.integers(300, 999), st.binary() | TREES.map(body), st.text(), st.text())
def test_any_error_answer_becomes_one_short_line(
    status: int, content: bytes, pause: str, date: str
) -> None:
    failed = call_error(status, {"retry-after": pause, "date": date}, content, {})
    assert len(str(failed)) < 500
    assert str(failed).isprintable() or not str(failed).isascii()
    assert failed.retry_after is None or 0 <= failed.retry_after <= 3600


@pytest.mark.parametrize(
    "details",
    [
        [{"details": [{"message": "It was that"}]}],
        {"details": {"details": {"details": {"message": "It was that"}}}},
    ],
)
def test_details_are_found_some_levels_down(details: Any) -> None:
    assert str(parse_error(body({"details": details}))) == "It was that"


def test_details_nested_without_end_are_read_as_far_as_makes_sense() -> None:
    parse_error(b'{"details":' * 400 + b"1" + b"}" * 400)


@pytest.mark.parametrize("body", [b"{}", b"slow down", b'{"errors": [{"code": "quota"}]}'])
def test_too_many_calls_are_told_from_other_pauses(body: bytes) -> None:
    pause = {"retry-after": "50"}
    for told in (call_error, older_call_error):
        assert told(429, pause, body, {}).rate_limited
        assert not told(503, pause, body, {}).rate_limited
