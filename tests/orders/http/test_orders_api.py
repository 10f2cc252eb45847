"""The client's calls, answered in memory: what is sent, what comes back, what is said of it."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from functools import partial
from tempfile import gettempdir

import anyio
import httpx
import pytest
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import CallError, NotSent, OrderRefused, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.sale.events import OrderSeen
from tests.orders.support import KEY, ORDER_ID, QR, SALE, TOKEN, Handler, client, order, order_bytes
from tests.support.examples import examples

pytestmark = pytest.mark.anyio


class Service:
    """Answers every request alike and keeps what it was asked."""

    def __init__(
        self, status: int = 200, body: bytes | None = None, headers: dict[str, str] | None = None
    ):
        self.requests: list[httpx.Request] = []
        self.status, self.headers = status, headers or {}
        self.body = order_bytes() if body is None else body

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, content=self.body, headers=self.headers)


def refusal(status: int, code: str, message: str = "") -> Service:
    error = {"errors": [{"code": code, "message": message}]}
    return Service(status, json.dumps(error).encode(), {"x-request-id": "req-7"})


async def test_a_create_sends_the_journals_bytes_unchanged_under_its_key() -> None:
    service = Service(201)
    orders = client(service)
    strange = b'{ "external_reference":"k1-0001",\n"total_amount": "1234.56"}'
    assert await orders.create(KEY, strange) == OrderSeen(
        ORDER_ID, SALE.reference, "created", Money.of("1234.56", "ARS"), "created", QR
    )
    (request,) = service.requests
    assert (request.method, str(request.url)) == ("POST", "https://api.mercadopago.com/v1/orders")
    assert request.content == strange
    assert request.headers["x-idempotency-key"] == KEY
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert re.fullmatch(r"kiosk/[0-9.a-z]+", request.headers["user-agent"])
    assert request.headers["accept"] == "*/*"
    assert request.headers["accept-encoding"] == "gzip"


async def test_a_fetch_is_a_plain_get() -> None:
    service = Service(body=order_bytes(status="processed"))
    seen = await client(service).fetch(ORDER_ID)
    assert seen.status == "processed"
    (request,) = service.requests
    assert (request.method, request.url.path) == ("GET", f"/v1/orders/{ORDER_ID}")
    assert "x-idempotency-key" not in request.headers


async def test_each_cancellation_is_a_new_question() -> None:
    service = Service(body=order_bytes(status="canceled"))
    orders = client(service)
    assert (await orders.cancel(ORDER_ID)).status == "canceled"
    await orders.cancel(ORDER_ID)
    keys = {request.headers["x-idempotency-key"] for request in service.requests}
    assert len(keys) == 2
    assert {request.url.path for request in service.requests} == {f"/v1/orders/{ORDER_ID}/cancel"}


async def test_a_refund_of_everything_has_no_body() -> None:
    service = Service(201, b'{"id": "%s", "status": "refunded"}' % ORDER_ID.encode())
    seen = await client(service).refund(ORDER_ID, KEY)
    assert (seen.status, seen.total) == ("refunded", None)
    (request,) = service.requests
    assert request.url.path == f"/v1/orders/{ORDER_ID}/refund"
    assert (request.content, request.headers["x-idempotency-key"]) == (b"", KEY)


async def test_an_order_id_stays_one_part_of_the_path() -> None:
    service = Service()
    await client(service).fetch("../users/me?x=1")
    assert service.requests[0].url.raw_path == b"/v1/orders/..%2Fusers%2Fme%3Fx%3D1"


async def test_a_refused_token_names_where_it_was_found() -> None:
    with pytest.raises(OrderRefused, match=rf"orders\.token \(file {gettempdir()}/\w+\)") as caught:
        await client(refusal(401, "unauthorized")).fetch(ORDER_ID)
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")


async def test_a_point_of_sale_that_is_not_there_names_the_setting() -> None:
    with pytest.raises(OrderRefused, match=r"orders\.external_pos_id: .* COUNTER1"):
        await client(refusal(404, "pos_not_found")).create(KEY, b"{}")


async def test_a_conflict_is_a_refusal_that_says_so() -> None:
    with pytest.raises(OrderRefused) as caught:
        await client(refusal(409, "order_already_canceled")).cancel(ORDER_ID)
    assert caught.value.status == 409


async def test_a_busy_service_says_how_long_to_wait() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        await client(Service(429, b"{}", {"retry-after": "12"})).create(KEY, b"{}")
    assert caught.value.retry_after == 12


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"<html>hello</html>", {}),
        (200, b"", {}),
        (204, b"", {}),
        (200, b'{"status": "created"}', {}),
        (200, order_bytes()[:-5], {}),
        (503, b"<html>busy</html>", {}),
        (200, order_bytes() + b" " * (1 << 20), {}),
        (200, b"\x1f\x8b not gzip", {"content-encoding": "gzip"}),
        (302, b"", {"location": "https://elsewhere.example"}),
    ],
)
async def test_an_answer_without_an_order_leaves_the_outcome_unknown(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    service = Service(status, body, headers)
    with pytest.raises(OutcomeUnknown):
        await client(service).create(KEY, b"{}")
    assert len(service.requests) == 1


async def test_an_answer_of_one_mebibyte_is_read_and_one_byte_more_is_too_large() -> None:
    largest = order_bytes().ljust(1 << 20)
    assert (await client(Service(body=largest)).fetch(ORDER_ID)).order_id == ORDER_ID
    with pytest.raises(OutcomeUnknown, match=r"the answer of .* is larger than 1 MiB"):
        await client(Service(body=largest + b" ")).fetch(ORDER_ID)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("certificate verify failed: certificate is not yet valid", "check this computer's clock"),
        ("certificate verify failed: certificate has expired", "check this computer's clock"),
        ("certificate verify failed: self-signed certificate", "check the network"),
        ("", r"\(ConnectError\); check the network"),
    ],
)
async def test_a_connection_that_fails_says_what_to_check(reason: str, remedy: str) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(reason)

    with pytest.raises(NotSent, match=remedy):
        await client(fail).fetch(ORDER_ID)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ConnectTimeout("slow"), NotSent),
        (httpx.PoolTimeout("busy"), NotSent),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.WriteTimeout("slow"), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.WriteError("reset"), OutcomeUnknown),
        (httpx.RemoteProtocolError("gone"), OutcomeUnknown),
        (httpx.LocalProtocolError("odd"), OutcomeUnknown),
    ],
)
async def test_only_what_surely_never_left_was_not_sent(
    failure: Exception, kind: type[CallError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(CallError) as caught:
        await client(fail).create(KEY, b"{}")
    assert type(caught.value) is kind
    assert "api.mercadopago.com" in str(caught.value)


class Silence(httpx.AsyncBaseTransport):
    """A service that takes the request and never says anything."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError


