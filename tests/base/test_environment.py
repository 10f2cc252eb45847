"""The wall clock of a computer without a battery."""

from __future__ import annotations

from kiosk.base.environment import Clock

NOON = 1_800_000_000.0


class Pi:
    """A computer whose clock can be wrong."""

    def __init__(self, error: float) -> None:
        self.error = error
        self.passed = 0.0
        self.clock = Clock(lambda: NOON + self.passed + self.error)


def test_a_clock_that_was_never_set_goes_by_the_service() -> None:
    pi = Pi(error=-NOON)
    assert pi.clock() == 0.0
    pi.clock.adjust_to(NOON)
    pi.passed = 7.0
    assert pi.clock() == NOON + 7.0


def test_a_clock_that_is_about_right_is_left_alone() -> None:
    pi = Pi(error=3.0)
    pi.clock.adjust_to(NOON)
    assert pi.clock() == NOON + 3.0


def test_a_clock_that_has_been_set_is_believed_again() -> None:
    pi = Pi(error=-7200.0)
    pi.clock.adjust_to(NOON)
    pi.error = 0.0
    pi.clock.adjust_to(NOON)
    assert pi.clock() == NOON


def test_the_service_s_time_is_known_whatever_this_computer_s_clock_says() -> None:
    steady = [5.0]
    clock = Clock(lambda: 0.0, lambda: steady[0])
    assert clock.service_time() is None
    clock.adjust_to(NOON)
    steady[0] += 90
    assert clock.service_time() == NOON + 90
