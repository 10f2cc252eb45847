"""Rings: an update goes to more counters only while those that have it are well."""

from __future__ import annotations

import json
from typing import Any

from kiosk.cli.chain.chain_rollout import reasons_to_wait
from kiosk.fleet.viewer.chain_counters import ChainCounter
from tests.fleet.viewer.chain import goodbye, health, state, will

NEW = "1.5.0"


def counter(
    name: str, version: str, ring: int | None, failed: str = "", **more: Any
) -> ChainCounter:
    """Return a counter that is connected, with this version and ring."""
    made = ChainCounter(f"shop1/{name}")
    update = {"ring": ring, "trial_failed": failed or None}
    told = {"state": state(version=version, **more), "health": health(update=update)}
    for topic, payload in told.items():
        made.take(topic, json.dumps(payload).encode())
    return made


def reasons(*counters: ChainCounter, share: int = 10, away: int = 0) -> list[str]:
    return list(reasons_to_wait(counters, NEW, share, away))


def test_a_ring_that_is_well_lets_the_next_one_follow() -> None:
    assert reasons(counter("k1", NEW, 3), counter("k2", "1.4.0", 55)) == []


def test_a_build_of_the_version_is_the_version() -> None:
    assert reasons(counter("k1", "1.5.0+gabc123", 3)) == []


def test_an_update_that_nobody_has_is_not_given_to_more() -> None:
    assert reasons(counter("k1", "1.4.0", 55)) == ["no counter has 1.5.0 yet"]


def test_a_counter_of_the_ring_that_has_not_taken_it_holds_the_next_one_back() -> None:
    assert reasons(counter("k1", NEW, 3), counter("k2", "1.4.0", 9)) == [
        "shop1/k2: it belongs to the first 10 of 100, and still has 1.4.0"
    ]


def test_a_counter_that_is_not_well_holds_the_next_ring_back() -> None:
    ill = counter("k1", NEW, 3, problems=["panel: failed"])
    assert reasons(ill) == ["shop1/k1: panel: failed"]


def test_a_counter_of_later_rings_may_have_its_own_problems() -> None:
    assert reasons(counter("k1", NEW, 3), counter("k2", "1.4.0", 55, problems=["x"])) == []


def test_a_trial_that_failed_anywhere_holds_the_next_ring_back() -> None:
    went_back = counter("k2", "1.4.0", 99, failed="1.5.0+gabc123")
    assert reasons(counter("k1", NEW, 3), went_back) == ["shop1/k2: the update to 1.5.0 failed"]


def test_a_trial_of_another_version_that_failed_does_not_count_in_later_rings() -> None:
    assert reasons(counter("k1", NEW, 3), counter("k2", "1.4.0", 99, failed="1.4.9")) == []


def test_a_counter_that_is_away_may_be_one_that_the_update_has_broken() -> None:
    lost, stopped = counter("k2", NEW, 4), counter("k3", "1.4.0", 55)
    lost.take("state", json.dumps(will()).encode())
    stopped.take("state", json.dumps(goodbye()).encode())
    well = counter("k1", NEW, 3)
    assert reasons(well, lost, stopped, away=1) == [
        "shop1/k2: its version is not known: it has no power or no network",
        "shop1/k3: its version is not known: it was stopped",
    ]
    assert reasons(well, lost, stopped, away=2) == []


def test_a_kiosk_that_tells_no_ring_is_not_waited_for() -> None:
    older = ChainCounter("shop1/k2")
    older.take("state", json.dumps(state(version="1.3.0")).encode())
    assert reasons(counter("k1", NEW, 3), older) == []