@pytest.mark.parametrize(
    "anyio_backend", [("trio", {"clock": trio.testing.MockClock(autojump_threshold=0)})]
)
async def test_no_call_takes_longer_than_the_time_outs_add_up_to() -> None:
    began = anyio.current_time()
    with pytest.raises(OutcomeUnknown, match="no complete answer"):
        await client(Silence()).fetch(ORDER_ID)
    assert anyio.current_time() - began == 4 + 4 + 8


class TestProbe:
    @pytest.mark.parametrize("status", [200, 400, 404])
    async def test_a_service_that_knows_the_token_is_well(self, status: int) -> None:
        service = Service(status, b'{"message": "no such order"}')
        await client(service).probe()
        (request,) = service.requests
        assert request.method == "GET"
        assert request.url.path == "/v1/orders/ORD" + "0" * 26

    @pytest.mark.parametrize("status", [401, 403])
    async def test_a_refused_token_is_said(self, status: int) -> None:
        with pytest.raises(OrderRefused, match=r"orders\.token"):
            await client(Service(status, b'{"message": "no"}')).probe()

    @pytest.mark.parametrize("status", [302, 405, 409, 429, 500, 503])
    async def test_anything_else_says_nothing(self, status: int) -> None:
        with pytest.raises(OutcomeUnknown):
            await client(Service(status, b'{"message": "no"}')).probe()

    async def test_a_page_is_not_the_service(self) -> None:
        with pytest.raises(OutcomeUnknown):
            await client(Service(404, b"<html>Welcome to our hotel</html>")).probe()


