"""The time left to pay: a bar, and minutes and seconds where there is room. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kiosk.display.layout import Bar, Box, Part, Text
from kiosk.display.typeface import SMALLEST, Block, largest
from kiosk.sale.effects import Show


def with_time_below(room: Box) -> tuple[Box, Box]:
    """Return what is left of the room above a row for the time, and that row."""
    tall = max(SMALLEST - 2, min(room.height // 10, room.width // 8))
    row = Box(room.left, room.bottom - tall, room.right, room.bottom)
    return Box(room.left, room.top, room.right, row.top - max(2, tall // 3)), row


def time_left(show: Show, room: Box, now: float) -> Iterator[Part]:
    """The bar, and the minutes and seconds beside it where there is room for both."""
    bar = room
    label = minutes((show.until or now) - now)
    widest = max("00:00", label, key=len)  # so that the bar keeps its length
    sizes = range(SMALLEST, max(SMALLEST, room.height * 5 // 4) + 1)
    like = largest(widest, room.width // 2, 1, False, sizes)
    if like and room.width >= 3 * like.width // 2:
        yield from _label(label, room, like)
        bar = Box(room.left, room.top, room.right - like.width - room.height // 2, room.bottom)
    yield Bar(bar.middle(bar.width, max(4, room.height // 2)), part_left(show, now))


def _label(label: str, room: Box, like: Block) -> Iterator[Part]:
    text = Text(label, room.left, room.top, like.size, like.bold)
    baseline = room.top + (room.height + like.rise) // 2
    yield Text(label, room.right - text.box.width, baseline, like.size, like.bold)


def part_left(show: Show, now: float) -> float:
    """Return how much of the time is left, 1 to 0."""
    until = show.until or now
    span = until - show.begun
    return max(0.0, min(1.0, (until - now) / span)) if span > 0 else 0.0


def minutes(seconds: float) -> str:
    """Return m:ss, rounded up: the last second shown is one that is left."""
    whole = math.ceil(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02}"
