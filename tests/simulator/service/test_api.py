"""The API in process, on virtual time: HTTP, faults and control routes, without a socket."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx
import pytest
import trio
from trio.testing import MockClock

from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.simulator.counter import NOON, ORDER, TOKEN, order

NOBODY = "ORD" + "0" * 26


class Client:
    """A client without a network, and the clock of both sides."""

    def __init__(self, *rules: dict[str, Any]) -> None:
        rng = Random(1)
        faults = Faults(parse(list(rules)))
        app = create_app(OrderBook(rng, ServiceOptions()), faults, self.clock, rng)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://127.0.0.1:9000",
            headers={"authorization": f"Bearer {TOKEN}"},
        )
        self._key = 0

    def clock(self) -> float:
        return NOON + trio.current_time()

    async def post(self, path: str, body: Any = None, key: str = "") -> httpx.Response:
        self._key += 1
        headers = {"x-idempotency-key": key or f"key-{self._key}"}
        return await self.http.post(path, json=body, headers=headers)

    async def created(self, body: Any = ORDER) -> str:
        answer = await self.post("/v1/orders", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def status(self, order_id: str) -> str:
        return str((await self.http.get(f"/v1/orders/{order_id}")).json()["status"])

    async def requests(self) -> list[dict[str, Any]]:
        log: list[dict[str, Any]] = (await self.http.get("/simulator/requests")).json()
        return log


def play(story: Callable[[Client], Awaitable[None]], *rules: dict[str, Any]) -> None:
    """Run a story on virtual time: when all tasks wait, the clock jumps to the first timer."""

    async def run() -> None:
        client = Client(*rules)
        async with client.http:
            await story(client)

    trio.run(run, clock=MockClock(autojump_threshold=0))


def test_an_order_goes_through_all_four_operations() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        assert (await client.http.get(f"/v1/orders/{order_id}")).status_code == 200
        assert (await client.post(f"/simulator/orders/{order_id}/pay")).status_code == 200
        assert (await client.post(f"/v1/orders/{order_id}/cancel")).status_code == 409
        assert (await client.post(f"/v1/orders/{order_id}/refund")).status_code == 201
        assert await client.status(order_id) == "refunded"

    play(story)


def test_an_order_expires_with_the_virtual_clock() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        await trio.sleep(299)
        assert await client.status(order_id) == "created"
        await trio.sleep(1)
        assert await client.status(order_id) == "expired"

    play(story)


def test_every_answer_tells_the_date_and_a_request_id_of_its_own() -> None:
    async def story(client: Client) -> None:
        first = await client.post("/v1/orders", ORDER)
        await trio.sleep(3600)
        second = await client.http.get(f"/v1/orders/{NOBODY}")
        assert first.headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
        assert second.headers["date"] == "Mon, 21 Sep 2026 15:13:20 GMT"
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
        assert second.headers["content-type"] == "application/json"

    play(story)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/orders", 405, "method_not_allowed"),
        ("DELETE", f"/v1/orders/{NOBODY}", 405, "method_not_allowed"),
        ("GET", f"/v1/orders/{NOBODY}/refund", 405, "method_not_allowed"),
        ("GET", "/v1/customers/1", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
    ],
)
def test_an_unknown_route_is_refused_in_json(
    method: str, path: str, status: int, code: str
) -> None:
    async def story(client: Client) -> None:
        answer = await client.http.request(method, path)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["code"] == code

    play(story)


def test_without_a_bearer_token_every_call_is_refused() -> None:
    async def story(client: Client) -> None:
        for header in ("", "Basic APP_USR-1", "Bearer", "Bearer BAD"):
            headers = {"authorization": header}
            answer = await client.http.get(f"/v1/orders/{NOBODY}", headers=headers)
            assert answer.status_code == 401, header

    play(story)


# --- faults --------------------------------------------------------------------------------------


def test_a_dropped_request_is_not_carried_out() -> None:
    async def story(client: Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.created()
        assert (await client.http.get("/simulator/orders")).json() == []
        assert [entry["status"] for entry in await client.requests()] == [None]

    play(story, {"do": "drop_request"})


def test_a_call_with_a_lost_answer_is_carried_out_and_its_key_brings_the_same_order() -> None:
    async def story(client: Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/v1/orders", ORDER, key="one")
        answer = await client.post("/v1/orders", ORDER, key="one")
        orders = (await client.http.get("/simulator/orders")).json()
        assert [each["id"] for each in orders] == [answer.json()["id"]]

    play(story, {"do": "drop_reply", "call": "create", "nth": 1})


@pytest.mark.parametrize(("when", "made_at"), [("before", 4), ("after", 0)])
def test_a_delay_is_before_or_after(when: str, made_at: int) -> None:
    async def story(client: Client) -> None:
        answer = await client.post("/v1/orders", ORDER)
        assert trio.current_time() == pytest.approx(4)
        assert answer.json()["created_date"] == f"2026-09-21T14:13:{20 + made_at}.000Z"

    play(story, {"do": "delay", "seconds": 4, "when": when})


@pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])
def test_an_error_can_be_sent_although_the_call_was_carried_out(when: str, orders: int) -> None:
    async def story(client: Client) -> None:
        assert (await client.post("/v1/orders", ORDER)).status_code == 500
        assert len((await client.http.get("/simulator/orders")).json()) == orders

    play(story, {"do": "status", "status": 500, "when": when})


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("errors", {"errors": [{"code": "resource_locked", "message": "Busy", "details": []}]}),
        (
            "flat",
            {
                "code": "resource_locked",
                "message": "Busy",
                "details": [{"code": "resource_locked", "message": "Busy", "details": []}],
            },
        ),
        (
            "legacy",
            {"error": "resource_locked", "message": "Busy", "status": 423, "causes": []},
        ),
        ("gateway", {"status": 423, "message": "Busy"}),
    ],
)
def test_errors_come_in_all_shapes(shape: str, body: dict[str, Any]) -> None:
    async def story(client: Client) -> None:
        answer = await client.post("/v1/orders", ORDER)
        assert answer.status_code == 423
        assert answer.json() == body

    rule = {"status": 423, "shape": shape, "code": "resource_locked", "message": "Busy"}
    play(story, {"do": "status", **rule})


def test_an_error_can_be_a_page_or_nothing_at_all() -> None:
    async def story(client: Client) -> None:
        page = await client.post("/v1/orders", ORDER)
        nothing = await client.post("/v1/orders", ORDER)
        assert page.headers["content-type"].startswith("text/html")
        assert "<h1>503</h1>" in page.text
        assert (nothing.status_code, nothing.content) == (502, b"")

    play(
        story,
        {"do": "status", "status": 503, "shape": "html", "nth": 1},
        {"do": "status", "status": 502, "shape": "empty", "nth": 2},
    )


@pytest.mark.parametrize("retry_after", [7, "Mon, 21 Sep 2026 14:14:00 GMT"])
def test_a_busy_service_says_when_to_come_back(retry_after: float | str) -> None:
    async def story(client: Client) -> None:
        answer = await client.http.get(f"/v1/orders/{NOBODY}")
        assert answer.status_code == 429
        assert answer.headers["retry-after"] in {"7", "7.0", retry_after}

    play(story, {"do": "status", "status": 429, "retry_after": retry_after})


def test_garbage_is_not_json() -> None:
    async def story(client: Client) -> None:
        answer = await client.post("/v1/orders", ORDER)
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        assert len((await client.http.get("/simulator/orders")).json()) == 1

    play(story, {"do": "garbage"})


def test_the_payer_is_faster_than_the_cancel() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        answer = await client.post(f"/v1/orders/{order_id}/cancel")
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["code"] == "order_already_canceled"
        assert await client.status(order_id) == "processed"

    play(story, {"do": "pay_first", "call": "cancel"})


def test_the_payer_holds_the_order_while_it_is_canceled() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        answer = await client.post(f"/v1/orders/{order_id}/cancel")
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["code"] == "instore_order_locked_error"
        assert await client.status(order_id) == "created"
        await trio.sleep(3)
        assert await client.status(order_id) == "processed"

    play(story, {"do": "locked", "call": "cancel", "seconds": 3})


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        ("wrong_amount", {"total_amount": "1.00"}),
        ("wrong_reference", {"external_reference": "somebody-elses"}),
        ("wrong_id", {"id": NOBODY}),
    ],
)
def test_an_answer_can_be_about_another_order(action: str, wrong: dict[str, str]) -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        true = (await client.http.get("/simulator/orders")).json()[0]
        told = (await client.http.get(f"/v1/orders/{order_id}")).json()
        assert told.items() >= wrong.items()
        assert {name for name in true if true[name] != told[name]} - {"transactions"} == {*wrong}

    play(story, {"do": action, "call": "get"})


def test_a_changed_order_leaves_an_error_as_it_is() -> None:
    async def story(client: Client) -> None:
        answer = await client.http.get(f"/v1/orders/{NOBODY}")
        assert answer.json()["errors"][0]["code"] == "order_not_found"

    play(story, {"do": "wrong_id"})


def test_rules_for_one_call_work_together_the_first_outermost() -> None:
    async def story(client: Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.created()
        assert trio.current_time() == pytest.approx(5)
        assert len((await client.http.get("/simulator/orders")).json()) == 1

    play(story, {"do": "delay", "seconds": 5}, {"do": "drop_reply"})


# --- control routes ------------------------------------------------------------------------------


def test_orders_are_listed_newest_first_as_the_api_shows_them() -> None:
    async def story(client: Client) -> None:
        first, second = await client.created(), await client.created()
        orders = (await client.http.get("/simulator/orders")).json()
        assert [each["id"] for each in orders] == [second, first]
        assert orders[0] == (await client.http.get(f"/v1/orders/{second}")).json()

    play(story)


def test_paying_is_refused_with_a_reason() -> None:
    async def story(client: Client) -> None:
        unknown = await client.post(f"/simulator/orders/{NOBODY}/pay")
        assert unknown.status_code == 404
        order_id = await client.created()
        await client.post(f"/v1/orders/{order_id}/cancel")
        late = await client.post(f"/simulator/orders/{order_id}/pay")
        assert (late.status_code, late.json()) == (409, {"errors": ["the order is canceled"]})
        assert (await client.post(f"/simulator/orders/{order_id}/pay?takes=x")).status_code == 400

    play(story)


def test_a_payer_may_be_slow_and_choose_the_method() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        await client.post(f"/simulator/orders/{order_id}/pay?takes=3&method=debit_card")
        assert await client.status(order_id) == "created"
        await trio.sleep(3)
        seen = (await client.http.get(f"/v1/orders/{order_id}")).json()
        assert seen["transactions"]["payments"][0]["payment_method"]["id"] == "debit_card"

    play(story)


def test_testers_and_sellers_change_orders_and_quirks_are_asked_for_by_name() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created()
        failed = await client.post(f"/simulator/orders/{order_id}/fail?detail=odd")
        assert (failed.json()["status"], failed.json()["status_detail"]) == ("failed", "odd")
        assert (await client.post(f"/simulator/orders/{order_id}/fail")).status_code == 409
        assert (await client.post(f"/simulator/orders/{NOBODY}/fail")).status_code == 404
        refused = await client.post(f"/simulator/orders/{order_id}/refund")
        assert refused.json() == {"errors": ["cannot_refund_order"]}
        order_id = await client.created()
        unknown = await client.post(f"/simulator/orders/{order_id}/pay?quirk=odd")
        assert unknown.status_code == 400
        assert "odd is not a quirk; choose from refused_first" in unknown.text
        await client.post(f"/simulator/orders/{order_id}/pay?quirk=refused_first&quirk=new_total")
        refunded = await client.post(f"/simulator/orders/{order_id}/refund?takes=60")
        assert refunded.json()["transactions"]["refunds"][0]["status"] == "processing"
        assert len(refunded.json()["transactions"]["payments"]) == 2

    play(story)


def test_the_printed_code_of_a_counter_can_be_scanned() -> None:
    async def story(client: Client) -> None:
        order_id = await client.created(order(config__qr__mode="static"))
        assert (await client.post("/simulator/pos/COUNTER9/scan")).status_code == 404
        answer = await client.post("/simulator/pos/COUNTER1/scan")
        assert (answer.status_code, answer.json()["id"]) == (200, order_id)
        assert (await client.post("/simulator/pos/COUNTER1/scan")).status_code == 409

    play(story)


def test_faults_come_and_go_over_http() -> None:
    async def story(client: Client) -> None:
        rules = [{"do": "status", "status": 503}]
        assert (await client.post("/simulator/faults", rules)).status_code == 204
        assert (await client.http.get(f"/v1/orders/{NOBODY}")).status_code == 503
        assert (await client.http.delete("/simulator/faults")).status_code == 204
        assert (await client.http.get(f"/v1/orders/{NOBODY}")).status_code == 404

    play(story)


def test_bad_fault_rules_are_refused_in_sentences() -> None:
    async def story(client: Client) -> None:
        answer = await client.post("/simulator/faults", [{"do": "dealy"}])
        assert answer.status_code == 400
        assert answer.json() == {
            "errors": ["rule 1: do: 'dealy' is not a valid action; did you mean delay?"]
        }
        assert (await client.http.post("/simulator/faults", content=b"{")).status_code == 400

    play(story)


def test_the_log_has_the_requests_to_the_byte() -> None:
    async def story(client: Client) -> None:
        body = b'{"type" :  "qr"}'
        headers = {"x-idempotency-key": "one"}
        await client.http.post("/v1/orders", content=body, headers=headers)
        assert await client.requests() == [
            {
                "at": NOON,
                "method": "POST",
                "path": "/v1/orders",
                "operation": "create",
                "key": "one",
                "body": body.decode(),
                "status": 400,
            }
        ]

    play(story)