class TestLog:
    """One line for each call; the caplog fixture holds what the journal of the system would."""

    @pytest.fixture(autouse=True)
    def _everything(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, "kiosk.orders")

    async def test_a_line_names_reference_request_id_status_and_time(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        orders = client(Service(201, headers={"x-request-id": "req-7"}))
        await orders.create(KEY, orders.request(SALE))
        (line,) = caplog.records
        assert line.levelno == logging.INFO
        text = line.getMessage()
        assert "POST /v1/orders: reference k1-0001, 201 in " in text
        assert " ms, x-request-id req-7: created/created" in text

    async def test_a_failed_call_is_a_warning_with_the_reference_it_was_about(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        orders = client(refusal(404, "pos_not_found"))
        with pytest.raises(OrderRefused):
            await orders.create(KEY, orders.request(SALE))
        (line,) = caplog.records
        assert line.levelno == logging.WARNING
        assert "reference k1-0001, 404 in" in line.getMessage()
        assert "req-7: the service refused: 404 pos_not_found" in line.getMessage()

    async def test_a_poll_that_brings_no_news_is_for_debugging_only(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        service = Service()
        orders = client(service)
        for status in ("created", "created", "processed"):
            service.body = order_bytes(status=status)
            await orders.fetch(ORDER_ID)
        levels = [line.levelno for line in caplog.records]
        assert levels == [logging.INFO, logging.DEBUG, logging.INFO]

    async def test_a_cancel_that_fails_again_in_the_same_way_is_for_debugging_only(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        service = refusal(409, "order_locked")
        orders = client(service)
        for order_id in (ORDER_ID, ORDER_ID, ORDER_ID[:-1] + "9"):
            for ask in (orders.cancel, orders.fetch):
                with pytest.raises(CallError):
                    await ask(order_id)
        levels = [line.levelno for line in caplog.records]
        assert levels == [*[logging.WARNING] * 2, *[logging.DEBUG] * 2, *[logging.WARNING] * 2]

    async def test_a_failed_look_names_the_reference_seen_before(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        service = Service()
        orders = client(service)
        await orders.fetch(ORDER_ID)
        service.status = 500
        with pytest.raises(OutcomeUnknown):
            await orders.fetch(ORDER_ID)
        assert "reference k1-0001" in caplog.records[-1].getMessage()

    async def test_an_answer_that_tells_no_reference_does_not_make_it_forgotten(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        service = Service()
        orders = client(service)
        await orders.fetch(ORDER_ID)
        service.body = order_bytes(external_reference=None, status="refunded")
        await orders.refund(ORDER_ID, KEY)
        await orders.fetch(ORDER_ID)
        assert "reference k1-0001" in caplog.records[-1].getMessage()

    @pytest.mark.parametrize("status", [400, 401, 500])
    async def test_a_service_that_quotes_the_token_does_not_spread_it(
        self, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        def quote(request: httpx.Request) -> httpx.Response:
            said = f"what is {request.headers['authorization']}?"
            return httpx.Response(status, json={"message": said, "code": "unauthorized"})

        with pytest.raises(CallError) as caught:
            await client(quote).fetch(ORDER_ID)
        assert "what is Bearer (the token)?" in str(caught.value)
        assert TOKEN not in str(caught.value) + caplog.text


async def ask_everything(orders: Orders) -> None:
    calls = (
        partial(orders.create, KEY, b"{}"),
        partial(orders.fetch, ORDER_ID),
        partial(orders.cancel, ORDER_ID),
        partial(orders.refund, ORDER_ID, KEY),
    )
    for call in calls:
        with contextlib.suppress(CallError):
            assert isinstance(await call(), OrderSeen)
    with contextlib.suppress(CallError):
        await orders.probe()


HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "content-type", "location", "x-request-id"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
)
BODIES = st.binary(max_size=200) | st.dictionaries(
    st.sampled_from([*order(), "errors", "message"]),
    st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=2),
).map(lambda tree: json.dumps(tree).encode())


@settings(max_examples=examples(60))
@given(st.integers(200, 599), HEADERS, BODIES)
def test_whatever_the_service_answers_a_call_brings_an_order_or_a_call_error(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    answer: Handler = Service(status, body, headers)
    anyio.run(ask_everything, client(answer))
