"""The link on virtual time: whatever the broker does, nothing is lost, and nobody waits."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from itertools import pairwise

import anyio
import mqtt5
import pytest

from kiosk.fleet.link import ALONE, CLOSED, FIRST_PAUSE, LONGEST_PAUSE
from kiosk.fleet.sale_topic import LONGEST_GAP
from kiosk.sale.effects import Receipt, RefundSeen
from kiosk.sale.events import OrderHinted
from kiosk.sale.words import Outcome
from tests.fleet.counter import Counter, play
from tests.support.play import pesos

ROOT = "kiosk/v1/shop1/k1"
Story = Callable[[Counter], Awaitable[None]]


def story(told: Story) -> Callable[[], None]:
    """Make a test of a story: its counter is idle, and its link runs."""

    async def begun(counter: Counter) -> None:
        counter.is_now("idle")
        counter.start()
        await anyio.sleep(2)
        await told(counter)

    def test() -> None:
        play(begun)

    test.__doc__ = told.__doc__
    return test


@story
async def test_the_state_is_told_at_once_and_at_each_change(counter: Counter) -> None:
    counter.is_now("paying", "k1-1", order="ORD1")
    await anyio.sleep(2)
    first, second = counter.broker.told("/state")
    boot = first["boot"]
    assert len(boot) == 8
    assert first == {
        "v": 1,
        "online": True,
        "state": "idle",
        "problems": [],
        "version": first["version"],
        "boot": boot,
        "seq": 0,
        "since": "2027-01-15T08:00:00Z",
        "at": "2027-01-15T08:00:00Z",
    }
    assert (second["state"], second["seq"]) == ("paying", 1)
    assert (second["reference"], second["order"]) == ("k1-1", "ORD1")
    ((_at, login),) = counter.broker.logins
    assert login.will
    assert login.will.payload
    assert (login.will.topic, login.will.retain) == (f"{ROOT}/state", True)
    assert json.loads(login.will.payload) == {
        "v": 1, "online": False, "reason": "lost", "boot": boot
    }  # fmt: skip


@story
async def test_one_subscription_serves_all_topics_and_brings_nothing_back(counter: Counter) -> None:
    """Each further level or subscription costs a broker 0.7 KiB for each kiosk."""
    (subscription,) = counter.broker.subscribed
    assert (subscription.pattern, subscription.no_local) == (f"{ROOT}/#", True)
    assert subscription.retain_handling == mqtt5.RetainHandling.SEND_NEVER
    own = counter.broker.told("/state")[0]
    await counter.broker.publish(f"{ROOT}/state", json.dumps(own).encode())  # by another way
    await counter.broker.publish(f"{ROOT}/in/hint/more", b'{"v": 1, "order": "ORD1"}')
    await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "order": "ORD2"}')
    await anyio.sleep(3)
    assert [event for _, event in counter.heard] == [OrderHinted("", "ORD2")]
    assert counter.broker.acknowledged == [1, 2, 3]


@story
async def test_what_is_out_of_order_is_among_the_problems(counter: Counter) -> None:
    counter.is_now(
        "out_of_service",
        health={"network": "failed", "panel": "ok"},
        inputs={
            "caja": {"connected": True, "why": ""},
            "gun": {"connected": False, "why": "gone"},
            "mqtt": {"connected": False, "why": "the broker can't be reached"},  # it is there
        },
        problems=["sale k1-7: look at it"],
    )
    await anyio.sleep(2)
    assert counter.broker.told("/state")[-1]["problems"] == [
        "network: failed",
        "gun: gone",
        "sale k1-7: look at it",
    ]


@story
async def test_a_state_is_told_at_most_once_a_second(counter: Counter) -> None:
    for number in range(100):
        counter.is_now("paying", f"k1-{number}")
        await anyio.sleep(0.1)
    await anyio.sleep(2)
    times = [at for at, topic, _ in counter.broker.published if topic.endswith("/state")]
    assert min(after - before for before, after in pairwise(times)) >= 0.999
    assert counter.broker.told("/state")[-1]["reference"] == "k1-99"


@story
async def test_a_kiosk_that_stops_says_goodbye(counter: Counter) -> None:
    counter.stop()
    await anyio.sleep(0.1)
    goodbye = counter.broker.told("/state")[-1]
    assert (goodbye["online"], goodbye["reason"], goodbye["seq"]) == (False, "stopped", 1)
    assert counter.broker.said_goodbye


@story
async def test_each_ended_sale_is_told_once(counter: Counter) -> None:
    await _sells(counter, "k1-1", Outcome.PAID)
    await _sells(counter, "k1-2", Outcome.EXPIRED)
    first, second = counter.broker.told("/sale")
    assert first == {
        "v": 1,
        "reference": "k1-1",
        "order_id": "ORD-k1-1",
        "amount": "12.50",
        "currency": "ARS",
        "outcome": "paid",
        "source": "caja",
        "created_at": first["created_at"],
        "ended_at": first["ended_at"],
        "late": False,
    }
    assert (second["reference"], second["outcome"]) == ("k1-2", "expired")


@pytest.mark.slow
@story
async def test_a_hundred_sales_without_a_broker_are_told_when_it_is_back(counter: Counter) -> None:
    counter.broker.away = True
    await counter.broker.drop()
    references = [f"k1-{number}" for number in range(100)]
    for reference in references:
        await _sells(counter, reference)
    assert counter.broker.told("/sale") == []
    counter.broker.away = False
    await anyio.sleep(LONGEST_PAUSE + 10)
    assert [sale["reference"] for sale in counter.broker.told("/sale")] == references


@story
async def test_a_sale_that_was_not_acknowledged_is_told_again(counter: Counter) -> None:
    counter.broker.acknowledges = False
    await _sells(counter, "k1-1")
    await anyio.sleep(30)
    counter.broker.acknowledges = True
    await anyio.sleep(LONGEST_PAUSE + 10)
    told = [sale["reference"] for sale in counter.broker.told("/sale")]
    assert set(told) == {"k1-1"}
    before = len(told)
    await anyio.sleep(3600)
    assert len(counter.broker.told("/sale")) == before, "once it is acknowledged, it is told"


@story
async def test_late_money_and_a_refund_are_told_as_another_end(counter: Counter) -> None:
    await _sells(counter, "k1-1", Outcome.EXPIRED)
    counter.sells_again("k1-1", Outcome.PAID)
    await anyio.sleep(2)
    counter.journal.remember(RefundSeen("k1-1", Receipt(refunded=pesos("12.50")), "it says so"))
    await anyio.sleep(LONGEST_GAP)
    ends = [(sale["outcome"], sale["late"]) for sale in counter.broker.told("/sale")]
    assert ends == [("expired", False), ("paid", True), ("paid", True)]


def test_sales_before_the_first_connection_are_told() -> None:
    async def told(counter: Counter) -> None:
        counter.broker.away = True
        counter.is_now("idle")
        counter.start()
        await anyio.sleep(2)
        await _sells(counter, "k1-1")
        counter.broker.away = False
        await anyio.sleep(LONGEST_PAUSE)
        assert [sale["reference"] for sale in counter.broker.told("/sale")] == ["k1-1"]

    play(told)


@pytest.mark.parametrize("sales", [0, 3])
def test_sales_from_before_the_link_are_not_told(sales: int) -> None:
    async def told(counter: Counter) -> None:
        counter.is_now("idle")
        for number in range(sales):
            counter.sells(f"old-{number}")
        counter.start()
        await anyio.sleep(2)
        await _sells(counter, "k1-1")
        assert [sale["reference"] for sale in counter.broker.told("/sale")] == ["k1-1"]

    play(told)


@story
async def test_a_hint_reaches_the_counter_at_once(counter: Counter) -> None:
    await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "order": "ORD1"}')
    await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "reference": "k1-1"}')
    await anyio.sleep(0.5)
    assert [event for _, event in counter.heard] == [OrderHinted("", "ORD1")]
    await anyio.sleep(1)
    assert [event for _, event in counter.heard[1:]] == [OrderHinted("k1-1", "")]
    assert counter.broker.acknowledged == [1, 2]


@pytest.mark.slow
@story
async def test_ten_thousand_hints_in_a_second_cause_a_few_looks(counter: Counter) -> None:
    for number in range(10_000):
        await counter.broker.publish(
            f"{ROOT}/in/hint", json.dumps({"v": 1, "order": f"ORD{number}"}).encode()
        )
    await anyio.sleep(5)
    assert len(counter.heard) < 50
    assert counter.heard[-1][1] == OrderHinted("", "ORD9999")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"v": 1}',
        b'{"v": 2, "order": "ORD1"}',
        b'{"v": 1, "order": 7}',
        b'{"v": 1, "order": "ORD1", "pay": true}',
        b'{"v": 1, "order": "' + b"x" * 5000 + b'"}',
        b"[" * 60_000,
    ],
    ids=lambda payload: payload[:12].hex(),
)
def test_what_is_no_hint_is_ignored(payload: bytes) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.broker.publish(f"{ROOT}/in/hint", payload)
        await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "order": "GOOD"}')
        await anyio.sleep(3)
        assert [event for _, event in counter.heard] == [OrderHinted("", "GOOD")]
        assert len(counter.broker.logins) == 1, "the connection stays"

    told()


@story
async def test_the_counter_knows_whether_hints_can_come(counter: Counter) -> None:
    assert counter.linked == [True]
    await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "order": "ORD1"}')
    counter.broker.away = True
    await counter.broker.drop()
    await anyio.sleep(3)
    assert counter.linked == [True, False]
    counter.broker.away = False
    await anyio.sleep(LONGEST_PAUSE)
    assert counter.linked == [True, False, True]
    assert [event for _, event in counter.heard] == [OrderHinted("", "ORD1")]


@story
async def test_a_retained_hint_is_old_and_ignored(counter: Counter) -> None:
    await counter.broker.publish(f"{ROOT}/in/hint", b'{"v": 1, "order": "OLD"}', retain=True)
    await anyio.sleep(3)
    assert counter.heard == []


@story
async def test_a_broker_that_is_away_is_a_problem_told_once(counter: Counter) -> None:
    counter.broker.away = True
    await counter.broker.drop()
    await anyio.sleep(3600)
    closed, unreachable = counter.problems[1:]
    assert closed.startswith("the broker has closed the connection")
    assert unreachable.startswith("the broker can't be reached: ")
    counter.broker.away = False
    await anyio.sleep(LONGEST_PAUSE)
    assert counter.problems[3:] == [""]
    assert counter.broker.told("/state")[-1]["online"] is True


@pytest.mark.parametrize(
    "end", [anyio.EndOfStream(), anyio.BrokenResourceError(), BrokenPipeError(32, "Broken pipe")]
)
def test_a_connection_that_ends_while_the_kiosk_sends_is_opened_again(end: Exception) -> None:
    @story
    async def told(counter: Counter) -> None:
        counter.broker.kiosks_end.ended_by = end  # one with TLS ends with EndOfStream
        counter.is_now("paying", "k1-1")
        await anyio.sleep(FIRST_PAUSE)
        assert len(counter.broker.logins) == 2
        assert counter.problems[1:] == [counter.problems[1], ""]

    told()


TAKEN_OVER = mqtt5.DisconnectPacket(
    reason_code=mqtt5.DisconnectReasonCode.SESSION_TAKEN_OVER
).write()
RIVAL = (
    "another program uses the account shop1/k1; give each kiosk its own kiosk.name, and each "
    "program its own account"
)


@story
async def test_a_second_kiosk_with_this_name_is_reported_until_it_stays_away(
    counter: Counter,
) -> None:
    await counter.broker.send(TAKEN_OVER)
    await anyio.sleep(LONGEST_PAUSE)
    assert len(counter.broker.logins) == 2, "it has connected again"
    assert counter.linked == [True, False, True]
    assert counter.problems == ["", RIVAL], "the problem is not over"
    await anyio.sleep(ALONE)
    assert counter.problems == ["", RIVAL, ""]
    assert len(counter.broker.logins) == 2


@story
async def test_a_broker_that_closes_again_and_again_is_reported_until_it_stops(
    counter: Counter,
) -> None:
    """Mosquitto 2.0 does not say that another kiosk with this name has connected."""
    for _ in range(CLOSED):
        assert counter.problems[-1] == ""
        await counter.broker.drop()
        await _is_connected_again(counter)
    closed = counter.problems[-1]
    assert closed.startswith("the broker has closed the connection; if this happens again and ")
    assert counter.linked[-1] is True
    await anyio.sleep(ALONE + 1)
    assert counter.problems[-2:] == [closed, ""]
    assert len(counter.broker.logins) == CLOSED + 1


@story
async def test_two_kiosks_with_one_name_do_not_connect_again_and_again(counter: Counter) -> None:
    for _ in range(20):  # the other one connects as soon as this one has
        await counter.broker.send(TAKEN_OVER)
        await _is_connected_again(counter)
    times = [at for at, _ in counter.broker.logins]
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 0.05 * LONGEST_PAUSE
    assert sum(gaps) / len(gaps) > 60
    assert counter.problems == ["", *[RIVAL] * 20]


@story
async def test_kiosks_come_back_at_random_times(counter: Counter) -> None:
    for _number in range(20):
        await counter.broker.drop()
        await anyio.sleep(FIRST_PAUSE + 61)
    times = [at for at, _ in counter.broker.logins]
    assert len(times) == 21
    gaps = {round(after - before) for before, after in pairwise(times)}
    assert len(gaps) > 5, "or a broker that comes back meets all of them at once"


def test_a_broker_that_never_answers_is_left() -> None:
    async def told(counter: Counter) -> None:
        counter.broker.silent = True
        counter.is_now("idle")
        counter.start()
        await anyio.sleep(600)
        assert counter.problems == ["the broker does not answer for 20 s"]
        assert len(counter.broker.logins) > 1

    play(told)


@story
async def test_a_broker_that_falls_silent_is_left(counter: Counter) -> None:
    counter.broker.silent = True
    await anyio.sleep(91)
    assert counter.problems[-1] == "the broker is silent for 90 s"


def test_a_wrong_password_is_said_and_tried_again() -> None:
    async def told(counter: Counter) -> None:
        counter.broker.refusal = mqtt5.ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD
        counter.is_now("idle")
        counter.start()
        await anyio.sleep(600)
        (problem,) = counter.problems
        assert problem.startswith("the broker refuses shop1/k1: bad user name or password (134)")
        counter.broker.refusal = mqtt5.ConnAckReasonCode.SUCCESS
        await anyio.sleep(LONGEST_PAUSE)
        assert counter.problems[1:] == [""]

    play(told)


@pytest.mark.parametrize("topic", ["state", "sale"])
def test_rules_that_forbid_a_topic_are_a_problem_and_no_sale_is_lost(topic: str) -> None:
    @story
    async def told(counter: Counter) -> None:
        counter.broker.refused = f"{ROOT}/{topic}"
        await _sells(counter, "k1-1")
        assert counter.problems[-1].startswith(f"the broker refuses {ROOT}/{topic}: not authorized")
        counter.broker.refused = ""
        await anyio.sleep(LONGEST_PAUSE + 10)
        assert counter.problems[-1] == ""
        assert {sale["reference"] for sale in counter.broker.told("/sale")} == {"k1-1"}

    told()


@pytest.mark.parametrize("data", [b"\xff" * 20, b"\x30\xff\xff\xff\x7f", b"HTTP/1.1 400 \r\n" * 20])
def test_garbage_ends_the_connection_and_nothing_else(data: bytes) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.broker.send(data)
        await anyio.sleep(LONGEST_PAUSE)
        assert len(counter.broker.logins) == 2
        assert counter.problems[-1] == ""

    told()


async def _is_connected_again(counter: Counter) -> None:
    connections = counter.linked.count(True)
    with anyio.fail_after(LONGEST_PAUSE + 10):
        while counter.linked.count(True) == connections:  # noqa: ASYNC110 - virtual time
            await anyio.sleep(1)


async def _sells(counter: Counter, reference: str, outcome: Outcome = Outcome.PAID) -> None:
    counter.sells(reference, outcome)
    await anyio.sleep(1)
