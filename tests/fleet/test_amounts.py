"""Amounts that come over the network: each is sold once, and its sender hears what became of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from kiosk.fleet.link import LONGEST_PAUSE
from kiosk.sale.effects import SaleEnded
from kiosk.sale.events import InputLost, InputOpened, ReadingRejected, ResultDelivered
from kiosk.sale.words import Outcome
from tests.fleet.counter import NOON, Counter
from tests.fleet.test_link import story

IN, OUT = "kiosk/v1/shop1/k1/in/amount", "kiosk/v1/shop1/k1/out/amount"
BACK = "back-office/answers"


def request(amount_id: str, **fields: Any) -> bytes:
    """Return an amount that is asked for now."""
    seconds = NOON + anyio.current_time() - fields.pop("age", 0.0)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    asked = {"v": 1, "id": amount_id, "amount": "12.50", "currency": "ARS", "at": at.isoformat()}
    return json.dumps(asked | fields).encode()


async def asks(counter: Counter, amount_id: str, **fields: Any) -> None:
    await counter.broker.publish(IN, request(amount_id, **fields))
    await anyio.sleep(2)


def answers(counter: Counter, amount_id: str) -> list[tuple[str | None, ...]]:
    """Return (result, reason, reference) of each answer."""
    return [
        (each["result"], each.get("reason"), each.get("reference"))
        for each in counter.broker.told("/out/amount")
        if each["id"] == amount_id
    ]


@story
async def test_an_amount_is_sold_and_its_sender_hears_the_result(counter: Counter) -> None:
    await asks(counter, "n1")
    (read,) = counter.amounts()
    assert (str(read.amount), read.source, read.ticket) == ("12.50 ARS", "mqtt", "n1")
    sale = counter.opens(read)
    await anyio.sleep(1)
    assert answers(counter, "n1") == [("open", None, "k1-1")]
    counter.ends(sale)
    await anyio.sleep(1)
    assert answers(counter, "n1")[1:] == [("paid", None, "k1-1")]
    assert counter.readings[-1] == ResultDelivered("k1-1", Outcome.PAID)


@story
async def test_the_same_id_again_is_answered_and_not_sold(counter: Counter) -> None:
    await asks(counter, "n1")
    await asks(counter, "n1")
    assert answers(counter, "n1") == [("open", None, None)], "it waits at the counter"
    sale = counter.opens(counter.amounts()[0])
    await asks(counter, "n1")
    counter.ends(sale, Outcome.EXPIRED)
    await asks(counter, "n1", age=10_000.0)
    assert answers(counter, "n1")[-2:] == [("expired", None, "k1-1")] * 2
    assert len(counter.amounts()) == 1


@story
async def test_an_id_is_known_after_a_restart(counter: Counter) -> None:
    await asks(counter, "n1")
    sale = counter.opens(counter.amounts()[0])
    await counter.restarts()
    await asks(counter, "n1")
    assert answers(counter, "n1")[-1] == ("open", None, "k1-1")
    counter.ends(sale)
    await asks(counter, "n1")
    assert answers(counter, "n1")[-1] == ("paid", None, "k1-1")
    assert len(counter.amounts()) == 1


@story
async def test_an_amount_that_was_lost_in_a_power_cut_can_be_sold(counter: Counter) -> None:
    await asks(counter, "n1")
    await counter.restarts()
    await asks(counter, "n1")
    assert len(counter.amounts()) == 2
    counter.opens(counter.amounts()[-1])


@story
async def test_an_id_with_another_amount_gets_no_result(counter: Counter) -> None:
    """A sender that begins to count again must not take an old payment for a new one."""
    await asks(counter, "n1")
    counter.ends(counter.opens(counter.amounts()[0]))
    await asks(counter, "n1", amount="99.00")
    assert answers(counter, "n1")[-1] == ("rejected", "other_amount", "k1-1")
    assert len(counter.amounts()) == 1


@story
async def test_an_id_that_names_the_sale_of_another_counter_tells_nothing_of_it(
    counter: Counter,
) -> None:
    """Nor of a sale of this one that its register asked for: an id is not a reference."""
    counter.sells("k1-9")
    for known in ("k1-9", "k2-7"):
        await asks(counter, known)
        assert answers(counter, known) == []
        sale = counter.opens(counter.amounts()[-1])
        counter.ends(sale)
        await anyio.sleep(1)
        assert answers(counter, known)[-1] == ("paid", None, sale.reference)


@story
async def test_a_sale_that_is_left_to_people_has_no_result(counter: Counter) -> None:
    await asks(counter, "n1")
    sale = counter.opens(counter.amounts()[0])
    ended = SaleEnded(sale.reference, Outcome.PAID, "less was paid", held=True)
    counter.journal.remember(ended)
    await asks(counter, "n1")
    assert answers(counter, "n1")[-1] == ("unknown", None, "k1-1")


@story
async def test_a_counter_that_is_busy_declines_and_the_id_may_come_again(counter: Counter) -> None:
    await asks(counter, "n1")
    counter.till.decline("n1")
    await anyio.sleep(1)
    assert answers(counter, "n1") == [("rejected", "busy", None)]
    await asks(counter, "n1")
    assert len(counter.amounts()) == 2


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("too_old", {"age": 31.0}),
        ("too_old", {"at": "1970-01-01T00:00:00Z"}),
        ("clock", {"age": -11.0}),
        ("clock", {"at": "9999-12-31T23:59:59-23:59"}),
        ("currency", {"currency": "BRL"}),
        ("amount", {"amount": "0.00"}),
        ("amount", {"amount": "12.5"}),
        ("amount", {"amount": "999999999999999.00"}),
        ("unreadable", {"amount": 12.5}),
        ("unreadable", {"amount": "-12.50"}),
        ("unreadable", {"amount": "12,50"}),
        ("unreadable", {"amount": "1e3"}),
        ("unreadable", {"amount": "١٢.٥٠"}),
        ("unreadable", {"at": "2027-01-15T08:00:00"}),
        ("unreadable", {"at": 1_800_000_000}),
        ("unreadable", {"at": "noon"}),
        ("unreadable", {"v": 2}),
        ("unreadable", {"pay": True}),
        ("unreadable", {"currency": "ARS" * 1000}),
    ],
)
def test_a_doubtful_amount_is_rejected_counted_and_said(
    reason: str, fields: dict[str, Any]
) -> None:
    @story
    async def told(counter: Counter) -> None:
        await asks(counter, "n1", **fields)
        assert answers(counter, "n1") == [("rejected", reason, None)]
        assert counter.amounts() == []
        assert isinstance(counter.readings[-1], ReadingRejected)
        assert counter.till.counts.rejected == 1

    told()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"v": 1, "id": ""}',
        b'{"v": 1, "id": "a b"}',
        b'{"v": 1, "id": "a\\u0000"}',
        b'{"v": 1, "id": "\\ud800"}',
        b'{"v": 1, "id": 7}',
        b'{"v": 1, "id": "' + b"x" * 65 + b'"}',
    ],
    ids=lambda payload: payload[:14].hex(),
)
def test_a_message_without_an_id_is_counted_and_has_no_answer(payload: bytes) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.broker.publish(IN, payload)
        await asks(counter, "n1")
        assert [each["id"] for each in counter.broker.told("/out/amount")] == []
        assert [read.ticket for read in counter.amounts()] == ["n1"]
        assert counter.till.counts.rejected == 1
        assert len(counter.broker.logins) == 1, "the connection stays"

    told()


@story
async def test_nothing_is_sold_while_the_right_time_is_not_known(counter: Counter) -> None:
    counter.service_clock = lambda: None
    await asks(counter, "n1")
    assert answers(counter, "n1") == [("rejected", "clock", None)]


@story
async def test_a_retained_amount_is_old_and_ignored(counter: Counter) -> None:
    await counter.broker.publish(IN, request("n1"), retain=True)
    await anyio.sleep(2)
    assert (counter.amounts(), counter.broker.told("/out/amount")) == ([], [])


@pytest.mark.slow
@story
async def test_ten_thousand_amounts_in_a_second_are_bounded(counter: Counter) -> None:
    for number in range(10_000):
        await counter.broker.publish(IN, request(f"n{number}"))
    await anyio.sleep(60)
    assert 1 < len(counter.amounts()) < 50
    assert len(counter.broker.told("/out/amount")) < 1000
    assert {each["reason"] for each in counter.broker.told("/out/amount")} == {"busy"}
    await asks(counter, "later")
    assert counter.amounts()[-1].ticket == "later", "and the link works as before"


@story
async def test_a_result_waits_for_the_broker(counter: Counter) -> None:
    await asks(counter, "n1")
    sale = counter.opens(counter.amounts()[0])
    await anyio.sleep(2)
    counter.broker.away = True
    await counter.broker.drop()
    await anyio.sleep(5)
    assert isinstance(counter.readings[-1], InputLost)
    counter.ends(sale)
    await anyio.sleep(1000)
    assert not isinstance(counter.readings[-1], ResultDelivered), "nobody has heard it"
    counter.broker.away = False
    await anyio.sleep(LONGEST_PAUSE + 10)
    assert answers(counter, "n1")[-1] == ("paid", None, "k1-1")
    assert counter.readings[-2:] == [
        InputOpened("mqtt"),
        ResultDelivered("k1-1", Outcome.PAID),
    ]


@story
async def test_the_answer_goes_where_its_sender_wants_it(counter: Counter) -> None:
    await counter.broker.publish(IN, request("n1"), response_topic=BACK, correlation=b"\x00till 4")
    await anyio.sleep(2)
    counter.ends(counter.opens(counter.amounts()[0]))
    await anyio.sleep(2)
    there = [payload["result"] for _, topic, payload in counter.broker.published if topic == BACK]
    assert there[-1] == "paid"
    assert counter.broker.told("/out/amount") == []
    assert counter.broker.correlations[-1] == b"\x00till 4"


@pytest.mark.parametrize("topic", ["$SYS/x", "x" * 257])
def test_an_answer_that_can_t_go_there_goes_to_our_own_topic(topic: str) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.broker.publish(IN, request("n1", age=99.0), response_topic=topic)
        await anyio.sleep(2)
        assert answers(counter, "n1") == [("rejected", "too_old", None)]
        assert len(counter.broker.logins) == 1

    told()


@story
async def test_an_answer_that_the_broker_refuses_goes_to_our_own_topic(counter: Counter) -> None:
    counter.broker.refused = BACK
    await counter.broker.publish(IN, request("n1", age=99.0), response_topic=BACK)
    await anyio.sleep(2)
    assert answers(counter, "n1") == [("rejected", "too_old", None)]
    assert len(counter.broker.logins) == 1, "the connection stays"
