"""Fewer looks while payments are hinted at, and as many as before when the hints stop."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.sale import events as on
from kiosk.sale.effects import Remember, SaleEnded
from kiosk.sale.hints import CAUTIOUS, ENOUGH, MOST, PROMPT, RARE, Hints
from kiosk.sale.look_times import evenly, planned
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter, Paying
from kiosk.sale.words import Sale
from tests.support import payers
from tests.support.play import ORDER, POLICY, SHOWN, Play, perform, pesos

USUAL = evenly(2.0)
SALE, NEXT = (
    replace(Sale(f"K-{number}", pesos("7"), "caja"), order_id=f"ORD{number}") for number in (1, 2)
)
LINKED = Hints(linked=True)


def hinted(times: int, hints: Hints = LINKED) -> Hints:
    """Return what is known after so many payments that were hinted at."""
    for _ in range(times):
        hints = hints.after_payment(SALE, hinted_at=9.0, now=10.0)
    return hints


def unhinted(times: int, hints: Hints) -> Hints:
    """Return what is known after so many payments without a hint."""
    for _ in range(times):
        hints = hints.after_payment(SALE, hinted_at=None, now=10.0)
    return hints


def test_looks_become_rare_when_hints_come() -> None:
    plans = [hinted(times).looks(USUAL) for times in range(ENOUGH + 2)]
    assert plans == [USUAL, CAUTIOUS, CAUTIOUS, RARE, RARE]


def test_looks_become_frequent_when_hints_stop() -> None:
    plans = [unhinted(times, hinted(100)).looks(USUAL) for times in range(4)]
    assert plans == [RARE, CAUTIOUS, CAUTIOUS, USUAL]
    assert hinted(100).trust == MOST


def test_one_lost_hint_is_forgiven_by_the_next_that_comes() -> None:
    assert hinted(1, unhinted(1, hinted(100))).looks(USUAL) == RARE


def test_a_hint_may_come_after_a_look_has_seen_the_payment() -> None:
    awaiting = unhinted(1, hinted(MOST))
    for hint in (on.OrderHinted("K-1"), on.OrderHinted("", "ORD1")):
        assert awaiting.heard(hint, 11.0).looks(USUAL) == RARE


@pytest.mark.parametrize(
    "hint", [on.OrderHinted("K-2"), on.OrderHinted("", "ORD2"), on.OrderHinted()]
)
def test_a_hint_about_another_order_is_not_the_one_that_is_awaited(hint: on.OrderHinted) -> None:
    awaiting = unhinted(1, hinted(MOST))
    assert awaiting.heard(hint, 11.0) == awaiting


def test_a_hint_that_comes_minutes_late_is_a_lost_one() -> None:
    late = unhinted(1, hinted(MOST)).heard(on.OrderHinted("K-1"), 10.0 + PROMPT + 1)
    assert late.looks(USUAL) == CAUTIOUS
    assert (
        hinted(MOST).after_payment(SALE, hinted_at=10.0, now=11.0 + PROMPT).looks(USUAL) == CAUTIOUS
    )


def test_without_the_broker_no_hint_can_come_and_none_is_missed() -> None:
    away = hinted(MOST).when(linked=False)
    assert away.looks(USUAL) == USUAL
    assert unhinted(10, away).when(linked=True).looks(USUAL) == RARE


# --- at the machine -------------------------------------------------------------------------------


def shown(hints: Hints) -> Play:
    """Return a play with an order that has been on the panel since now."""
    play = perform(SHOWN, replace(POLICY, looks=USUAL))
    play.give(on.LinkChanged(connected=True))
    play.counter = replace(play.counter, hints=hints)
    play.now = play.counter.wake  # of the first look, which was planned before
    assert (play.cue("later 0"), play.cue("sees created")) == ("fetch", "")
    return play


def next_look(play: Play) -> float:
    phase = play.counter.phase
    assert isinstance(phase, Paying)
    return phase.asking.due - play.now


def test_the_machine_looks_rarely_while_hints_come_and_at_once_at_a_hint() -> None:
    play = shown(hinted(MOST))
    assert 43 <= next_look(play) <= 53
    play.now += 7.0
    play.give(on.OrderHinted(order_id=ORDER))
    assert play.cue("later 0") == "fetch"
    play.cue("sees processed")
    assert play.counter.hints.looks(USUAL) == RARE


def test_the_machine_looks_often_as_soon_as_the_broker_is_gone() -> None:
    play = shown(hinted(MOST))
    play.now += 7.0
    assert play.give(on.LinkChanged(connected=False)) == ""
    assert next_look(play) <= 2.2
    play.give(on.LinkChanged(connected=True))
    assert next_look(play) <= 2.2, "a look that is due is not put off"


def test_a_look_that_is_underway_or_repeated_is_left_alone_when_the_broker_is_gone() -> None:
    for cues in (["later"], ["later", "fails unknown"]):
        play = shown(hinted(MOST))
        for cue in cues:
            play.cue(cue)
        before = play.counter.phase
        play.give(on.LinkChanged(connected=False))
        assert play.counter.phase == before


def test_a_payment_that_no_hint_told_makes_the_looks_at_the_next_order_more_frequent() -> None:
    play = shown(hinted(MOST))
    assert play.cue("later") == "fetch"
    play.cue("sees processed")
    assert play.counter.hints.looks(USUAL) == CAUTIOUS
    play.give(on.OrderHinted(order_id=ORDER))
    assert play.counter.hints.looks(USUAL) == RARE, "it was only late"


def test_a_time_that_a_hint_told_is_learned() -> None:
    play = shown(hinted(MOST))
    since = play.now
    play.now += 20.0
    play.give(on.OrderHinted(order_id=ORDER))
    play.cue("later 0")
    play.cue("sees processed")
    facts = [effect.fact for effect in play.done if isinstance(effect, Remember)]
    (after,) = (fact.paid_after for fact in facts if isinstance(fact, SaleEnded))
    assert after == pytest.approx(since - 1000.0 + 20.0, abs=0.2)


def test_a_new_counter_expects_no_hint() -> None:
    assert Counter().hints.looks(USUAL) == USUAL
    assert LINKED.looks(USUAL) == USUAL


# --- simulated payers -----------------------------------------------------------------------------


def lost(share: float, seed: int) -> Callable[[int], bool]:
    chance = random.Random(seed)
    fates = [chance.random() < share for _ in range(2000)]
    return fates.__getitem__


@pytest.mark.slow
def test_two_thousand_payers_with_one_hint_in_a_hundred_lost() -> None:
    """Hints come a second after the payment: three looks an order, and a lost hint costs a minute."""
    machine = Machine(payers.policy()).learned(())
    is_lost = lost(0.01, seed=22)
    seen = payers.watch_hinted(machine, payers.crowd(25, 2000, seed=22), is_lost, delay=1.0)
    assert payers.mean_looks(seen) <= 3.0
    assert payers.mean_wait(seen) <= 1.6
    assert payers.waits(seen)[-1] <= 60.0
    assert 10 <= sum(map(is_lost, range(2000))) <= 35


def test_when_hints_stop_one_payer_waits_and_the_others_are_seen_as_before() -> None:
    machine = Machine(replace(payers.policy(), looks=planned((), 22, 300.0)))
    times = [30.0] * 40
    seen = payers.watch_hinted(machine, times, lambda number: number >= 20, delay=1.0)
    assert all(each.wait == 1.0 for each in seen[ENOUGH + 1 : 20])
    first, *cautious = [each.wait or 0.0 for each in seen[20:23]]
    assert first <= 60
    assert max(cautious) <= 8
    assert max(each.wait or 0.0 for each in seen[23:]) <= 3
    again = payers.watch_hinted(machine, times, lambda _: False, delay=1.0)
    assert sum(each.looks for each in again[-10:]) == 10
