"""Patterns: each signal is recognised by its rhythm alone, in light and in sound."""

from __future__ import annotations

import math
from itertools import combinations, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sale.words import Screen
from kiosk.signals.current_signal import CurrentSignal
from kiosk.signals.patterns import PATTERNS, PatternStep, SignalPattern, step_at

LOOPING = sorted(set(PATTERNS) - {Screen.REJECTED_INPUT})
Rhythm = list[tuple[bool, float]]  # on or off, and for how long


def timeline(pattern: SignalPattern, seconds: float) -> list[tuple[float, PatternStep]]:
    """Return (length, step) for the first seconds of a pattern."""
    line, now = [], 0.0
    while now < seconds and (found := step_at(pattern, now + 1e-9)):
        step, end = found
        line.append((min(end, seconds) - now, step))
        now = min(end, seconds)
    return line


def rhythm(pattern: SignalPattern, seconds: float, *, sound: bool) -> Rhythm:
    """Return on and off as a lamp without dimming or colour, or a buzzer with one tone, plays it."""
    beats = [
        (step.hertz > 0 if sound else max(step.lights.values(), default=0) >= 0.5, length)
        for length, step in timeline(pattern, seconds)
    ]
    grouped = groupby(beats, key=lambda beat: beat[0])
    return [(on, sum(length for _, length in group)) for on, group in grouped]


def differ(one: Rhythm, other: Rhythm) -> bool:
    """Return whether a person can distinguish them: another count, or a beat 1.5 times as long."""
    if [on for on, _ in one] != [on for on, _ in other]:
        return True
    return any(max(a, b) >= 1.5 * min(a, b) for (_, a), (_, b) in zip(one, other, strict=True))


def test_there_is_a_pattern_for_each_name_of_the_contract() -> None:
    names = (
        "idle, working, scan_me, paid, canceled, expired, refused, checking, out_of_service, "
        "rejected_input"
    )
    assert {name.value for name in PATTERNS} == set(names.split(", "))


@pytest.mark.parametrize(("one", "other"), list(combinations(PATTERNS, 2)))
def test_two_signals_differ_to_the_ear_and_to_the_colour_blind_eye(
    one: Screen, other: Screen
) -> None:
    for sound in (True, False):
        a, b = (rhythm(PATTERNS[name], 10, sound=sound) for name in (one, other))
        assert differ(a, b), f"{a} and {b} are one rhythm"


def test_paid_rises_and_no_other_signal_does() -> None:
    for name, pattern in PATTERNS.items():
        notes = [step.hertz for step in pattern.once if step.hertz]
        assert (len(notes) > 1 and notes == sorted(set(notes))) == (name is Screen.PAID)


@pytest.mark.parametrize("name", PATTERNS)
def test_sound_comes_at_the_beginning_only(name: Screen) -> None:
    heard = [step.hertz for length, step in timeline(PATTERNS[name], 60)]
    assert (name is Screen.IDLE) == (not any(heard))
    assert not any(step.hertz for step in PATTERNS[name].repeat)
    assert sum(step.seconds for step in PATTERNS[name].once if step.hertz) < 1.5


@pytest.mark.parametrize("name", PATTERNS)
def test_no_light_flashes_more_than_three_times_in_any_second(name: Screen) -> None:
    flashes, now = [], 0.0
    for on, length in rhythm(PATTERNS[name], 20, sound=False):
        flashes += [now] if on and now + length < 20 else []  # otherwise it stays on: no flash
        now += length
    for start in flashes:
        assert sum(start <= other < start + 1 for other in flashes) <= 3


@pytest.mark.parametrize("name", PATTERNS)
def test_few_wake_ups(name: Screen) -> None:
    per_minute = len(timeline(PATTERNS[name], 60))
    assert per_minute <= (1 if name is Screen.IDLE else 60 * 4 + 10)


@pytest.mark.parametrize("name", LOOPING)
def test_a_state_goes_on_until_something_else_comes(name: Screen) -> None:
    assert step_at(PATTERNS[name], 30 * 24 * 3600.0) is not None


def test_a_rejected_reading_is_over_in_a_moment() -> None:
    assert step_at(PATTERNS[Screen.REJECTED_INPUT], 1.0) is None


@given(st.sampled_from(LOOPING), st.floats(0, 1e6))
def test_the_step_of_any_moment_ends_later_and_soon(name: Screen, elapsed: float) -> None:
    found = step_at(PATTERNS[name], elapsed)
    assert found is not None
    step, end = found
    assert elapsed <= end <= elapsed + step.seconds + 1e-6


@given(st.sampled_from(sorted(PATTERNS)), st.floats(0, 1e5), st.integers(0, 10**5))
def test_the_next_wake_up_is_always_ahead(name: Screen, since: float, beats: int) -> None:
    signal = CurrentSignal()
    signal.request(name, since)
    for now in (since, since + beats * 0.05, since + beats * 0.15, since + beats / 3):
        assert signal.step(now)[1] > now


def test_a_looping_pattern_repeats_exactly() -> None:
    pattern = SignalPattern(
        once=(PatternStep(1.0),), repeat=(PatternStep(0.5, {"red": 1.0}), PatternStep(0.5))
    )
    on = [
        bool(step.lights)
        for n in range(8)
        if (found := step_at(pattern, 0.25 + n / 2))
        for step in [found[0]]
    ]
    assert on == [False, False, True, False, True, False, True, False]
    assert step_at(SignalPattern(once=(PatternStep(math.inf),)), 1e9) is not None
