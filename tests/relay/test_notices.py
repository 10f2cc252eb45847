"""A notice becomes a hint for the right counter, or nothing; its sender never learns which."""

from __future__ import annotations

import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.relay.relay_app import BODY_TAKES, LARGEST
from tests.fleet.viewer.chain import sale, state
from tests.relay.rig import KEPT, NOW, ORDER, REFERENCE, Desk, play, signed, story, webhook
from tests.support.examples import examples

HINT = ("shop1/k1", {"v": 1, "order": ORDER, "reference": REFERENCE})
UNSIGNED: dict[str, Any] = {"secrets": (), "unsigned": "pass"}


@story
async def test_a_signed_notice_is_a_hint_for_the_counter_with_the_order(desk: Desk) -> None:
    assert await desk.post(body=webhook(), headers=signed()) == 200
    assert await desk.hints() == [HINT]
    assert (desk.count("notices_total", "hinted"), desk.count("hints_total", "sent")) == (1, 1)


@story
async def test_the_order_alone_is_enough(desk: Desk) -> None:
    assert await desk.post(headers=signed()) == 200
    assert await desk.hints() == [("shop1/k1", {"v": 1, "order": ORDER})]


@story
async def test_the_reference_is_enough_before_the_counter_knows_its_order(desk: Desk) -> None:
    await desk.broker.tell("shop1/k2/state", state(seq=1, state="creating", reference="k2-1"))
    await anyio.sleep(0.1)
    order = "ORD" + "7" * 26
    body = webhook(id=order, external_reference="k2-1")
    await desk.post(query=f"data.id={order}&type=order", body=body, headers=signed(order))
    assert await desk.hints() == [("shop1/k2", {"v": 1, "order": order, "reference": "k2-1"})]


@story
async def test_a_sale_that_has_ended_is_known_too(desk: Desk) -> None:
    await desk.broker.tell("shop1/k2/sale", sale("k2-9", order_id="ORD9"))
    await anyio.sleep(0.1)
    await desk.post(query="data.id=ORD9&type=order", headers=signed("ORD9"))
    assert [counter for counter, _ in await desk.hints()] == ["shop1/k2"]


@story
async def test_an_order_of_nobody_hints_at_nobody(desk: Desk) -> None:
    assert await desk.post(query="data.id=ORD0&type=order", headers=signed("ORD0")) == 200
    assert await desk.hints() == []
    assert desk.count("notices_total", "unknown") == 1


# --- signatures -----------------------------------------------------------------------------------


@story
async def test_a_forged_notice_is_dropped_and_its_sender_is_not_told(desk: Desk) -> None:
    for headers in (signed("ORDOTHER"), signed(request="x") | {"x-request-id": "y"}):
        assert await desk.post(body=webhook(), headers=headers) == 200
    assert await desk.hints() == []
    assert desk.count("notices_total", "forged") == 2


@story
async def test_a_forged_notice_does_not_make_the_true_one_a_repeated_one(desk: Desk) -> None:
    await desk.post(headers=signed() | {"x-signature": f"ts={NOW},v1={'0' * 64}"})
    await desk.post(headers=signed())
    assert len(await desk.hints()) == 1


@pytest.mark.parametrize(("unsigned", "hints"), [("pass", 1), ("drop", 0)])
def test_a_notice_without_a_signature_passes_only_where_that_is_configured(
    unsigned: str, hints: int
) -> None:
    async def told(desk: Desk) -> None:
        assert await desk.post(body=webhook()) == 200
        assert len(await desk.hints()) == hints
        assert desk.count("notices_total", "unsigned") == 1 - hints

    play(told, unsigned=unsigned)


@pytest.mark.parametrize(("late", "hints"), [("pass", 1), ("drop", 0)])
def test_a_late_notice_passes_only_where_that_is_configured(late: str, hints: int) -> None:
    async def told(desk: Desk) -> None:
        assert await desk.post(body=webhook(), headers=signed(stamp=NOW - 900)) == 200
        assert len(await desk.hints()) == hints
        assert desk.count("notices_total", "late") == 1 - hints

    play(told, late=late)


@story
async def test_a_notice_may_be_signed_over_the_id_of_the_older_notices(desk: Desk) -> None:
    known = state(seq=1, reference="k2-1", order="4945357007")
    await desk.broker.tell("shop1/k2/state", known)
    await anyio.sleep(0.1)
    query = "id=4945357007&topic=merchant_order"
    assert await desk.post(query=query, headers=signed("4945357007")) == 200
    assert len(await desk.hints()) == 1


# --- again, late, and in another order ------------------------------------------------------------


@story
async def test_a_notice_that_is_repeated_hints_once_in_a_minute(desk: Desk) -> None:
    for _ in range(3):
        assert await desk.post(body=webhook(), headers=signed()) == 200
        await anyio.sleep(20)
    assert len(await desk.hints()) == 1
    await anyio.sleep(2)
    await desk.post(body=webhook(), headers=signed())
    assert len(await desk.hints()) == 2
    assert desk.count("notices_total", "repeated") == 2


@story
async def test_notices_in_another_order_than_they_happened_are_hints_all_the_same(
    desk: Desk,
) -> None:
    for number, action in enumerate(("order.refunded", "order.processed", "order.expired")):
        await desk.post(body=webhook(action), headers=signed(request=f"req-{number}"))
        await anyio.sleep(2)
    assert await desk.hints() == [HINT] * 3


