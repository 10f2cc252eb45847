"""What a viewer makes of the messages of a kiosk, in whatever order they come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.viewer.chain_counters import ChainCounter, ChainCounters, message_of
from tests.fleet.viewer.chain import goodbye, health, sale, state, will

OLD, NEW = "00000001", "00000002"


def after(*messages: tuple[str, Any]) -> ChainCounter:
    """Return a counter that has told these, each with its topic."""
    counter = ChainCounter("shop1/k1")
    for topic, payload in messages:
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        counter.take(topic, data)
    return counter


def after_states(*payloads: Any) -> ChainCounter:
    return after(*(("state", payload) for payload in payloads))


def test_a_counter_that_is_idle_is_well() -> None:
    counter = after_states(state())
    assert (counter.online, counter.state, counter.version) == (True, "idle", "1.4.0")
    assert counter.problems() == []


@pytest.mark.parametrize(
    ("messages", "problems"),
    [
        ([goodbye()], ["it was stopped"]),
        ([will()], ["it has no power or no network"]),
        ([state(state="out_of_service")], ["it is out of service"]),
        ([state(state="out_of_service", problems=["panel: gone"])], ["panel: gone"]),
        ([state(problems=["caja: not connected"])], ["caja: not connected"]),
    ],
)
def test_what_is_wrong_is_a_sentence(messages: list[Any], problems: list[str]) -> None:
    assert after_states(*messages).problems() == problems


def test_an_update_that_failed_is_a_problem_while_the_counter_sells() -> None:
    failed = health(update={"ring": 7, "trial_failed": "1.5.0"})
    (problem,) = after(("state", state()), ("health", failed)).problems()
    assert problem == "the update to 1.5.0 failed; the earlier version is running"


def test_an_older_state_changes_nothing() -> None:
    counter = after_states(state(seq=4, state="paying"), state(seq=3))
    assert counter.state == "paying"


def test_a_state_from_before_the_last_start_changes_nothing() -> None:
    counter = after_states(state(OLD, 4), state(NEW, 0, state="starting"), state(OLD, 3))
    assert counter.state == "starting"
    assert counter.problems() == []


def test_the_will_of_an_earlier_start_changes_nothing() -> None:
    counter = after_states(state(OLD), state(NEW), will(OLD))
    assert counter.online


def test_a_kiosk_that_is_lost_before_its_first_message_is_lost() -> None:
    assert after_states(state(OLD), will(NEW)).state == "lost"


def test_a_kiosk_that_was_lost_for_a_while_is_there_again() -> None:
    counter = after_states(state(OLD, 4), will(OLD), state(OLD, 5))
    assert counter.online
    assert counter.problems() == []


def test_a_stopped_kiosk_stays_stopped_when_an_old_state_comes_late() -> None:
    assert after_states(state(OLD, 4), goodbye(OLD, 5), state(OLD, 4)).state == "stopped"


def test_two_kiosks_with_one_name_are_found_out() -> None:
    counter = after_states(state(OLD, 4), state(NEW, 0), state(OLD, 5))
    assert counter.problems() == ["two kiosks use this name; give each its own kiosk.name"]


@given(st.permutations([(OLD, seq) for seq in range(4)]))
def test_whatever_the_order_the_newest_state_stays(order: list[tuple[str, int]]) -> None:
    counter = after_states(*(state(boot, seq, reference=str(seq)) for boot, seq in order))
    assert getattr(counter.presence, "reference", "") == "3"


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff\xfe",
        b"[" * 50_000,
        b"{}",
        b"null",
        b'"online"',
        state(boot="xyz"),
        state(seq=-1),
        state(state="dancing"),
        state(v=2),
        state(problems="none"),
        {"v": 1, "online": False, "reason": "bored", "boot": OLD},
    ],
    ids=str,
)
def test_a_state_that_can_not_be_read_is_a_problem_until_the_next(payload: Any) -> None:
    counter = after_states(state(seq=1), payload)
    (problem,) = counter.problems()
    assert problem.startswith("its message state can't be read")
    assert counter.state == "idle"
    counter.take("state", json.dumps(state(seq=2)).encode())
    assert counter.problems() == []


def test_fields_of_later_versions_are_ignored() -> None:
    counter = after(("state", state(mood="good")), ("health", health(fan={"rpm": 1})))
    assert counter.problems() == []
    assert counter.health


def test_many_problems_are_cut() -> None:
    assert len(after_states(state(problems=["x"] * 1000)).problems()) == 10


def test_the_newest_sale_is_the_one_that_ended_last() -> None:
    late = sale("k1-1", "2020-11-27T09:59:59.000+00:00")
    counter = after(("sale", sale("k1-2")), ("sale", late))
    assert counter.last_sale
    assert counter.last_sale.reference == "k1-2"
    counter.take("sale", json.dumps(sale("k1-2", outcome="refunded")).encode())
    assert counter.last_sale.outcome == "refunded"


@pytest.mark.parametrize(
    "topic",
    [
        "kiosk/v1/shop1/k1",
        "kiosk/v2/shop1/k1/state",
        "kiosk/v1/shop 1/k1/state",
        "kiosk/v1/shop1/k\x1b[2J/state",
        f"kiosk/v1/{'s' * 33}/k1/state",
        "homeassistant/device/x/config",
    ],
)
def test_a_topic_of_something_else_is_not_a_counter(topic: str) -> None:
    assert message_of(MqttMessage(topic, b"{}")) is None


def told(counters: ChainCounters, name: str, topic: str, payload: bytes) -> None:
    message = message_of(MqttMessage(f"kiosk/v1/{name}/{topic}", payload))
    assert message
    counters.take(message)


def test_a_counter_is_found_by_its_whole_name_or_its_own() -> None:
    counters = ChainCounters()
    for name in ("shop2/k1", "shop1/k1", "shop1/k2"):
        told(counters, name, "state", json.dumps(state()).encode())
    assert [each.name for each in counters] == ["shop1/k1", "shop1/k2", "shop2/k1"]
    assert [each.name for each in counters.named("k1")] == ["shop1/k1", "shop2/k1"]
    assert [each.name for each in counters.named("shop2/k1")] == ["shop2/k1"]
    assert counters.named("shop2") == []


def test_an_empty_state_removes_a_counter_that_was_renamed() -> None:
    counters = ChainCounters()
    told(counters, "shop1/k1", "state", json.dumps(state()).encode())
    told(counters, "shop1/k1", "health", b"")
    assert len(list(counters)) == 1
    told(counters, "shop1/k1", "state", b"")
    assert list(counters) == []
