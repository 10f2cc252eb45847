"""Counters in lines: for a wide terminal, for a narrow one, and for none."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.base.language import spoken
from kiosk.cli.chain.chain_table import counter_as_json, table
from kiosk.fleet.viewer.chain_counters import ChainCounter
from tests.fleet.viewer.chain import goodbye, sale, state


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are those of UTC, and the language is English."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with spoken("en"):
        yield
    monkeypatch.undo()
    time.tzset()


def counter(name: str, *messages: tuple[str, Any]) -> ChainCounter:
    made = ChainCounter(name)
    for topic, payload in messages:
        made.take(topic, json.dumps(payload).encode())
    return made


def chain() -> list[ChainCounter]:
    return [
        counter("shop1/counter-1", ("state", state()), ("sale", sale())),
        counter("shop1/counter-2", ("state", goodbye())),
    ]


def test_a_wide_terminal_has_a_row_for_each_counter() -> None:
    assert list(table(chain(), 100)) == [
        "counter          state    since             last sale                        version",
        "shop1/counter-1  idle     2020-11-27 09:00  paid 12.50 ARS 2020-11-27 10:00  1.4.0",
        "shop1/counter-2  stopped  2020-11-27 10:00",
        "  ! it was stopped",
        "2 counters, 1 is not well, 1.4.0 × 1",
    ]


@pytest.mark.parametrize("columns", [20, 40])
def test_nothing_is_wider_than_a_narrow_terminal(columns: int) -> None:
    lines = list(table(chain(), columns))
    assert max(map(len, lines)) <= columns
    assert "shop1/counter-1" in lines[0]
    assert any("stopped" in line for line in lines)


def test_without_a_terminal_a_line_changes_only_with_its_counter() -> None:
    before = list(table(chain(), None))
    longer = [*chain(), counter("shop1/a-counter-with-a-long-name", ("state", state()))]
    assert before[0] in table(longer, None)


def test_a_kiosk_can_not_control_the_terminal() -> None:
    wrong = state(version="\x1b[2J" * 3, problems=["\x1b]0;x\x07\n\u202e" + "y" * 5000])
    line, problem, _summary = table([counter("shop1/k1", ("state", wrong))], None)
    assert (line + problem).isprintable()
    assert len(problem) < 250


def test_times_that_are_none_are_shown_as_they_are() -> None:
    wrong = state(since="yesterday \x07")
    assert "yesterday ?" in next(iter(table([counter("shop1/k1", ("state", wrong))], None)))


def test_no_counter_at_all_is_no_error() -> None:
    assert list(table([], 80))[-1] == "0 counters, all are well"


@pytest.mark.parametrize(("language", "words"), [("es", "detenido"), ("pt", "parado")])
def test_people_read_it_in_their_language(language: str, words: str) -> None:
    with spoken(language):
        assert words in "\n".join(table(chain(), 100))


def test_a_program_gets_what_is_known() -> None:
    well, away = map(counter_as_json, chain())
    assert well == {
        "counter": "shop1/counter-1",
        "well": True,
        "online": True,
        "state": "idle",
        "since": "2020-11-27T09:00:00.000+00:00",
        "reference": None,
        "version": "1.4.0",
        "problems": [],
        "last_sale": {
            "reference": "k1-7",
            "amount": "12.50",
            "currency": "ARS",
            "outcome": "paid",
            "ended_at": "2020-11-27T10:00:00.000+00:00",
        },
        "health": None,
    }
    assert (away["well"], away["online"], away["state"]) == (False, False, "stopped")
