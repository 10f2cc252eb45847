"""The same amount again: a repeat, or another sale."""

from __future__ import annotations

from kiosk.base.money import Money
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.sale.events import AmountRead, CancelPressed, ReadingBegan, ReadingRejected

FIVE = AmountRead(Money.of("5.00", "ARS"), "till")
SIX = AmountRead(Money.of("6.00", "ARS"), "till")


def test_the_time_counts_from_the_amount_that_was_delivered() -> None:
    repeats = RepeatFilter(3.0)
    found = [repeats.repeats(FIVE, at) for at in (0.0, 2.0, 2.9, 3.0, 5.9, 6.0)]
    assert found == [False, True, True, False, True, False]
    assert repeats.count == 3


def test_another_event_in_between_makes_it_a_new_amount() -> None:
    for between in (SIX, CancelPressed("till"), ReadingRejected("noise", "till")):
        repeats = RepeatFilter(3.0)
        assert not repeats.repeats(FIVE, 0.0)
        assert not repeats.repeats(between, 0.1)
        assert not repeats.repeats(FIVE, 0.2)


def test_the_beginning_of_a_reading_changes_nothing() -> None:
    repeats = RepeatFilter(3.0)
    repeats.repeats(FIVE, 0.0)
    assert not repeats.repeats(ReadingBegan("till"), 0.1)
    assert repeats.repeats(FIVE, 0.2)


def test_only_amounts_are_repeated() -> None:
    repeats = RepeatFilter(3.0)
    assert [repeats.repeats(CancelPressed("till"), at) for at in (0.0, 0.1)] == [False, False]


def test_after_a_sale_has_ended_the_same_amount_is_new() -> None:
    repeats = RepeatFilter(3.0)
    repeats.repeats(FIVE, 0.0)
    repeats.forget()
    assert not repeats.repeats(FIVE, 0.1)


def test_zero_seconds_switch_it_off() -> None:
    repeats = RepeatFilter(0.0)
    assert [repeats.repeats(FIVE, 0.0) for _ in range(3)] == [False] * 3
