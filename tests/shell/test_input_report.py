"""What the status says about inputs: connected or not, counts, the latest readings."""

from __future__ import annotations

from kiosk.base.money import Money
from kiosk.inputs.common.counters import ReadingCounter
from kiosk.sale.events import (
    AmountRead,
    Event,
    InputLost,
    InputOpened,
    ReadingBegan,
    ReadingRejected,
    ReadingUnread,
)
from kiosk.shell.input_report import LATEST, InputReport

READ = AmountRead(Money.of("5.00", "ARS"), "till")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_input_is_connected_or_not_since_when_and_why() -> None:
    clock, till = Clock(), ReadingCounter("till")
    report = InputReport(clock)
    inputs = {"till": till, "button": object()}

    def connection() -> tuple[object, ...]:
        fields = report.fields(inputs)["inputs"]["till"]
        return fields["connected"], fields["since"], fields["why"]

    assert connection() == (False, 1000.0, "it is being opened")
    assert not report.any_lost(inputs)
    clock.now = 1001.0
    report.note(InputLost("till", "/dev/ttyUSB0: nothing is plugged in there"))
    assert connection() == (False, 1001.0, "/dev/ttyUSB0: nothing is plugged in there")
    assert report.any_lost(inputs)
    assert not report.any_lost(["button"])
    clock.now = 1002.0
    report.note(InputOpened("till"))
    assert connection() == (True, 1002.0, "")
    assert not report.any_lost(inputs)


def test_the_latest_readings_are_kept_each_with_its_verdict() -> None:
    till = ReadingCounter("till")
    report = InputReport(Clock())
    said: list[Event] = [
        ReadingBegan("till"),
        READ,
        ReadingRejected("the amount is zero", "till"),
        ReadingUnread("TOTAL: a label, but no number behind it", "till", "9 characters"),
    ]
    for event in said:
        till.passes(event, 0.0)
        report.note(event)
    fields = report.fields({"till": till})["inputs"]["till"]
    assert [fields[kind] for kind in ("accepted", "rejected", "unread")] == [1, 1, 1]
    assert fields["latest"] == [
        {"number": 1, "verdict": "accepted", "text": "5.00 ARS"},
        {"number": 2, "verdict": "rejected", "text": "the amount is zero"},
        {
            "number": 3,
            "verdict": "unread",
            "text": "TOTAL: a label, but no number behind it (9 characters)",
        },
    ]
    for _ in range(2 * LATEST):
        report.note(READ)
    latest = report.fields({"till": till})["inputs"]["till"]["latest"]
    assert [reading["number"] for reading in latest] == list(
        range(3 + LATEST + 1, 3 + 2 * LATEST + 1)
    )
