"""When a path is dead, and when the server is only slow."""

from __future__ import annotations

import dataclasses
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.orders.http import dead_path
from kiosk.orders.http.dead_path import LONGEST, SHORTEST, Silence, TcpState, patience

IDLE = TcpState(
    unacknowledged=0,
    received=9,
    repeated=0,
    sent_ago=40.0,
    heard_ago=40.0,
    round_trip=0.040,
    deviation=0.005,
)


def after(
    *, unacknowledged: int = 1, received: int = 9, repeated: int = 0, sent_ago: float = 1.0
) -> TcpState:
    """Return the state some time after a request was sent."""
    return dataclasses.replace(
        IDLE,
        unacknowledged=unacknowledged,
        received=received,
        repeated=repeated,
        sent_ago=sent_ago,
    )


states = st.builds(
    TcpState,
    unacknowledged=st.integers(0, 9),
    received=st.integers(0, 99),
    repeated=st.integers(0, 9),
    sent_ago=st.floats(0, 600),
    heard_ago=st.floats(0, 600),
    round_trip=st.floats(0, 60),
    deviation=st.floats(0, 60),
)


def test_two_round_trips_without_an_acknowledgment_are_a_dead_path() -> None:
    assert Silence(IDLE).seconds_left(after(sent_ago=0.140)) == 0
    assert Silence(IDLE).seconds_left(after(sent_ago=0.060)) == pytest.approx(0.065)


def test_a_request_that_was_acknowledged_is_at_a_slow_server() -> None:
    assert Silence(IDLE).seconds_left(after(unacknowledged=0)) is None


def test_the_rest_of_a_request_gets_the_full_time_from_the_acknowledgment_of_its_beginning() -> (
    None
):
    silence = Silence(IDLE)
    half = after(received=10, sent_ago=0.140)
    assert silence.seconds_left(half) == patience(IDLE)
    assert silence.seconds_left(half) == 0
    assert silence.seconds_left(after(received=11, unacknowledged=0)) is None


def test_a_request_that_this_computer_sent_late_gets_its_full_time() -> None:
    assert Silence(IDLE).seconds_left(after(sent_ago=0.0)) == pytest.approx(0.125)


def test_a_segment_that_tcp_sent_again_had_its_time() -> None:
    assert Silence(IDLE).seconds_left(after(sent_ago=0.0, repeated=1)) == 0


def test_an_acknowledgment_may_be_delayed_by_a_round_trip_or_by_40_ms() -> None:
    for round_trip in (0.0001, 0.002, 0.040, 0.150, 0.6, 1.2):
        steady = dataclasses.replace(IDLE, round_trip=round_trip, deviation=0.0)
        assert patience(steady) > round_trip + max(round_trip, 0.04)


@given(states)
def test_patience_has_a_floor_and_a_ceiling(state: TcpState) -> None:
    assert SHORTEST <= patience(state) <= LONGEST


def test_a_path_whose_round_trip_is_unknown_gets_more_time_than_most_have() -> None:
    assert patience(dataclasses.replace(IDLE, round_trip=0.0)) > 2


@given(states, states)
def test_a_path_is_dead_only_if_nothing_was_heard_for_the_whole_time(
    before: TcpState, now: TcpState
) -> None:
    left = Silence(before).seconds_left(now)
    if now.unacknowledged == 0:
        assert left is None
    elif now.received != before.received:
        assert left == patience(now)
    else:
        assert left is not None
        assert 0 <= left <= patience(before)
        assert left or now.repeated > before.repeated or now.sent_ago > patience(before) - 0.011


@given(states, st.lists(states))
def test_what_was_acknowledged_as_a_whole_is_never_dead(
    before: TcpState, later: list[TcpState]
) -> None:
    silence = Silence(before)
    for state in later:
        silence.seconds_left(state)
    assert silence.seconds_left(dataclasses.replace(before, unacknowledged=0)) is None


def test_a_stream_that_is_not_tcp_tells_nothing() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert TcpState.of(here) is None
    assert TcpState.of(here) is None


def test_a_system_that_does_not_know_the_question_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dead_path, "_TCP_INFO", None)
    with socket.socket() as unconnected:
        assert TcpState.of(unconnected) is None
