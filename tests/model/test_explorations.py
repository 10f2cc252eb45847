"""The explorations that fit into the suite, each to its end; ``python -m tests.model`` does all."""

from __future__ import annotations

import pytest

from tests.model.facts import possible_facts
from tests.model.parts import pack, unpack
from tests.model.telling import explored
from tests.model.variants import VARIANTS

QUICK = ("baskets",)
SLOW = [name for name, it in VARIANTS.items() if not it.nightly and name not in QUICK]


@pytest.mark.parametrize("name", QUICK)
def test_every_state_keeps_the_promises(name: str) -> None:
    explore(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_every_state_of_a_larger_variant_keeps_the_promises(name: str) -> None:
    explore(name)


def explore(name: str) -> None:
    report = explored(500_000, name)
    assert report.complete, report.told
    assert not report.broken, report.told
    assert report.written <= possible_facts(), "run: python -m tests.model --write-facts"


def test_an_exploration_that_does_not_end_says_so() -> None:
    report = explored(100, "baskets")
    assert "CUT OFF" in report.told
    assert 100 <= report.states < 200
    assert not report.complete
    assert not report.broken


def test_a_state_is_one_number() -> None:
    state = (1, 2, 3, 4, 5, 6)
    assert unpack(pack(state)) == state
