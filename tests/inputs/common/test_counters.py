"""Counters of readings: what the status says, and when rejections are held back."""

from __future__ import annotations

import logging

import pytest

from kiosk.base.money import Money
from kiosk.inputs.common.counters import MANY, WITHIN, ReadingCounter, ReadingCounts
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    ReadingBegan,
    ReadingRejected,
    ReadingUnread,
)

READ = AmountRead(Money.of("5.00", "ARS"), "till")
REJECTED = ReadingRejected("noise", "till")


def test_readings_are_counted_and_other_events_are_not() -> None:
    counter = ReadingCounter("till")
    for event in (READ, REJECTED, READ, ReadingBegan("till"), CancelPressed("till")):
        assert counter.passes(event, 0.0)
    counter.repeat()
    assert counter.counts == ReadingCounts(accepted=2, rejected=1, repeated=1)


def test_what_is_unread_is_counted_each_time_and_said_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counter = ReadingCounter("till")
    label = ReadingUnread("TOTAL: a label, but no number behind it", "till", "9 characters")
    for at in (0.0, 1.0, 59.0, 61.0):
        assert counter.passes(label, at)
    assert counter.counts.unread == 4
    said = "till: no total read in 9 characters: TOTAL: a label, but no number behind it"
    assert caplog.messages == [said, f"{said}; 2 more before it"]


def test_the_twentieth_rejection_within_a_minute_is_held_back() -> None:
    counter = ReadingCounter("till")
    passes = [counter.passes(REJECTED, at) for at in range(MANY + 5)]
    assert passes == [True] * (MANY - 1) + [False] * 6
    assert (counter.counts.rejected, counter.counts.noisy) == (MANY + 5, True)
    assert counter.passes(READ, 30.0)  # an amount is never held back


def test_twenty_rejections_in_exactly_a_minute_pass() -> None:
    counter = ReadingCounter("till")
    first = [counter.passes(REJECTED, 0.0) for _ in range(MANY - 1)]
    assert all(first)
    assert counter.passes(REJECTED, WITHIN)


def test_the_log_says_once_that_rejections_are_held_back_and_once_that_they_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    counter = ReadingCounter("till")
    for _ in range(2 * MANY):
        counter.passes(REJECTED, 0.0)
    assert caplog.messages == [
        "till: 20 readings rejected within a minute; check its cable and settings"
    ]
    assert [counter.passes(REJECTED, WITHIN + at) for at in range(2)] == [True, True]
    assert caplog.messages[1:] == [
        "till: few readings are rejected now; the kiosk shows them again"
    ]
