"""The time left to pay: a bar, and minutes and seconds where they fit. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from kiosk.base.frozen import frozen
from kiosk.display.fonts.typeface import cap_rows, ink_width
from kiosk.display.screens.layout import Box, Part, TextRow, TimeBar
from kiosk.sale.effects import Show

_BAR_ROWS = 4  # rows of pixels of the thinnest bar that people recognise as one
_SHORTEST_BAR = 3  # the length of the shortest bar, as a multiple of the row's height
_SECONDS_BELOW = 30.0  # a panel with fewer pictures (one in 30 s or more) shows minutes only


@frozen
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


def changes_in(parts: Iterable[Part], show: Show, now: float, step: float) -> float:
    """Return the seconds until the time left looks different on this screen; inf for never.

    ``parts`` are those of the screen now. A bar changes less often than minutes and seconds do.
    """
    if show.until is None or show.until <= now or step == math.inf:
        return math.inf
    left, span = show.until - now, show.until - show.begun
    waits = [math.inf]
    for part in parts:
        match part:
            case TextRow(is_clock=True):
                waits.append(left % step or step)
            case TimeBar() if part.full_columns:
                last = (part.full_columns - 0.5) / part.box.width * span  # it is as long until then
                waits.append(left - (math.ceil(last / step) - 1) * step)
    return min(waits)


def _minutes_and_seconds(seconds: float) -> str:
    """Return m:ss, rounded up."""
    whole = math.ceil(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def row_rows(size: int) -> int:
    """Return the rows of pixels of the time left, whose digits have that type size."""
    return max(_BAR_ROWS, cap_rows(size))


def split_time_row(area: Box, size: int) -> tuple[Box, Box]:
    """Return the area above a row for the time left in that type size, and that row."""
    height = row_rows(size)
    row = Box(area.left, area.bottom - height, area.right, area.bottom)
    return Box(area.left, area.top, area.right, row.top - max(2, height // 3)), row


def time_row(time_left: TimeLeft, row: Box, size: int) -> Iterator[Part]:
    """Yield the bar and the minutes and seconds beside it, or the one of them that fits."""
    width = ink_width(widest(time_left.label), size, bold=False)
    gap = max(4, row.height // 2)
    bar_width = row.width - width - gap
    if width > row.width:
        width, bar_width = 0, row.width
    if bar_width >= _SHORTEST_BAR * row.height:
        bar = Box(row.left, row.top, row.left + bar_width, row.bottom)
        yield TimeBar(bar.middle(bar_width, max(_BAR_ROWS, row.height // 2)), time_left.fraction)
    if width:
        yield _label(time_left.label, row, size, centered=bar_width < _SHORTEST_BAR * row.height)


def widest(label: str) -> str:
    """Return the text that has the width of the label as long as it counts down.

    So the bar keeps its length.
    """
    return max("00:00", re.sub("[0-9]", "0", label), key=len)


def _label(label: str, row: Box, size: int, *, centered: bool) -> TextRow:
    """Return the label in the middle of the row, or at its right edge."""
    text = TextRow(label, row.left, row.top, size, bold=False)
    left = row.middle(text.box.width, 0).left if centered else row.right - text.box.width
    baseline = row.top + (row.height + cap_rows(size)) // 2
    return TextRow(label, left, baseline, size, bold=False, is_clock=True)
