"""The screen that is paid from: the QR first, then what has to be paid and for how long. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.display.qr import fit
from kiosk.display.screens.layout import Bar, Box, Code, Part, Say, TextRow, stack
from kiosk.display.screens.texts import Language, price_tag
from kiosk.display.screens.time_left import Left, time_left, with_time_below
from kiosk.display.screens.typeface import SMALLEST, largest
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen


def scan_me(show: Show, words: Language, room: Box, left: Left | None) -> Iterator[Part]:
    """The QR as large as the glass allows, and beside or below it what has to be paid.

    The words go beside it, unless the amount comes out much larger below; the QR never shrinks
    for them.
    """
    short = min(room.width, room.height)
    symbol = fit.fit(show.qr_data, short, reserved=_spare(short, max(room.width, room.height)))
    beside = room.without_left(symbol.side)
    below = room.without_top(symbol.side)
    if _amount_size(show, beside) >= 0.75 * _amount_size(show, below):
        yield Code(symbol, Box(0, 0, symbol.side, room.bottom))
        yield from _column(show, words, beside, left)
    else:
        yield Code(symbol, Box(0, 0, room.right, symbol.side))
        narrow = below.height < max(3.5 * SMALLEST, below.width / 4)
        yield from (_strip if narrow else _column)(show, words, below, left)


def _spare(short: int, long: int) -> int:
    """Return the pixels that a stronger QR leaves for the words: a strip below, or a column."""
    strip = max(20, short // 6)
    column = max(44, short * 2 // 5)
    return max(0, min(strip, column - (long - short)))


def _amount_size(show: Show, room: Box) -> int:
    if show.amount is None:
        return min(room.width, room.height)
    inside = room.inset(_narrow_margin(room))
    rows = 1 if inside.height < 4 * SMALLEST else 2
    found = largest(
        show.amount.for_people(), inside.width, rows, True, range(SMALLEST, inside.height + 1)
    )
    return found.size if found else 0


def _narrow_margin(room: Box) -> int:
    return 1 if min(room.width, room.height) < 48 else max(2, min(room.width, room.height) // 16)


def _column(show: Show, words: Language, room: Box, left: Left | None) -> Iterator[Part]:
    """Amount, hint and time left, one above the other."""
    inside = room.inset(_narrow_margin(room))
    says = [Say(words.screens[Screen.SCAN_ME].detail, 0.16, rows=3, rank=1)]
    if show.amount:
        says.insert(0, Say(price_tag(show.amount), 0.46, bold=True, rows=2))
    if left and inside.height > 2 * inside.width:
        inside, row = with_time_below(inside)
        yield Bar(row, left.part)
        says.append(Say((left.label,), 0.24, rank=2))
    elif left:
        inside, row = with_time_below(inside)
        yield from time_left(left, row)
    found = stack(says, inside.width, inside.height, max(4, inside.height // 9))
    yield from found.placed(inside, centered=True)


def _strip(show: Show, _: Language, room: Box, left: Left | None) -> Iterator[Part]:
    """A few rows below the QR: the amount in one line, and a thin bar under it if both fit."""
    inside = room.inset(_narrow_margin(room))
    thick = max(2, inside.height // 6)
    bar = inside.without_top(inside.height - thick)
    line = Box(inside.left, inside.top, inside.right, bar.top - max(1, thick // 2))
    amount = _one_line(show, line if left else inside)
    if left and (amount or not _one_line(show, inside)):
        yield Bar(bar, left.part)
        yield from amount
    else:
        yield from _one_line(show, inside)


def _one_line(show: Show, room: Box) -> tuple[TextRow, ...]:
    if show.amount is None or room.height < 1:
        return ()
    amount = Say((show.amount.for_people(),), 1.2, bold=True, rows=1)
    return tuple(stack([amount], room.width, room.height).placed(room, centered=True))
