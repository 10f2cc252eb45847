"""The screen with the QR: the QR first, then the amount and the time left to pay. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.display.qr.fit import fit
from kiosk.display.screens.layout import Box, Part, QrPart, TextRow, TimeBar
from kiosk.display.screens.phrases import Phrase, fit_phrases
from kiosk.display.screens.texts import Language, price_tag
from kiosk.display.screens.time_left import TimeLeft, split_time_row, time_row
from kiosk.display.screens.typeface import MIN_SIZE, largest_block
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen


def scan_me_screen(
    show: Show, texts: Language, area: Box, time_left: TimeLeft | None
) -> Iterator[Part]:
    """Yield the QR as large as the panel allows, and the texts beside or below it.

    The texts are beside the QR, unless the amount becomes much larger below it. The QR never
    becomes smaller for a text.
    """
    short = min(area.width, area.height)
    symbol = fit(show.qr_data, short, reserved=_reserved(short, max(area.width, area.height)))
    beside = area.without_left(symbol.side)
    below = area.without_top(symbol.side)
    if _amount_size(show, beside) >= 0.75 * _amount_size(show, below):
        yield QrPart(symbol, Box(0, 0, symbol.side, area.bottom))
        yield from _column(show, texts, beside, time_left)
    else:
        yield QrPart(symbol, Box(0, 0, area.right, symbol.side))
        if below.height < max(3.5 * MIN_SIZE, below.width / 4):
            yield from _strip(show, below, time_left)
        else:
            yield from _column(show, texts, below, time_left)


def _reserved(short: int, long: int) -> int:
    """Return the pixels reserved for texts: for a strip below the QR, or a column beside it."""
    strip = max(20, short // 6)
    column = max(44, short * 2 // 5)
    return max(0, min(strip, column - (long - short)))


def _amount_size(show: Show, area: Box) -> int:
    """Return the type size that the amount can have in the area; 0 if it does not fit."""
    if show.amount is None:
        return min(area.width, area.height)
    inside = area.inset(_narrow_margin(area))
    rows = 1 if inside.height < 4 * MIN_SIZE else 2
    sizes = range(MIN_SIZE, inside.height + 1)
    block = largest_block(show.amount.for_people(), inside.width, rows, True, sizes)
    return block.size if block else 0


def _narrow_margin(area: Box) -> int:
    return 1 if min(area.width, area.height) < 48 else max(2, min(area.width, area.height) // 16)


def _column(show: Show, texts: Language, area: Box, time_left: TimeLeft | None) -> Iterator[Part]:
    """Yield amount, hint and time left, one above the other."""
    inside = area.inset(_narrow_margin(area))
    phrases = [Phrase(texts.screens[Screen.SCAN_ME].detail, 0.16, max_rows=3, rank=2)]
    if show.amount:
        phrases.insert(0, Phrase(price_tag(show.amount), 0.46, bold=True, max_rows=2))
    if time_left and inside.height > 2 * inside.width:
        inside, row = split_time_row(inside)
        yield TimeBar(row, time_left.fraction)
        phrases.append(Phrase((time_left.label,), 0.24, rank=3))
    elif time_left:
        inside, row = split_time_row(inside)
        yield from time_row(time_left, row)
    text = fit_phrases(phrases, inside.width, inside.height, max(4, inside.height // 9))
    yield from text.placed(inside, centered=True)


def _strip(show: Show, area: Box, time_left: TimeLeft | None) -> Iterator[Part]:
    """Yield the amount in one row, and a thin time bar below it if both fit."""
    inside = area.inset(_narrow_margin(area))
    thickness = max(2, inside.height // 6)
    bar = inside.without_top(inside.height - thickness)
    above = Box(inside.left, inside.top, inside.right, bar.top - max(1, thickness // 2))
    amount = _amount_row(show, above if time_left else inside)
    if time_left and (amount or not _amount_row(show, inside)):
        yield TimeBar(bar, time_left.fraction)
        yield from amount
    else:
        yield from _amount_row(show, inside)


def _amount_row(show: Show, area: Box) -> tuple[TextRow, ...]:
    if show.amount is None or area.height < 1:
        return ()
    amount = Phrase((show.amount.for_people(),), 1.2, bold=True, max_rows=1)
    return tuple(fit_phrases([amount], area.width, area.height).placed(area, centered=True))
