"""The time left to pay: a bar, and minutes and seconds where they fit. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.display.screens.layout import Box, Part, TextRow, TimeBar
from kiosk.display.screens.typeface import MIN_SIZE, TextBlock, largest_block
from kiosk.sale.effects import Show

_SECONDS_BELOW = 30.0  # a panel with fewer pictures (one in 30 s or more) shows minutes only


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The time left to pay: as a fraction from 1 to 0, and as a text."""

    fraction: float
    label: str


def time_left_of(show: Show, now: float, step: float = 1.0) -> TimeLeft | None:
    """Return the time left to pay, in whole steps of ``step`` seconds; None without an end.

    It is rounded up: the last second (or minute) shown has not passed yet. With an infinite step
    the picture is never drawn again, so it must not show a time.
    """
    if show.until is None or step == math.inf:
        return None
    seconds = math.ceil(round(max(0.0, show.until - now) / step, 6)) * step
    span = show.until - show.begun
    fraction = min(1.0, seconds / span) if span > 0 else 0.0
    if step < _SECONDS_BELOW:
        return TimeLeft(fraction, _minutes_and_seconds(seconds))
    return TimeLeft(fraction, f"{math.ceil(seconds / 60)} min")


def _minutes_and_seconds(seconds: float) -> str:
    """Return m:ss, rounded up."""
    whole = math.ceil(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def split_time_row(area: Box) -> tuple[Box, Box]:
    """Return the area above a row for the time left, and that row."""
    height = max(MIN_SIZE - 2, min(area.height // 10, area.width // 8))
    row = Box(area.left, area.bottom - height, area.right, area.bottom)
    return Box(area.left, area.top, area.right, row.top - max(2, height // 3)), row


def time_row(time_left: TimeLeft, area: Box) -> Iterator[Part]:
    """Yield the bar, and the minutes and seconds beside it if both fit."""
    bar = area
    widest = max("00:00", time_left.label, key=len)  # so that the bar keeps its length
    sizes = range(MIN_SIZE, max(MIN_SIZE, area.height * 5 // 4) + 1)
    block = largest_block(widest, area.width // 2, 1, False, sizes)
    if block and area.width >= 3 * block.width // 2:
        yield _label(time_left.label, area, block)
        bar = Box(area.left, area.top, area.right - block.width - area.height // 2, area.bottom)
    yield TimeBar(bar.middle(bar.width, max(4, area.height // 2)), time_left.fraction)


def _label(label: str, area: Box, block: TextBlock) -> TextRow:
    """Return the label at the right edge, in the size of the block."""
    text = TextRow(label, area.left, area.top, block.size, block.bold)
    baseline = area.top + (area.height + block.ascent) // 2
    return TextRow(label, area.right - text.box.width, baseline, block.size, block.bold)
