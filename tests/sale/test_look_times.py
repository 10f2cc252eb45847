"""When an order is looked at: what holds for every plan, and what simulated payers find."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.sale.look_times import (
    LONGEST_GAP,
    NEVER_PAID,
    SHORTEST_GAP,
    LookTimes,
    evenly,
    planned,
)
from kiosk.sale.machine import Machine
from kiosk.sale.payment_times import BINS, CROWDS, EDGES, HORIZON, payment_shares, share_paid_until
from tests.support import payers
from tests.support.examples import examples

times = st.lists(st.floats() | st.floats(0.1, 300.0), max_size=60)  # also NaN, infinity, -1e300
budgets, validities = st.integers(8, 120), st.floats(30.0, 2_000_000.0)
FRESH = planned((), 22, 300.0)


def test_looks_are_even_without_a_plan() -> None:
    assert [evenly(2.0).gap(age) for age in (0.0, 0.7, 299.0, 1e6)] == pytest.approx([2.0] * 4)


def test_the_crowds_are_those_that_were_measured() -> None:
    assert sum(CROWDS.values()) == pytest.approx(1.0)
    for seconds, share in ((15, 0.1), (25, 0.5), (63, 0.9), (244, 0.99)):
        assert share_paid_until(seconds, 25) == pytest.approx(share, abs=0.002)
    for median in CROWDS:
        assert share_paid_until(median, median) == pytest.approx(0.5, abs=0.01)
        assert share_paid_until(5.0, median) == 0.0


@settings(max_examples=examples(100))
@given(times, budgets, validities)
def test_every_gap_is_within_its_limits(seen: list[float], budget: int, valid_for: float) -> None:
    plan = planned(seen, budget, valid_for)
    age = 0.0
    while age < min(valid_for, HORIZON) + 60:
        gap = plan.gap(age)
        assert SHORTEST_GAP * 0.999 <= gap <= LONGEST_GAP * 1.001
        age += gap
    assert plan.gap(age + 1e6) == pytest.approx(LONGEST_GAP)


@settings(max_examples=examples(100))
@given(times, st.integers(12, 60))
def test_the_budget_is_kept_on_average(seen: list[float], budget: int) -> None:
    """Over the orders that the plan was made for, wherever the limits of a gap allow it."""
    plan = planned(seen, budget, 300.0)
    cost, left = 0.0, 1.0
    shares, steps = payment_shares(seen), pairwise(plan.looks)
    rates = [(b - a) / (d - c) for (a, b), (c, d) in zip(steps, pairwise(plan.ages), strict=True)]
    for number, (begin, end) in enumerate(pairwise(plan.ages[:-1])):
        paid = shares[number] * (1 - NEVER_PAID)
        cost += (left - paid / 2) * rates[number] * (end - begin)
        left -= paid
    free = any(1.01 / LONGEST_GAP < rate < 0.99 / SHORTEST_GAP for rate in rates)
    assert cost == pytest.approx(budget - 0.5, rel=1e-3) or not free


@settings(max_examples=examples(50))
@given(times, st.integers(8, 119))
def test_a_larger_budget_makes_no_gap_longer(seen: list[float], budget: int) -> None:
    few, many = planned(seen, budget, 300.0), planned(seen, budget + 1, 300.0)
    for age in (0.0, 7.0, 12.0, 25.0, 60.0, 200.0):
        assert many.gap(age) <= few.gap(age) + 1e-9


@settings(max_examples=examples(100))
@given(times)
def test_the_learned_shares_are_shares(seen: list[float]) -> None:
    shares = payment_shares(seen)
    assert len(shares) == BINS == len(EDGES) - 1
    assert min(shares) >= 0.0
    assert sum(shares) <= 1.0 + 1e-9
    assert sum(shares) > 0.9, "the crowds reach a little beyond the horizon"


@given(st.floats(0.0, 900.0), st.floats(0.0, 900.0))
def test_a_look_that_is_late_or_lost_moves_no_other_look(age: float, late: float) -> None:
    """The number of looks by an age depends on the age alone, so they are never caught up."""
    early, later = sorted((age, late))
    assert early + FRESH.gap(early) <= later + FRESH.gap(later) + 1e-6


def test_the_first_day() -> None:
    assert FRESH.gap(0.0) > 7.0, "nobody has paid yet"
    assert max(FRESH.gap(age) for age in (9.0, 15.0, 25.0, 30.0)) < 2.0, "most pay now"
    assert FRESH.gap(30.0) < FRESH.gap(60.0) < 3.0
    assert FRESH.gap(120.0) > 4.0, "few are left"
    assert FRESH.gap(240.0) > 8.0


def test_a_counter_learns_its_own_payers() -> None:
    fast, slow = planned([6.0] * 100, 22, 300.0), planned([90.0] * 100, 22, 300.0)
    assert fast.gap(0.0) < FRESH.gap(0.0) < slow.gap(0.0) <= LONGEST_GAP
    assert fast.gap(6.0) < FRESH.gap(6.0) < slow.gap(6.0)
    assert slow.gap(85.0) < FRESH.gap(85.0)


@pytest.mark.parametrize("strange", [[math.nan], [math.inf], [-5.0], [0.0], [1e12], [-math.inf]])
def test_impossible_times_teach_nothing(strange: list[float]) -> None:
    assert planned(strange * 200, 22, 300.0) == FRESH


def test_one_strange_payment_changes_little() -> None:
    usual = [20.0 + number / 5 for number in range(50)]
    for strange in (0.2, 299.0):
        for age in (10.0, 20.0, 30.0):
            learned, spoilt = planned(usual, 22, 300.0), planned([*usual, strange], 22, 300.0)
            assert spoilt.gap(age) == pytest.approx(learned.gap(age), rel=0.25)


def test_a_plan_is_read_at_any_age() -> None:
    plan = LookTimes((0.0, 10.0, 20.0), (0.0, 1.0, 6.0))
    assert plan.gap(0.0) == pytest.approx(10.0)
    assert plan.gap(5.0) == pytest.approx(6.0), "half a look before 10 s, half a look after"
    assert plan.gap(100.0) == pytest.approx(2.0), "the last gap is used from then on"


# --- simulated payers -----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_first_day_keeps_the_budget_and_sees_payments_in_about_a_second() -> None:
    fresh = Machine(payers.policy()).learned(())
    seen = [
        each
        for median in (12, 25, 40)
        for each in payers.watch(fresh, payers.crowd(median, 150, seed=median))
    ]
    assert payers.mean_looks(seen) <= 22
    assert payers.mean_wait(seen) <= 1.15
    found = payers.waits(seen)
    assert found[int(0.95 * len(found))] <= 2.6
    assert 45 <= sum(each.wait is None for each in seen) <= 50, "one in ten never pays"


@pytest.mark.slow
def test_what_a_counter_learns_brings_it_near_the_optimum() -> None:
    median, crowd = 40, payers.crowd(40, 1000, seed=1)
    fresh = Machine(payers.policy()).learned(())
    before = payers.watch(fresh, crowd)
    known = [each.paid_after for each in before if each.paid_after is not None][:100]
    after = payers.watch(fresh.learned(known), payers.crowd(median, 1000, seed=2))
    best = payers.best_effort(median, payers.mean_looks(after), payers.crowd(median, 1000, seed=2))
    assert payers.effort(after) < payers.effort(before)
    assert payers.effort(before) <= 1.5 * best
    assert payers.effort(after) <= 1.08 * best


def test_kiosks_that_show_a_qr_at_the_same_moment_do_not_look_at_the_same_moment() -> None:
    fresh = Machine(payers.policy()).learned(())
    waits = {each.wait for each in payers.watch(fresh, [60.0] * 20)}
    assert len(waits) == 20
