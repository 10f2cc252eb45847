"""A viewer's connection on virtual time: what it hears, and what counters answer it."""

from __future__ import annotations

from typing import Any

import anyio
import mqtt5
import pytest

from kiosk.fleet.mqtt.vocabulary import BrokerFault, TakenOver
from kiosk.fleet.viewer.chain_counters import ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer
from tests.fleet.viewer.chain import ChainBroker, health, sale, state, watch, will


def shops() -> dict[str, Any]:
    """Return what two shops with three counters have published."""
    return {
        "shop1/k1/state": state(),
        "shop1/k2/state": will(),
        "shop2/k1/state": state(state="paying", reference="k1-8"),
        "shop1/k1/health": health(),
    }


def newest(_question: Any) -> dict[str, Any]:
    return {"answer": sale()}


def test_a_viewer_knows_all_counters_as_soon_as_it_is_connected() -> None:
    async def story(_viewer: ChainViewer, counters: ChainCounters) -> None:
        assert [(each.name, each.state) for each in counters] == [
            ("shop1/k1", "idle"), ("shop1/k2", "lost"), ("shop2/k1", "paying")
        ]  # fmt: skip
        (first, *_others) = counters
        assert first.health

    broker = ChainBroker(shops())
    watch(broker, story)
    ((_at, login),) = broker.logins
    assert (login.clean_start, login.session_expiry_interval, login.will) == (True, 0, None)


def test_a_thousand_counters_come_before_the_viewer_looks() -> None:
    kept = {f"shop{number % 10}/k{number}/state": state() for number in range(1000)}

    async def story(_viewer: ChainViewer, counters: ChainCounters) -> None:
        assert len(list(counters)) == 1000

    watch(ChainBroker(kept), story)


@pytest.mark.slow
def test_a_thousand_counters_that_do_not_answer_are_waited_for_once() -> None:
    kept = {f"shop1/k{number}/state": state() for number in range(1000)}

    async def story(viewer: ChainViewer, counters: ChainCounters) -> None:
        await viewer.learn_last_sales([each.name for each in counters], 5)
        assert anyio.current_time() < 10

    watch(ChainBroker(kept), story)


def test_a_viewer_hears_what_happens() -> None:
    broker = ChainBroker(shops())

    async def story(viewer: ChainViewer, counters: ChainCounters) -> None:
        await broker.tell("shop1/k1/sale", sale())
        await viewer.next_change()
        (counter,) = counters.named("shop1/k1")
        assert counter.last_sale
        assert counter.last_sale.reference == "k1-7"

    watch(broker, story)


def test_the_newest_sale_of_each_counter_is_asked_for() -> None:
    broker = ChainBroker(shops())
    broker.answers = {"shop1/k1": newest, "shop2/k1": lambda _question: {"answer": {}}}

    async def story(viewer: ChainViewer, counters: ChainCounters) -> None:
        await viewer.learn_last_sales(["shop1/k1", "shop2/k1", "shop1/k2"], 5)
        assert anyio.current_time() < 7
        known = [each.last_sale and each.last_sale.reference for each in counters]
        assert known == ["k1-7", None, None]

    watch(broker, story)
    assert {name for name, _question in broker.asked} == {"shop1/k1", "shop2/k1", "shop1/k2"}


@pytest.mark.parametrize(
    "answer",
    [
        b"{",
        {"id": "0" * 16, "answer": sale()},
        b'{"v": 1, "id": 5}',
        {"answer": 7},
    ],
    ids=str,
)
def test_an_answer_to_nothing_is_no_answer(answer: Any) -> None:
    broker = ChainBroker(shops())
    broker.answers = {"shop1/k1": lambda _question: answer}

    async def story(viewer: ChainViewer, _counters: ChainCounters) -> None:
        assert await viewer.ask("shop1/k1", "last", 5) is None

    watch(broker, story)


def test_an_answer_that_another_counter_gives_does_not_count() -> None:
    broker = ChainBroker(shops())

    async def story(viewer: ChainViewer, _counters: ChainCounters) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_nobody_answers, viewer)
            await anyio.sleep(1)
            ((_name, question),) = broker.asked
            forged = {"v": 1, "id": question["id"], "ask": "last", "answer": sale()}
            await broker.tell("shop1/k2/out/answer", forged)

    watch(broker, story)


async def _nobody_answers(viewer: ChainViewer) -> None:
    assert await viewer.ask("shop1/k1", "last", 5) is None


def test_a_last_sale_that_can_not_be_read_is_a_problem_of_that_counter() -> None:
    broker = ChainBroker(shops())
    broker.answers = {"shop1/k1": lambda _question: {"answer": {"amount": []}}}

    async def story(viewer: ChainViewer, counters: ChainCounters) -> None:
        await viewer.learn_last_sales(["shop1/k1"], 5)
        (counter,) = counters.named("shop1/k1")
        (problem,) = counter.problems()
        assert problem.startswith("its message out/answer can't be read")

    watch(broker, story)


def test_an_account_that_may_not_ask_is_told_so() -> None:
    broker = ChainBroker(shops())
    broker.refuses_questions = True

    async def story(viewer: ChainViewer, _counters: ChainCounters) -> None:
        with pytest.raises(BrokerFault, match="refuses kiosk/v1/shop1/k1/in/ask: not authorized"):
            await viewer.ask("shop1/k1", "last", 5)

    watch(broker, story)


def test_another_one_with_the_same_account_ends_the_connection() -> None:
    broker = ChainBroker(shops())
    taken_over = mqtt5.DisconnectReasonCode.SESSION_TAKEN_OVER

    async def story(_viewer: ChainViewer, _counters: ChainCounters) -> None:
        await broker.send(mqtt5.DisconnectPacket(reason_code=taken_over).write())
        await anyio.sleep(60)

    with pytest.RaisesGroup(TakenOver, flatten_subgroups=True):
        watch(broker, story)
