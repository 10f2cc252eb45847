"""What the relay remembers of the counters: the newest sales, and no more than fits."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.relay import known_sales
from kiosk.relay.known_sales import MOST_SALES, KnownSales


def told(reference: str | None = None, **more: str) -> bytes:
    """Return a message of a counter."""
    return json.dumps({"v": 1, **({"reference": reference} if reference else {}), **more}).encode()


def test_only_the_newest_sales_of_a_counter_are_known() -> None:
    sales = KnownSales()
    for number in range(MOST_SALES + 1):
        sales.learn("shop1/k1", told(f"k1-{number}", order=f"ORD{number}"))
    assert (sales.counter_of("k1-0"), sales.counter_of("ORD0")) == ("", "")
    newest = str(MOST_SALES)
    assert sales.counter_of("?", f"ORD{newest}") == sales.counter_of(f"k1-{newest}") == "shop1/k1"
    assert (sales.latest("shop1/k1"), sales.latest("shop1/k2")) == (f"k1-{newest}", "")


def test_an_order_stays_known_when_a_later_message_does_not_name_it() -> None:
    sales = KnownSales()
    for payload in (told("k1-1"), told("k1-1", order="ORD1"), told("k1-1"), told()):
        sales.learn("shop1/k1", payload)
    assert sales.counter_of("ORD1") == "shop1/k1"


def test_the_first_counters_make_room_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_sales, "MOST_COUNTERS", 10)
    sales = KnownSales()
    for number in range(12):
        sales.learn(f"shop1/k{number}", told(f"k{number}-1"))
    assert len(sales) == 10
    assert (sales.counter_of("k1-1"), sales.counter_of("k2-1")) == ("", "shop1/k2")


words = st.sampled_from(["a", "b", "c", "d", "e"])


@given(st.lists(st.tuples(words, words, st.none() | words), max_size=40))
def test_whatever_counters_tell_an_old_sale_is_forgotten_whole(
    messages: list[tuple[str, str, str | None]],
) -> None:
    """Also if two counters claim the same order, as only a wrong configuration can do."""
    sales = KnownSales()
    for counter, reference, order in messages:
        sales.learn(
            f"shop1/{counter}", told(reference, **({"order": f"O{order}"} if order else {}))
        )
    newest = messages[-1:]
    for counter, reference, _ in newest:
        assert sales.counter_of(reference) == f"shop1/{counter}"
        assert sales.latest(f"shop1/{counter}") == reference
    assert sales.counter_of("nobody's") == ""
