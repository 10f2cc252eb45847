"""A result or another message: an icon and texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.display.screens.layout import Box, Icon, IconPart, Part, margin
from kiosk.display.screens.phrases import Phrase, fit_phrases
from kiosk.display.screens.texts import Language, Message, price_tag
from kiosk.display.screens.time_left import TimeLeft, split_time_row, time_row
from kiosk.sale.effects import Show
from kiosk.sale.words import Item, Screen

_ICONS = {
    Screen.WORKING: Icon.DOTS,
    Screen.SCAN_ME: Icon.VIEWFINDER,
    Screen.PAID: Icon.CHECK,
    Screen.CANCELED: Icon.CROSS,
    Screen.EXPIRED: Icon.CLOCK,
    Screen.REFUSED: Icon.STOP,
    Screen.REFUNDED: Icon.RETURN,
    Screen.CHECKING: Icon.HOURGLASS,
    Screen.HELD: Icon.NOTICE,
    Screen.OUT_OF_SERVICE: Icon.WARNING,
    Screen.REJECTED_INPUT: Icon.QUESTION,
    Screen.BASKET: Icon.BASKET,
}

_WITH_REFERENCE = (Screen.PAID, Screen.REFUNDED, Screen.CHECKING, Screen.HELD)
_WITH_AMOUNT = (Screen.WORKING, Screen.SCAN_ME, *_WITH_REFERENCE)

_SHORT_REFERENCE = 6  # characters of a reference that a cashier reads aloud


def message_screen(
    show: Show, texts: Language, area: Box, time_left: TimeLeft | None
) -> Iterator[Part]:
    """Yield the icon and the texts: side by side on a wide panel, else one above the other."""
    inside = area.inset(margin(area))
    if time_left:
        inside, row = split_time_row(inside)
        yield from time_row(time_left, row)
    arrange = _beside if area.width >= 1.25 * area.height else _above
    yield from arrange(_ICONS[show.screen], _phrases(show, texts), inside)


def _beside(icon: Icon, phrases: list[Phrase], area: Box) -> Iterator[Part]:
    side = min(int(area.height * 0.66), int(area.width * 0.32))
    gap = max(4, side // 4)
    text = fit_phrases(phrases, area.width - side - gap, area.height)
    group = area.middle(side + gap + text.width, area.height)
    column = Box(group.left, area.top, group.left + side, area.bottom)
    yield IconPart(icon, column.middle(side, side))
    yield from text.placed(group.without_left(side + gap), centered=False)


def _above(icon: Icon, phrases: list[Phrase], area: Box) -> Iterator[Part]:
    side = min(int(area.height * 0.4), int(area.width * 0.6))
    gap = max(3, side // 6)
    text = fit_phrases(phrases, area.width, area.height - side - gap)
    group = area.middle(area.width, side + gap + text.height)
    row = Box(group.left, group.top, group.right, group.top + side)
    yield IconPart(icon, row.middle(side, side))
    yield from text.placed(group.without_top(side + gap), centered=True)


def _phrases(show: Show, texts: Language) -> list[Phrase]:
    """Return the texts of a message, from top to bottom.

    The reason for a rejected reading is not shown: it is in the log, in the technician's language.
    """
    screen = show.screen
    if screen is Screen.BASKET:
        return _basket(show, texts.screens[screen])
    message = texts.printed if screen is Screen.SCAN_ME else texts.screens[screen]
    phrases = [Phrase((message.headline,), 0.28, bold=True, max_rows=3)]
    if show.amount and screen in _WITH_AMOUNT:
        phrases.append(Phrase(price_tag(show.amount), 0.2, priority=1))
    phrases.append(Phrase(message.detail, 0.14, max_rows=2, priority=3))
    if show.reference and screen in _WITH_REFERENCE:
        code = f"{texts.code} {short_reference(show.reference)}"
        phrases.append(Phrase((code,), 0.13, max_rows=1, priority=2))
    if show.reason and screen is Screen.OUT_OF_SERVICE:
        phrases.append(Phrase((f"{texts.code} {show.reason}",), 0.12, max_rows=3, priority=2))
    return phrases


def _basket(show: Show, message: Message) -> list[Phrase]:
    """Return the total so far, and the last item."""
    phrases = [Phrase((message.headline,), 0.16, max_rows=1)]
    if show.amount:
        phrases.append(Phrase(price_tag(show.amount), 0.26, bold=True, priority=1))
    if show.item:
        phrases.append(Phrase(_wordings_of(show.item), 0.14, priority=2))
    return [*phrases, Phrase(message.detail, 0.12, priority=3)]


def _wordings_of(item: Item) -> tuple[str, ...]:
    """Return an item as on a receipt, and in a shorter form for a long title."""
    times = f"{item.quantity} × " if item.quantity > 1 else ""
    short = item.title if len(item.title) <= 20 else f"{item.title[:19]}…"
    return (f"{times}{item.title[:60]}", f"{times}{short}")


def short_reference(reference: str) -> str:
    """Return the last six letters and digits of a reference, which two people can compare."""
    return "".join(mark for mark in reference if mark.isalnum())[-_SHORT_REFERENCE:].upper()
