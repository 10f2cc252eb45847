"""A result or another message: an icon and texts. Pure.

``TEXTS`` says what each screen tells, from top to bottom, and of which rank each text is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, unique

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.icon_with_texts import icon_with_texts
from kiosk.display.screens.layout import Icon, Part, margin
from kiosk.display.screens.phrases import FIRST_RANK, Phrase
from kiosk.display.screens.texts import NO_BREAK, Language, Message, price_tag
from kiosk.display.screens.time_left import TimeLeft, split_time_row, time_row
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen, code_of

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


@unique
class Text(Enum):
    """The kinds of texts: their largest size as a part of the panel's shorter side, and rows."""

    HEADLINE = 0.24, True, 2
    TITLE = 0.15, False, 1  # a headline that is less important than the amount below it
    AMOUNT = 0.24, True, 1
    SMALL_AMOUNT = 0.16, False, 1  # where other texts are more important
    DETAIL = 0.14, False, 3
    CODE = 0.18, True, 1
    ITEM = 0.14, False, 2
    REASON = 0.09, False, 2

    def phrase(self, wordings: tuple[str, ...], rank: int) -> Phrase:
        """Return the phrase of a text of this kind."""
        share, bold, rows = self.value
        return Phrase(wordings, share, bold, rows, rank, _HEADLINE_TIMES_OTHERS)


# What the payer must know or do is of the first rank: no panel leaves it out. Of the others, the
# highest rank is left out first. A notice to the payer makes all texts those of the first rank.
TEXTS = {
    Screen.WORKING: {Text.TITLE: 1, Text.AMOUNT: 1, Text.DETAIL: 2},
    Screen.SCAN_ME: {Text.HEADLINE: 1, Text.AMOUNT: 1, Text.DETAIL: 2},
    Screen.PAID: {Text.HEADLINE: 1, Text.AMOUNT: 1, Text.DETAIL: 3, Text.CODE: 2},
    Screen.CANCELED: {Text.HEADLINE: 1, Text.DETAIL: 1},
    Screen.EXPIRED: {Text.HEADLINE: 1, Text.DETAIL: 1},
    Screen.REFUSED: {Text.HEADLINE: 1, Text.DETAIL: 1},
    Screen.REFUNDED: {Text.HEADLINE: 1, Text.AMOUNT: 1, Text.DETAIL: 3, Text.CODE: 2},
    Screen.CHECKING: {Text.HEADLINE: 1, Text.DETAIL: 1, Text.SMALL_AMOUNT: 1, Text.CODE: 2},
    Screen.HELD: {Text.HEADLINE: 1, Text.DETAIL: 1, Text.CODE: 1, Text.SMALL_AMOUNT: 1},
    Screen.OUT_OF_SERVICE: {Text.HEADLINE: 1, Text.DETAIL: 1, Text.REASON: 3},
    Screen.REJECTED_INPUT: {Text.HEADLINE: 1, Text.DETAIL: 1},
    Screen.BASKET: {Text.TITLE: 2, Text.AMOUNT: 1, Text.ITEM: 2, Text.DETAIL: 3},
}

_HEADLINE_TIMES_OTHERS = 1.6  # so large at most that the text below it, what to do, is seen
_FIGURES = (Text.AMOUNT, Text.SMALL_AMOUNT, Text.CODE, Text.ITEM)  # a column on a very wide panel
_VERY_WIDE = 3.0  # times as wide as high
_TIME_SHARE = 16  # the panel's height as a multiple of the time's type size: less than an amount's


def message_screen(show: Show, canvas: Canvas, time_left: TimeLeft | None) -> Iterator[Part]:
    """Yield the icon and the texts: side by side on a wide panel, else one above the other."""
    inside = canvas.area.inset(margin(canvas.area))
    if time_left:
        size = max(canvas.legible_size, inside.height // _TIME_SHARE)
        inside, row = split_time_row(inside, size)
        yield from time_row(time_left, row, size)
    phrases = phrases_of(show, canvas.texts)
    columns = [list(phrases.values())]
    if canvas.area.width >= _VERY_WIDE * canvas.area.height:
        figures = [phrase for kind, phrase in phrases.items() if kind in _FIGURES]
        words = [phrase for kind, phrase in phrases.items() if kind not in _FIGURES]
        columns = [column for column in (words, figures) if column]
    yield from icon_with_texts(_ICONS[show.screen], columns, inside, canvas)


def phrases_of(show: Show, texts: Language) -> dict[Text, Phrase]:
    """Return the texts of a message, from top to bottom.

    The reason for a rejected reading is not shown: it is in the log, in the technician's language.
    """
    noticed = show.reason in texts.notices
    return {
        kind: kind.phrase(wordings, FIRST_RANK if noticed else rank)
        for kind, rank in TEXTS[show.screen].items()
        if (wordings := _WORDINGS[kind](show, texts))
    }


def _message(show: Show, texts: Language) -> Message:
    return texts.printed if show.screen is Screen.SCAN_ME else texts.screens[show.screen]


def _headline(show: Show, texts: Language) -> tuple[str, ...]:
    return (_message(show, texts).headline,)


def _detail(show: Show, texts: Language) -> tuple[str, ...]:
    """Return the notice to the payer in place of the usual detail.

    While the kiosk only finds out whether it can sell, no QR is prepared.
    """
    if show.screen is Screen.WORKING and not show.amount:
        return ()
    notices = {str(notice): wordings for notice, wordings in texts.notices.items()}
    return notices.get(show.reason, _message(show, texts).detail)


def _amount(show: Show, _: Language) -> tuple[str, ...]:
    return price_tag(show.amount) if show.amount else ()


def _code(show: Show, texts: Language) -> tuple[str, ...]:
    """Return the reference code, which breaks nowhere."""
    if not show.reference:
        return ()
    code = code_of(show.reference).replace(" ", NO_BREAK)
    return f"{texts.code}{NO_BREAK}{code}", code


def _reason(show: Show, texts: Language) -> tuple[str, ...]:
    """Return why the kiosk can't sell, and the technician's code behind it."""
    if not show.reason:
        return ()
    faults = {str(fault): name for fault, name in texts.faults.items()}
    name = faults.get(show.reason, show.reason)
    both = name if name == show.reason else f"{name} ({show.reason})"
    return f"{texts.reason}: {both}", f"{texts.reason}: {name}", name


def _item(show: Show, _: Language) -> tuple[str, ...]:
    """Return the item as on a receipt, and in a shorter form for a long title."""
    if show.item is None:
        return ()
    times = f"{show.item.quantity} × " if show.item.quantity > 1 else ""
    title = show.item.title
    short = title if len(title) <= 20 else f"{title[:19]}…"
    return f"{times}{title[:60]}", f"{times}{short}"


_WORDINGS: dict[Text, Callable[[Show, Language], tuple[str, ...]]] = {
    Text.HEADLINE: _headline,
    Text.TITLE: _headline,
    Text.AMOUNT: _amount,
    Text.SMALL_AMOUNT: _amount,
    Text.DETAIL: _detail,
    Text.CODE: _code,
    Text.ITEM: _item,
    Text.REASON: _reason,
}
