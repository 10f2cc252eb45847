"""The relay and its broker: whatever happens there, notices are answered, and it comes back."""

from __future__ import annotations

import json
import os
from itertools import pairwise

import anyio
import pytest

from kiosk.fleet.hint_topic import HintTopic
from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import Hint
from kiosk.relay.hint_sender import KEPT_FOR, MOST_WAITING, HintSender
from kiosk.relay.notice_sorter import CounterHint
from kiosk.relay.relay_metrics import RelayMetrics
from kiosk.relay.relay_service import LONGEST_PAUSE
from kiosk.sale.events import Event, OrderHinted
from tests.relay.rig import NOW, ORDER, Desk, play, signed, story, webhook


@story
async def test_the_relay_begins_with_what_the_broker_keeps(desk: Desk) -> None:
    ((_at, login),) = desk.broker.logins
    assert (login.client_id, login.username) == ("relay", "relay")
    assert login.password == os.environ["PATH"].encode()
    assert (login.clean_start, login.session_expiry_interval, login.will) == (True, 0, None)
    assert (desk.count("counters"), desk.count("broker_connected")) == (2, 1)


@story
async def test_its_health_is_that_of_the_broker(desk: Desk) -> None:
    answer = await desk.http.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")
    desk.broker.away = True
    await desk.broker.drop()
    await anyio.sleep(LONGEST_PAUSE)
    answer = await desk.http.get("/health")
    assert (answer.status_code, answer.text) == (503, "the broker is not connected")
    assert desk.count("broker_connected") == 0


@story
async def test_a_hint_waits_for_a_broker_that_is_away_for_seconds(desk: Desk) -> None:
    await desk.broker.drop()
    await anyio.sleep(0.01)
    assert await desk.post(body=webhook(), headers=signed()) == 200
    await anyio.sleep(LONGEST_PAUSE)
    assert len(await desk.hints()) == 1


@story
async def test_an_old_hint_is_not_sent_any_more(desk: Desk) -> None:
    desk.broker.away = True
    await desk.broker.drop()
    await anyio.sleep(0.01)
    assert await desk.post(body=webhook(), headers=signed()) == 200
    await anyio.sleep(KEPT_FOR + 1)
    desk.broker.away = False
    await anyio.sleep(LONGEST_PAUSE)
    assert await desk.hints() == []
    assert desk.count("hints_total", "expired") == 1
    await desk.post(body=webhook(), headers=signed(stamp=NOW + 120, request="req-2"))
    assert len(await desk.hints()) == 1, "the next one is"


@story
async def test_it_comes_back_at_random_times_which_grow_to_a_minute(desk: Desk) -> None:
    desk.broker.silent = True
    await desk.broker.drop()
    await anyio.sleep(3600)
    times = [at for at, _ in desk.broker.logins]
    gaps = [after - before for before, after in pairwise(times)]
    assert len(times) > 3600 / (LONGEST_PAUSE + 20.1)
    assert max(gaps) <= LONGEST_PAUSE + 20.1, "20 s until it gives up on a broker"
    assert len({round(gap) for gap in gaps}) > 10


@story
async def test_a_broker_that_refuses_hints_is_said_and_kept(desk: Desk) -> None:
    desk.broker.refuses_questions = True
    await desk.post(body=webhook(), headers=signed())
    await anyio.sleep(5)
    assert desk.count("hints_total", "refused") == 1
    assert len(desk.broker.logins) == 1


@pytest.mark.parametrize("data", [b"\xff" * 20, b"\x30\xff\xff\xff\x7f", b"HTTP/1.1 400 \r\n" * 20])
def test_garbage_of_a_broker_ends_the_connection_and_nothing_else(data: bytes) -> None:
    async def told(desk: Desk) -> None:
        await desk.broker.send(data)
        await anyio.sleep(LONGEST_PAUSE)
        assert len(desk.broker.logins) == 2
        await desk.post(body=webhook(), headers=signed())
        assert len(await desk.hints()) == 1

    play(told)


def test_more_hints_than_fit_are_dropped_while_the_broker_is_away() -> None:
    metrics = RelayMetrics()

    async def fill() -> None:
        sender = HintSender(metrics)
        for number in range(MOST_WAITING + 5):
            sender.put(CounterHint(f"shop1/c{number}", Hint(reference="K-1")))
            sender.put(CounterHint("shop1/c0", Hint(reference="K-2")))

    anyio.run(fill)
    assert b'kiosk_relay_hints_total{result="full"} 5.0' in metrics.text()


@story
async def test_two_copies_that_hear_the_same_notice_cause_one_look(desk: Desk) -> None:
    """Each notice comes to one copy; if the service repeats it, the other one may get it."""
    other = desk.copy("relay-2")
    other.start()
    await anyio.sleep(1)
    for each in (desk, other):
        assert await each.post(body=webhook(), headers=signed()) == 200
    first, second = await desk.hints()
    assert first == second
    assert [login.client_id for _, login in desk.broker.logins] == ["relay", "relay-2"]
    delivered = list[Event]()

    async def deliver(event: Event) -> None:
        delivered.append(event)

    topic = HintTopic(deliver)
    for counter, hint in (first, second):
        topic.take(MqttMessage(f"kiosk/v1/{counter}/in/hint", json.dumps(hint).encode()))
    with anyio.move_on_after(60):
        await topic.run()
    assert delivered == [OrderHinted(first[1]["reference"], ORDER)]
