"""What is on the panel: each screen as parts that find their places on any size of glass. Pure.

Three arrangements carry all eleven screens: the QR with its amount, a result with its glyph, and
the shop's name at rest. One message at a time; what there is no room for is left out by rank.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from PIL import Image

from kiosk.display import Glass, qr
from kiosk.display.layout import (
    Bar,
    Box,
    Code,
    Glyph,
    Part,
    Picture,
    Rule,
    Say,
    Text,
    stack,
)
from kiosk.display.paint import paint
from kiosk.display.typeface import SMALLEST, Block, largest
from kiosk.display.words import LANGUAGES, Language
from kiosk.money import Money
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen

_GLYPHS = {
    Screen.WORKING: Glyph.DOTS,
    Screen.SCAN_ME: Glyph.VIEWFINDER,
    Screen.PAID: Glyph.CHECK,
    Screen.CANCELED: Glyph.CROSS,
    Screen.EXPIRED: Glyph.CLOCK,
    Screen.REFUSED: Glyph.STOP,
    Screen.REFUNDED: Glyph.RETURN,
    Screen.CHECKING: Glyph.HOURGLASS,
    Screen.OUT_OF_SERVICE: Glyph.WARNING,
    Screen.REJECTED_INPUT: Glyph.QUESTION,
}

_CODE_LENGTH = 6  # characters of a reference that a cashier reads out
_REASON_LENGTH = 64  # characters of a reason; the log has all of it


def draw(
    show: Show,
    pixels: tuple[int, int],
    *,
    language: str,
    shop: str,
    now: float,
    look: Glass = Glass.EMISSIVE,
) -> Image.Image:
    """Return the picture for a panel of ``pixels``, in mode ``1``; white is light.

    ``now`` is a second of the clock that ``show.until`` is told in. Raises QrDoesNotFit.
    """
    return paint(parts(show, pixels, language=language, shop=shop, now=now), pixels, look)


def parts(
    show: Show, pixels: tuple[int, int], *, language: str, shop: str, now: float
) -> tuple[Part, ...]:
    """Return what ``draw`` paints, so that a test can measure it."""
    room, words = Box(0, 0, *pixels), LANGUAGES[language]
    if show.screen is Screen.IDLE:
        return tuple(_at_rest(shop, words, room))
    if show.screen is Screen.SCAN_ME and show.qr_data:
        return tuple(_scan_me(show, words, room, now))
    return tuple(_message(show, words, room, now))


def margin(room: Box) -> int:
    """Return the pixels that stay empty along the edges."""
    return max(2, min(room.width, room.height) // 20)


# --- at rest ----------------------------------------------------------------------------------


def _at_rest(shop: str, words: Language, room: Box) -> Iterator[Part]:
    """The shop's name, and quietly below it that the counter is ready."""
    ready = words.screens[Screen.IDLE].headline
    inside = room.inset(margin(room))
    says = [Say((shop or ready,), 0.36, bold=True, rows=3)]
    if shop:
        says.append(Say((ready,), 0.14, rank=1))
    gap = max(8, room.height // 6)
    found = stack(says, inside.width, inside.height, gap)
    texts = list(found.placed(inside, centered=True))
    yield from texts
    if len(found.blocks) == 2:
        middle = (texts[-2].box.bottom + texts[-1].box.top) // 2
        thick = max(1, room.height // 100)
        yield Rule(Box(0, middle, room.width, middle + thick).middle(room.width // 5, thick))


# --- a result, or a notice ----------------------------------------------------------------------


def _message(show: Show, words: Language, room: Box, now: float) -> Iterator[Part]:
    """A glyph and its words: side by side on wide glass, one above the other on narrow."""
    inside = room.inset(margin(room))
    if show.until is not None:
        inside, time_row = _with_time_below(inside)
        yield from _time_left(show, time_row, now)
    if room.width >= 1.25 * room.height:
        yield from _side_by_side(_GLYPHS[show.screen], _said(show, words), inside)
    else:
        yield from _above(_GLYPHS[show.screen], _said(show, words), inside)


def _side_by_side(glyph: Glyph, says: list[Say], room: Box) -> Iterator[Part]:
    side = min(int(room.height * 0.66), int(room.width * 0.32))
    gap = max(4, side // 4)
    text = stack(says, room.width - side - gap, room.height)
    group = room.middle(side + gap + text.width, room.height)
    yield Picture(
        glyph, Box(group.left, room.top, group.left + side, room.bottom).middle(side, side)
    )
    yield from text.placed(group.without_left(side + gap), centered=False)


def _above(glyph: Glyph, says: list[Say], room: Box) -> Iterator[Part]:
    side = min(int(room.height * 0.4), int(room.width * 0.6))
    gap = max(3, side // 6)
    text = stack(says, room.width, room.height - side - gap)
    group = room.middle(room.width, side + gap + text.height)
    yield Picture(
        glyph, Box(group.left, group.top, group.right, group.top + side).middle(side, side)
    )
    yield from text.placed(group.without_top(side + gap), centered=True)


_WITH_AMOUNT = (Screen.WORKING, Screen.SCAN_ME, Screen.PAID, Screen.REFUNDED, Screen.CHECKING)
_WITH_CODE = (Screen.PAID, Screen.REFUNDED, Screen.CHECKING)


def _said(show: Show, words: Language) -> list[Say]:
    """Return the words of a message, from top to bottom."""
    screen = show.screen
    message = words.printed if screen is Screen.SCAN_ME else words.screens[screen]
    says = [Say((message.headline,), 0.28, bold=True, rows=3)]
    if show.amount and screen in _WITH_AMOUNT:
        says.append(Say(_price_tag(show.amount), 0.2, rank=1))
    says.append(Say(message.detail, 0.14, rows=2, rank=3))
    if show.reference and screen in _WITH_CODE:
        says.append(Say((f"{words.code} {code_of(show.reference)}",), 0.13, rows=1, rank=2))
    if show.reason:
        says.append(Say((_reason(show, words),), 0.12, rows=3, rank=2))
    return says


def _price_tag(amount: Money) -> tuple[str, ...]:
    """Return the amount in one piece, and as it may break where it must."""
    text = amount.for_people()
    return text.replace(" ", "\N{NO-BREAK SPACE}"), text


def code_of(reference: str) -> str:
    """Return the end of a reference, which two people can compare aloud."""
    return "".join(mark for mark in reference if mark.isalnum())[-_CODE_LENGTH:].upper()


def _reason(show: Show, words: Language) -> str:
    reason = show.reason
    if show.screen is Screen.OUT_OF_SERVICE:
        reason = f"{words.code} {reason}"
    return reason if len(reason) <= _REASON_LENGTH else reason[: _REASON_LENGTH - 1].rstrip() + "…"


# --- the QR -------------------------------------------------------------------------------------


def _scan_me(show: Show, words: Language, room: Box, now: float) -> Iterator[Part]:
    """The QR as large as the glass allows, and beside or below it what has to be paid.

    The words go beside it, unless the amount comes out much larger below; the QR never shrinks
    for them.
    """
    short = min(room.width, room.height)
    symbol = qr.fit(show.qr_data, short, spare=_spare(short, max(room.width, room.height)))
    beside = room.without_left(symbol.side)
    below = room.without_top(symbol.side)
    if _amount_size(show, beside) >= 0.75 * _amount_size(show, below):
        yield Code(symbol, Box(0, 0, symbol.side, room.bottom))
        yield from _column(show, words, beside, now)
    else:
        yield Code(symbol, Box(0, 0, room.right, symbol.side))
        narrow = below.height < max(3.5 * SMALLEST, below.width / 4)
        yield from (_strip if narrow else _column)(show, words, below, now)


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


def _column(show: Show, words: Language, room: Box, now: float) -> Iterator[Part]:
    """Amount, hint and time left, one above the other."""
    inside = room.inset(_narrow_margin(room))
    says = [Say(words.screens[Screen.SCAN_ME].detail, 0.16, rows=3, rank=1)]
    if show.amount:
        says.insert(0, Say(_price_tag(show.amount), 0.36, bold=True, rows=2))
    if show.until is not None and inside.height > 2 * inside.width:
        inside, row = _with_time_below(inside)
        yield Bar(row, _part_left(show, now))
        says.append(Say((_minutes(show.until - now),), 0.24, rank=2))
    elif show.until is not None:
        inside, row = _with_time_below(inside)
        yield from _time_left(show, row, now)
    found = stack(says, inside.width, inside.height, max(4, inside.height // 9))
    yield from found.placed(inside, centered=True)


def _strip(show: Show, _: Language, room: Box, now: float) -> Iterator[Part]:
    """A few rows below the QR: the amount in one line, and a thin bar under it if both fit."""
    inside = room.inset(_narrow_margin(room))
    thick = max(2, inside.height // 6)
    bar = inside.without_top(inside.height - thick)
    line = Box(inside.left, inside.top, inside.right, bar.top - max(1, thick // 2))
    timed = show.until is not None and thick <= inside.height
    amount = _one_line(show, line if timed else inside)
    if timed and (amount or not _one_line(show, inside)):
        yield Bar(bar, _part_left(show, now))
        yield from amount
    else:
        yield from _one_line(show, inside)


def _one_line(show: Show, room: Box) -> tuple[Text, ...]:
    if show.amount is None or room.height < 1:
        return ()
    amount = Say((show.amount.for_people(),), 1.2, bold=True, rows=1)
    return tuple(stack([amount], room.width, room.height).placed(room, centered=True))


# --- the time left ------------------------------------------------------------------------------


def _with_time_below(room: Box) -> tuple[Box, Box]:
    """Return what is left of the room above a row for the time, and that row."""
    tall = max(SMALLEST - 2, min(room.height // 10, room.width // 8))
    row = Box(room.left, room.bottom - tall, room.right, room.bottom)
    return Box(room.left, room.top, room.right, row.top - max(2, tall // 3)), row


def _time_left(show: Show, room: Box, now: float) -> Iterator[Part]:
    """The bar, and the minutes and seconds beside it where there is room for both."""
    bar = room
    label = _minutes((show.until or now) - now)
    widest = largest(
        "00:00", room.width // 2, 1, False, range(SMALLEST, max(SMALLEST, room.height * 5 // 4) + 1)
    )
    if widest and room.width >= 3 * widest.width // 2:
        yield from _label(label, room, widest)
        bar = Box(room.left, room.top, room.right - widest.width - room.height // 2, room.bottom)
    yield Bar(bar.middle(bar.width, max(4, room.height // 2)), _part_left(show, now))


def _label(label: str, room: Box, like: Block) -> Iterator[Part]:
    text = Text(label, room.left, room.top, like.size, like.bold)
    baseline = room.top + (room.height + like.rise) // 2
    yield Text(label, room.right - text.box.width, baseline, like.size, like.bold)


def _part_left(show: Show, now: float) -> float:
    """Return how much of the time is left, 1 to 0."""
    until = show.until or now
    span = until - show.begun
    return max(0.0, min(1.0, (until - now) / span)) if span > 0 else 0.0


def _minutes(seconds: float) -> str:
    """Return m:ss, rounded up: the last second shown is one that is left."""
    whole = math.ceil(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02}"
