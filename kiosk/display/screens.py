"""What is on the panel: each screen as parts that find their places on any size of glass. Pure.

Three arrangements carry all eleven screens: the QR with its amount, a result with its glyph, and
the shop's name at rest. One message at a time; what there is no room for is left out by rank.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from kiosk.display import Glass
from kiosk.display.layout import Box, Glyph, Part, Picture, Rule, Say, stack
from kiosk.display.paint import paint
from kiosk.display.scan_me import scan_me
from kiosk.display.timeleft import time_left, with_time_below
from kiosk.display.words import LANGUAGES, Language, price_tag
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
    Screen.HELD: Glyph.WARNING,
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
        return tuple(scan_me(show, words, room, now))
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
        inside, time_row = with_time_below(inside)
        yield from time_left(show, time_row, now)
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
    """Return the words of a message, from top to bottom."""
    screen = show.screen
    message = words.printed if screen is Screen.SCAN_ME else words.screens[screen]
    says = [Say((message.headline,), 0.28, bold=True, rows=3)]
    if show.amount and screen in _WITH_AMOUNT:
        says.append(Say(price_tag(show.amount), 0.2, rank=1))
    says.append(Say(message.detail, 0.14, rows=2, rank=3))
    if show.reference and screen in _WITH_CODE:
        says.append(Say((f"{words.code} {code_of(show.reference)}",), 0.13, rows=1, rank=2))
    if show.reason:
        says.append(Say((_reason(show, words),), 0.12, rows=3, rank=2))
    return says


def code_of(reference: str) -> str:
    """Return the end of a reference, which two people can compare aloud."""
    return "".join(mark for mark in reference if mark.isalnum())[-_CODE_LENGTH:].upper()


def _reason(show: Show, words: Language) -> str:
    reason = show.reason
    if show.screen is Screen.OUT_OF_SERVICE:
        reason = f"{words.code} {reason}"
    return reason if len(reason) <= _REASON_LENGTH else reason[: _REASON_LENGTH - 1].rstrip() + "…"