@story
async def test_many_notices_about_one_counter_are_a_hint_a_second(desk: Desk) -> None:
    for number in range(300):
        await desk.post(body=webhook(), headers=signed(request=f"req-{number}"))
        await anyio.sleep(0.01)
    await anyio.sleep(3)
    assert len(await desk.hints()) == 4


# --- the older APIs -------------------------------------------------------------------------------


def test_the_older_notices_name_their_counter_in_the_address() -> None:
    """Their merchant order is one that the counter has never heard of; scanned, then paid."""

    async def told(desk: Desk) -> None:
        for _ in range(2):
            path, query = "/notices/shop1/k1", "topic=merchant_order&id=4945357007"
            assert await desk.post(path, query) == 200
            await anyio.sleep(2)
        assert await desk.hints() == [("shop1/k1", {"v": 1, "reference": REFERENCE})] * 2

    play(told, **UNSIGNED)


@pytest.mark.parametrize(
    "path", ["/notices/shop1/k2", "/notices/shop9/k1", "/notices/%2B/%23", "/notices/+/+"]
)
def test_an_address_without_a_counter_or_a_sale_hints_at_nobody(path: str) -> None:
    async def told(desk: Desk) -> None:
        assert await desk.post(path, "topic=merchant_order&id=4945357007") == 200
        assert await desk.hints() == []
        assert len(desk.broker.logins) == 1, "the connection stays"

    play(told, **UNSIGNED)


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", b""),
        ("type=payment&data.id=123", b"{}"),
        ("", b"<html>"),
        ("", b'{"type": "order", "data"'),
        ("", b'{"type": "order", "data": {"id": []}}'),
        ("type=order&data.id=../../users/me", b""),
        ("", b"[" * 60_000),
        ("", b"\xff\xfe\x00"),
        ("data.id=%FF%00&type=order", b""),
    ],
    ids=range(9),
)
def test_what_is_about_no_order_is_answered_and_dropped(query: str, body: bytes) -> None:
    async def told(desk: Desk) -> None:
        assert await desk.post(query=query, body=body) == 200
        assert await desk.hints() == []
        assert desk.count("notices_total", "not_ours") == 1

    play(told, **UNSIGNED)


@story
async def test_ten_megabytes_are_refused_before_they_are_read(desk: Desk) -> None:
    pieces = (b"x" * 8192 for _ in range(10_000_000 // 8192))
    assert await desk.pour(pieces, {"content-length": "10000000"}) == 413
    assert len([*pieces]) == 10_000_000 // 8192
    pieces = (b"x" * 8192 for _ in range(10_000_000 // 8192))
    assert await desk.pour(pieces, {"transfer-encoding": "chunked"}) == 413
    assert len([*pieces]) >= (10_000_000 - LARGEST) // 8192 - 1
    assert desk.count("notices_total", "too_large") == 2


@story
async def test_a_body_that_never_ends_is_left(desk: Desk) -> None:
    async def slow() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await anyio.sleep(1)

    begun = anyio.current_time()
    assert await desk.post(body=slow()) == 408
    assert anyio.current_time() - begun == pytest.approx(BODY_TAKES)
    assert desk.count("notices_total", "too_slow") == 1


@story
async def test_only_notices_are_taken_here(desk: Desk) -> None:
    assert (await desk.http.get("/notices")).status_code == 405
    assert (await desk.http.post("/")).status_code == 404
    assert (await desk.http.post("/notices/shop1/k1/in/amount")).status_code == 404


@settings(max_examples=examples(30), deadline=None)
@given(st.text(max_size=80), st.binary(max_size=200), st.text(max_size=40))
def test_any_notice_is_answered(query: str, body: bytes, signature: str) -> None:
    async def told(desk: Desk) -> None:
        headers = {"x-signature": urllib.parse.quote(signature)}
        asked = urllib.parse.quote(query, safe="=&", errors="replace")
        assert await desk.post(query=asked, body=body, headers=headers) == 200

    play(told, unsigned="pass", late="pass")


# --- what counters tell ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"v": 2, "reference": "k1-2"}',
        b'{"v": 1, "reference": 7}',
        b"\xff",
    ],
)
def test_what_no_kiosk_writes_teaches_nothing(payload: bytes) -> None:
    async def told(desk: Desk) -> None:
        await desk.broker.tell("shop1/k1/state", payload, retain=True)
        await desk.broker.tell("shop1/k1/state/extra", state(reference=REFERENCE))
        await desk.post(body=webhook(), headers=signed())
        assert await desk.hints() == [HINT]

    play(told)


def test_a_newer_kiosk_may_tell_more() -> None:
    async def told(desk: Desk) -> None:
        await desk.post(body=webhook(), headers=signed())
        assert await desk.hints() == [HINT]

    play(told, kept={"shop1/k1/state": {**KEPT["shop1/k1/state"], "mood": "good"}})


@story
async def test_a_counter_that_is_lost_is_still_found(desk: Desk) -> None:
    lost = {"v": 1, "online": False, "reason": "lost", "boot": "00000001"}
    await desk.broker.tell("shop1/k1/state", lost)
    await desk.post(body=webhook(), headers=signed())
    assert await desk.hints() == [HINT]


def test_a_relay_of_one_shop_hears_its_counters_only() -> None:
    async def told(desk: Desk) -> None:
        await desk.post(body=webhook(), headers=signed())
        assert await desk.hints() == []
        assert desk.count("counters") == 1

    play(told, kept={**KEPT, "shop2/k1/state": state()}, shop="shop2")
