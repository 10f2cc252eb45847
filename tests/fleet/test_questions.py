"""Questions about the counter: they are answered without a change, and never hold up a sale."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from kiosk.sale.words import Outcome
from tests.fleet.counter import Counter
from tests.fleet.test_link import story

IN = "kiosk/v1/shop1/k1/in/ask"


async def ask(counter: Counter, number: str, what: str, **more: Any) -> dict[str, Any]:
    """Ask, and return the only answer."""
    question = {"v": 1, "id": number, "ask": what, **more}
    await counter.broker.publish(IN, json.dumps(question).encode())
    await anyio.sleep(2)
    return answer_to(counter, number)


def answer_to(counter: Counter, number: str) -> dict[str, Any]:
    (answer,) = (each for each in counter.broker.told("/out/answer") if each["id"] == number)
    return dict(answer)


@story
async def test_the_status_is_that_of_the_file_without_what_is_only_for_this_computer(
    counter: Counter,
) -> None:
    counter.is_now("paying", "k1-7")
    answer = await ask(counter, "a", "status")
    status = answer["answer"]
    assert (answer["ask"], status["state"], status["reference"]) == ("status", "paying", "k1-7")
    assert status["health"] == {"network": "ok", "panel": "ok"}
    assert "pid" not in status


@story
async def test_the_last_sale_is_the_newest_one_with_a_result(counter: Counter) -> None:
    assert (await ask(counter, "a", "last"))["answer"] == {}
    counter.sells("k1-1", Outcome.PAID)
    counter.sells("k1-2", Outcome.EXPIRED)
    last = (await ask(counter, "b", "last"))["answer"]
    assert (last["reference"], last["outcome"], last["amount"]) == ("k1-2", "expired", "12.50")
    assert set(last) == {
        "reference", "order_id", "amount", "currency", "outcome", "source", "created_at", "ended_at"
    }  # fmt: skip


@pytest.mark.slow
@story
async def test_the_sales_of_a_day_come_in_pages_the_oldest_first(counter: Counter) -> None:
    for number in range(250):
        counter.sells(f"k1-{number:03}")
    day = counter.journal.sales(1)[0].day.isoformat()
    pages = [
        (await ask(counter, f"p{skip}", "sales", day=day, skip=skip))["answer"]
        for skip in (0, 100, 200)
    ]
    references = [sale["reference"] for page in pages for sale in page["sales"]]
    assert references == [f"k1-{number:03}" for number in range(250)]
    assert [page["more"] for page in pages] == [True, True, False]
    assert (await ask(counter, "x", "sales", day="1999-01-01"))["answer"]["sales"] == []


@story
async def test_one_examination_runs_at_a_time_and_nobody_waits_for_it(counter: Counter) -> None:
    counter.findings = [{"level": "good", "what": "clock", "meaning": "it is set"}]
    question = b'{"v": 1, "id": "first", "ask": "doctor"}'
    await counter.broker.publish(IN, question)
    refused = await ask(counter, "second", "doctor")
    assert "another examination is running" in refused["error"]
    assert "answer" in await ask(counter, "third", "status")
    await anyio.sleep(60)
    assert answer_to(counter, "first")["answer"] == {"findings": counter.findings}
    assert counter.examined == 1


@story
async def test_an_unknown_question_is_answered_with_those_that_there_are(counter: Counter) -> None:
    answer = await ask(counter, "a", "token")
    assert answer["error"] == "there is no such question; ask one of status, last, sales, doctor"


@story
async def test_an_answer_that_is_too_long_is_not_sent(counter: Counter) -> None:
    counter.is_now("idle", problems=["x" * 70_000])
    answer = await ask(counter, "a", "status")
    assert answer["error"] == "the answer is too long for a message"
    assert len(counter.broker.logins) == 1


@story
async def test_the_answer_goes_where_it_is_wanted(counter: Counter) -> None:
    question = b'{"v": 1, "id": "a", "ask": "last"}'
    topic = "kiosk/v1/shop1/k1/out/answer/ana"
    await counter.broker.publish(IN, question, response_topic=topic, correlation=b"7")
    await anyio.sleep(1)
    assert counter.broker.published[-1][1] == topic
    assert counter.broker.correlations[-1] == b"7"


@pytest.mark.slow
@story
async def test_ten_thousand_questions_in_a_second_have_a_few_answers(counter: Counter) -> None:
    for number in range(10_000):
        await counter.broker.publish(
            IN, json.dumps({"v": 1, "id": f"n{number}", "ask": "doctor"}).encode()
        )
    await anyio.sleep(300)
    assert counter.examined < 5
    assert "answer" in await ask(counter, "later", "status")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"null",
        b"\xff",
        b'{"v": 1, "id": "a"}',
        b'{"v": 1, "id": "a b", "ask": "last"}',
        b'{"v": 2, "id": "a", "ask": "last"}',
        b'{"v": 1, "id": "a", "ask": "last", "run": "reboot"}',
        b'{"v": 1, "id": "a", "ask": ["last"]}',
        b'{"v": 1, "id": "a", "ask": "sales", "day": "yesterday"}',
        b'{"v": 1, "id": "a", "ask": "sales", "skip": -1}',
        b'{"v": 1, "id": "a", "ask": "' + b"x" * 5000 + b'"}',
        b"[" * 60_000,
    ],
    ids=lambda payload: payload[:40].hex(),
)
def test_what_is_no_question_is_ignored(payload: bytes) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.broker.publish(IN, payload)
        assert "answer" in await ask(counter, "good", "status")
        assert len(counter.broker.told("/out/answer")) == 1
        assert len(counter.broker.logins) == 1, "the connection stays"

    told()


@story
async def test_a_broken_journal_is_an_error_and_the_link_stays(counter: Counter) -> None:
    counter.box.journal.rename(counter.box.journal.with_name("elsewhere"))
    answer = await ask(counter, "a", "last")
    assert "there is no journal" in answer["error"]
    assert len(counter.broker.logins) == 1
