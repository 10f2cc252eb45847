"""How long an idle connection is used again, by what became of the earlier ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.orders.http.idle_limit import (
    AT_FIRST,
    LONGEST,
    MARGIN,
    SHORTEST_CLOSED,
    SHORTEST_FORGOTTEN,
    IdleLimit,
)

happenings = st.lists(
    st.tuples(
        st.sampled_from([IdleLimit.closed, IdleLimit.forgotten, IdleLimit.outlived]),
        st.floats(0, 1e6),
    )
)


def test_at_first_a_connection_is_used_for_nearly_four_minutes() -> None:
    assert IdleLimit().seconds == AT_FIRST - MARGIN


def test_a_connection_is_replaced_shortly_before_the_server_would_close_it() -> None:
    limit = IdleLimit()
    limit.closed(60.0)
    assert 58 <= limit.seconds <= 59


def test_the_latest_close_counts_because_the_kernel_knows_its_time() -> None:
    limit = IdleLimit()
    limit.closed(30.0)
    limit.closed(75.0)
    assert limit.seconds == 75 - MARGIN


def test_the_shortest_silence_after_which_a_connection_was_dead_counts() -> None:
    limit = IdleLimit()
    limit.forgotten(120.0)
    limit.forgotten(180.0)
    assert limit.seconds == 120 - MARGIN


def test_what_comes_first_counts_the_servers_close_or_the_routers_forgetting() -> None:
    limit = IdleLimit()
    limit.closed(75.0)
    limit.forgotten(40.0)
    assert limit.seconds == 40 - MARGIN
    limit.closed(30.0)
    assert limit.seconds == 30 - MARGIN


def test_a_restart_of_the_server_is_forgotten_with_the_first_connection_that_lives_longer() -> None:
    limit = IdleLimit()
    limit.closed(7.0)
    limit.outlived(100.0)
    assert limit.seconds == 100 - MARGIN


def test_a_change_of_the_network_does_not_make_each_look_open_a_connection() -> None:
    limit = IdleLimit()
    limit.closed(0.1)
    limit.forgotten(0.1)
    assert limit.seconds > 3.5
    assert SHORTEST_CLOSED < SHORTEST_FORGOTTEN


def test_a_router_that_was_replaced_is_noticed_slowly() -> None:
    limit = IdleLimit()
    limit.forgotten(60.0)
    limit.outlived(3600.0)
    assert 60 - MARGIN < limit.seconds < 62
    for _ in range(300):
        limit.outlived(3600.0)
    assert limit.seconds == LONGEST - MARGIN


@given(happenings)
def test_the_limit_has_a_floor_and_a_ceiling_whatever_happens(
    story: list[tuple[object, float]],
) -> None:
    limit = IdleLimit()
    for happens, seconds in story:
        happens(limit, seconds)  # type: ignore[operator]
        assert 0.75 * SHORTEST_CLOSED <= limit.seconds < LONGEST


@given(happenings, st.floats(0, 1e6))
def test_what_ended_a_connection_is_undercut_the_next_time(
    story: list[tuple[object, float]], idle: float
) -> None:
    limit = IdleLimit()
    for happens, seconds in story:
        happens(limit, seconds)  # type: ignore[operator]
    limit.closed(idle)
    assert limit.seconds < max(idle, SHORTEST_CLOSED)
    limit.forgotten(idle)
    assert limit.seconds < max(idle, SHORTEST_FORGOTTEN)
