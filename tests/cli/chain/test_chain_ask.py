"""``kiosk fleet ask`` and ``sales`` on virtual time: whatever the counters answer."""

from __future__ import annotations

import csv
import io
from typing import Any

import anyio
import pytest

from kiosk.base.errors import KioskError
from kiosk.cli.chain import chain_ask
from kiosk.cli.chain.chain_account import Connect
from kiosk.cli.chain.chain_ask import ChainSales, answer_lines, collect
from kiosk.cli.chain.chain_list import all_counters
from kiosk.fleet.viewer.chain_counters import ChainCounters
from tests.cli.chain.performed import perform
from tests.fleet.viewer.chain import Answer, ChainBroker, goodbye, sale, state

DAY = "2020-11-27"


def chain(**answers: Answer) -> ChainBroker:
    """Return a broker with the counters k1 and k2 of shop1, and how they answer."""
    broker = ChainBroker({"shop1/k1/state": state(), "shop1/k2/state": state()})
    broker.answers = {f"shop1/{name}": answer for name, answer in answers.items()}
    return broker


def journal(*references: str, page: int = 100) -> Answer:
    """Return a kiosk with these sales in its journal."""
    fields = ("reference", "amount", "currency", "outcome", "source", "created_at", "ended_at")
    rows = [{name: sale(each)[name] for name in fields} for each in references]

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        assert question["day"] == DAY
        skip = question.get("skip") or 0
        return {"answer": {"sales": rows[skip : skip + page], "more": len(rows) > skip + page}}

    return answer


def sales_of(broker: ChainBroker) -> ChainSales:
    async def act(connect: Connect) -> ChainSales:
        counters = ChainCounters()
        async with connect(counters) as viewer:
            return await collect(viewer, counters, DAY)

    return perform(broker, act)


def test_the_sales_of_all_counters_come_by_name() -> None:
    found = sales_of(chain(k2=journal("k2-1"), k1=journal("k1-1", "k1-2")))
    rows = [(each["shop"], each["kiosk"], each["reference"]) for each in found.rows]
    assert rows == [("shop1", "k1", "k1-1"), ("shop1", "k1", "k1-2"), ("shop1", "k2", "k2-1")]
    assert found.missing == []


def test_a_day_of_many_sales_comes_in_pages() -> None:
    references = [f"k1-{number}" for number in range(250)]
    broker = chain(k1=journal(*references), k2=journal())
    assert [row["reference"] for row in sales_of(broker).rows] == references
    skipped = [question.get("skip") for name, question in broker.asked if name == "shop1/k1"]
    assert [skip or 0 for skip in skipped] == [0, 100, 200]


def test_a_counter_that_does_not_answer_is_named() -> None:
    found = sales_of(chain(k1=journal("k1-1")))
    assert [row["reference"] for row in found.rows] == ["k1-1"]
    assert found.missing == [
        "shop1/k2: no answer to sales in 5 s; see kiosk fleet show shop1/k2; its sales are missing"
    ]


def test_a_counter_that_is_away_is_named_and_not_asked() -> None:
    broker = chain(k1=journal("k1-1"))
    broker.kept["shop1/k2/state"] = goodbye()
    found = sales_of(broker)
    assert found.missing == ["shop1/k2: it is not connected: it was stopped; its sales are missing"]
    assert {name for name, _question in broker.asked} == {"shop1/k1"}


@pytest.mark.parametrize(
    "answer",
    [
        {"answer": {"sales": [{"reference": "k1-1"}]}},
        {"answer": {"sales": {}}},
        {"answer": {}},
        {"error": "the journal can't be read"},
    ],
    ids=str,
)
def test_half_an_answer_is_no_answer(answer: dict[str, Any]) -> None:
    found = sales_of(chain(k1=lambda _question: answer, k2=journal()))
    assert found.rows == []
    (sentence,) = found.missing
    assert sentence.startswith("shop1/k1: ")


def test_a_kiosk_that_always_has_more_sales_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_ask, "MOST_PAGES", 5)
    row = sale("k1-1")

    def endless(_question: dict[str, Any]) -> dict[str, Any]:
        return {"answer": {"sales": [row], "more": True}}

    found = sales_of(chain(k1=endless, k2=journal()))
    (sentence,) = found.missing
    assert sentence.startswith("shop1/k1: ")


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    hostile = {**sale("=cmd()"), "source": "@SUM(A1)"}
    found = sales_of(chain(k1=lambda _question: {"answer": {"sales": [hostile]}}, k2=journal()))
    text = io.StringIO()
    chain_ask.write_rows(found.rows, text)
    (row,) = csv.DictReader(io.StringIO(text.getvalue()))
    assert (row["reference"], row["source"], row["amount"]) == ("'=cmd()", "'@SUM(A1)", "12.50")


def test_findings_are_read_as_those_of_the_doctor() -> None:
    found = {
        "level": "bad",
        "what": "clock",
        "meaning": "it is slow\x1b",
        "fix": "set it",
        "page": "",
    }
    assert list(answer_lines({"findings": [found]})) == ["bad  clock: it is slow?; set it"]


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (
            {"state": "idle", "health": {"panel": "ok"}},
            ["  state: idle", "  health:", "    panel: ok"],
        ),
        ({"findings": [{"level": "awful"}]}, ["  findings:", "  - level: awful"]),
        ({"findings": 7}, ["  findings: 7"]),
        ({"note": "\x1b[2J"}, ['  note: "\\e[2J"']),
        ({}, ["it has none yet"]),
    ],
    ids=str,
)
def test_other_answers_are_shown_as_they_are(answer: dict[str, Any], lines: list[str]) -> None:
    assert list(answer_lines(answer)) == lines


def test_the_list_has_the_newest_sales_although_a_counter_is_silent() -> None:
    async def act(connect: Connect) -> ChainCounters:
        counters = await all_counters(connect)
        assert anyio.current_time() < 7
        return counters

    first, second = perform(chain(k1=lambda _question: {"answer": sale()}), act)
    assert first.last_sale
    assert first.last_sale.reference == "k1-7"
    assert second.last_sale is None


def test_a_chain_without_counters_says_what_to_check() -> None:
    with pytest.RaisesGroup(
        pytest.RaisesExc(KioskError, match="no counter is known"), flatten_subgroups=True
    ):
        perform(ChainBroker({}), all_counters)
