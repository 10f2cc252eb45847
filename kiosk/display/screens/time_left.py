"""The time left to pay: a bar, and minutes and seconds where there is room. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.display.screens.layout import Bar, Box, Part, TextRow
from kiosk.display.screens.typeface import SMALLEST, Block, largest
from kiosk.sale.effects import Show

_SECONDS_BELOW = 30.0  # a panel that is drawn more seldom says minutes only


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a time: ``part`` of it, from 1 to 0, and in words."""

    part: float
    label: str


def left(show: Show, now: float, step: float = 1.0) -> Left | None:
    """Return what is left for paying, in whole steps; None where no end is set.

    Rounded up: the last second (or minute) shown is one that is left.
    """
    if show.until is None:
        return None
    seconds = math.ceil(round(max(0.0, show.until - now) / step, 6)) * step
    span = show.until - show.begun
    part = min(1.0, seconds / span) if span > 0 else 0.0
    return Left(
        part, minutes(seconds) if step < _SECONDS_BELOW else f"{_whole_minutes(seconds)} min"
    )


def minutes(seconds: float) -> str:
    """Return m:ss, rounded up."""
    whole = math.ceil(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _whole_minutes(seconds: float) -> int:
    return math.ceil(seconds / 60)


def with_time_below(room: Box) -> tuple[Box, Box]:
    """Return what is left of the room above a row for the time, and that row."""
    tall = max(SMALLEST - 2, min(room.height // 10, room.width // 8))
    row = Box(room.left, room.bottom - tall, room.right, room.bottom)
    return Box(room.left, room.top, room.right, row.top - max(2, tall // 3)), row


def time_left(left: Left, room: Box) -> Iterator[Part]:
    """The bar, and the minutes and seconds beside it where there is room for both."""
    bar = room
    widest = max("00:00", left.label, key=len)  # so that the bar keeps its length
    sizes = range(SMALLEST, max(SMALLEST, room.height * 5 // 4) + 1)
    like = largest(widest, room.width // 2, 1, False, sizes)
    if like and room.width >= 3 * like.width // 2:
        yield from _label(left.label, room, like)
        bar = Box(room.left, room.top, room.right - like.width - room.height // 2, room.bottom)
    yield Bar(bar.middle(bar.width, max(4, room.height // 2)), left.part)


def _label(label: str, room: Box, like: Block) -> Iterator[Part]:
    text = TextRow(label, room.left, room.top, like.size, like.bold)
    baseline = room.top + (room.height + like.rise) // 2
    yield TextRow(label, room.right - text.box.width, baseline, like.size, like.bold)
