"""What is on the panel: each screen as parts that find their places on any size of glass. Pure.

Three arrangements carry all screens: the QR with its amount, a result with its glyph, and
the shop's name at rest. One message at a time; what there is no room for is left out by rank.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.idle import at_rest
from kiosk.display.screens.layout import Box, Glyph, Part, Picture, Say, margin, stack
from kiosk.display.screens.paint import paint
from kiosk.display.screens.scan_me import scan_me
from kiosk.display.screens.texts import Language, Message, price_tag
from kiosk.display.screens.time_left import Left, left, time_left, with_time_below
from kiosk.sale.effects import Show
from kiosk.sale.words import Item, Screen

_GLYPHS = {
    Screen.WORKING: Glyph.DOTS,
    Screen.SCAN_ME: Glyph.VIEWFINDER,
    Screen.PAID: Glyph.CHECK,
    Screen.CANCELED: Glyph.CROSS,
    Screen.EXPIRED: Glyph.CLOCK,
    Screen.REFUSED: Glyph.STOP,
    Screen.REFUNDED: Glyph.RETURN,
    Screen.CHECKING: Glyph.HOURGLASS,
    Screen.HELD: Glyph.NOTICE,
    Screen.OUT_OF_SERVICE: Glyph.WARNING,
    Screen.REJECTED_INPUT: Glyph.QUESTION,
    Screen.BASKET: Glyph.BASKET,
}

_CODE_LENGTH = 6  # characters of a reference that a cashier reads out


def draw(show: Show, canvas: Canvas, now: float) -> Image.Image:
    """Return the picture for a panel, in mode ``1``; white is light.

    ``now`` is a second of the clock that ``show.until`` is told in. Raises QrDoesNotFit.
    """
    return paint(parts(show, canvas, now), canvas.pixels, canvas.surface)


def parts(show: Show, canvas: Canvas, now: float) -> tuple[Part, ...]:
    """Return what ``draw`` paints, so that a test can measure it."""
    if show.screen is Screen.IDLE:
        return tuple(at_rest(canvas))
    remaining = left(show, now, canvas.step)
    if show.screen is Screen.SCAN_ME and show.qr_data:
        return tuple(scan_me(show, canvas.words, canvas.room, remaining))
    return tuple(_message(show, canvas.words, canvas.room, remaining))


# --- a result, or a notice ----------------------------------------------------------------------


def _message(show: Show, words: Language, room: Box, left: Left | None) -> Iterator[Part]:
    """A glyph and its words: side by side on wide glass, one above the other on narrow."""
    inside = room.inset(margin(room))
    if left:
        inside, time_row = with_time_below(inside)
        yield from time_left(left, time_row)
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


_WITH_CODE = (Screen.PAID, Screen.REFUNDED, Screen.CHECKING, Screen.HELD)
_WITH_AMOUNT = (Screen.WORKING, Screen.SCAN_ME, *_WITH_CODE)


def _said(show: Show, words: Language) -> list[Say]:
    """Return the words of a message, from top to bottom.

    Why a reading was rejected is for the log, whose language is the technician's.
    """
    screen = show.screen
    if screen is Screen.BASKET:
        return _basket(show, words.screens[screen])
    message = words.printed if screen is Screen.SCAN_ME else words.screens[screen]
    says = [Say((message.headline,), 0.28, bold=True, rows=3)]
    if show.amount and screen in _WITH_AMOUNT:
        says.append(Say(price_tag(show.amount), 0.2, rank=1))
    says.append(Say(message.detail, 0.14, rows=2, rank=3))
    if show.reference and screen in _WITH_CODE:
        says.append(Say((f"{words.code} {code_of(show.reference)}",), 0.13, rows=1, rank=2))
    if show.reason and screen is Screen.OUT_OF_SERVICE:
        says.append(Say((f"{words.code} {show.reason}",), 0.12, rows=3, rank=2))
    return says


def _basket(show: Show, message: Message) -> list[Say]:
    """Return what everything costs so far, and what came last."""
    says = [Say((message.headline,), 0.16, rows=1)]
    if show.amount:
        says.append(Say(price_tag(show.amount), 0.26, bold=True, rank=1))
    if show.item:
        says.append(Say(_line(show.item), 0.14, rank=2))
    return [*says, Say(message.detail, 0.12, rank=3)]


def _line(item: Item) -> tuple[str, ...]:
    """Return an item as a receipt has it, and shorter where its title is long."""
    times = f"{item.quantity} × " if item.quantity > 1 else ""
    short = item.title if len(item.title) <= 20 else f"{item.title[:19]}…"
    return (f"{times}{item.title[:60]}", f"{times}{short}")


def code_of(reference: str) -> str:
    """Return the end of a reference, which two people can compare aloud."""
    return "".join(mark for mark in reference if mark.isalnum())[-_CODE_LENGTH:].upper()
