"""The texts beside the QR of scan_me: the amount, how to pay, and the time left. Pure.

The amount comes first and is the largest. How to pay and the time left stand below it where they
are readable and leave the amount as large as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.frozen import frozen
from kiosk.display.fonts.typeface import (
    LEGIBLE_CAP,
    MIN_SIZE,
    TextBlock,
    cap_height,
    largest_block,
    size_for_cap,
)
from kiosk.display.screens.layout import Box, Part, narrow_margin
from kiosk.display.screens.phrases import TextStack
from kiosk.display.screens.price import Price, largest_price
from kiosk.display.screens.time_left import TimeLeft, row_rows, time_row

LARGE_CAP = 2.5  # millimetres; capitals of an amount that is large enough
_HINT_ROWS = 3
_SHRINK = 0.85
_HINT_SHARE, _TIME_SHARE = 0.5, 0.4  # the largest type as a part of the amount's


@frozen
class Content:
    """What the screen says. ``clock`` is the widest text of the time left, empty without one."""

    qr_data: str
    price: Price | None
    hints: tuple[str, ...]
    clock: str


@frozen
class PaymentTexts:
    """The texts with their place. ``clock`` is the type size of the time left, 0 if left out."""

    area: Box
    pitch: float
    amount: TextBlock | None = None
    hint: TextBlock | None = None
    clock: int = 0
    gap: int = 0

    @property
    def cap(self) -> float:
        """Return the height of the amount's digits in millimetres, 0 without an amount."""
        return cap_height(self.amount.size, self.pitch, bold=True) if self.amount else 0.0

    @property
    def rows(self) -> int:
        """Return the rows of the amount."""
        return len(self.amount.rows) if self.amount else 0

    @property
    def extras(self) -> int:
        """Return how many texts stand beside the amount."""
        return bool(self.hint) + bool(self.clock)

    @property
    def stack(self) -> TextStack:
        """Return amount and hint."""
        return TextStack(tuple(block for block in (self.amount, self.hint) if block), self.gap)

    @property
    def height(self) -> int:
        """Return the rows of pixels that the texts need."""
        row = row_rows(self.clock) + self.gap if self.clock else 0
        return self.stack.height + row

    def parts(self, time_left: TimeLeft | None) -> Iterator[Part]:
        """Yield the texts in their places, the time left at the bottom."""
        area = self.area
        if time_left and self.clock:
            row = area.without_top(area.height - row_rows(self.clock))
            yield from time_row(time_left, row, self.clock)
            area = Box(area.left, area.top, area.right, row.top - self.gap)
        yield from self.stack.placed(area, centered=True)


def payment_texts(content: Content, area: Box, pitch: float) -> PaymentTexts | None:
    """Return the texts as they fit into the area; None if the amount does not fit."""
    if content.price is None:
        return _without_amount(content, area.inset(narrow_margin(area)), pitch)
    found = largest_price(content.price, area, pitch)
    if found is None:
        return None
    inside, largest = found
    complete = _with_extras(content, inside, pitch, largest)
    return next(complete, PaymentTexts(inside, pitch, largest))


def _without_amount(content: Content, inside: Box, pitch: float) -> PaymentTexts:
    legible = size_for_cap(LEGIBLE_CAP, pitch)
    hints = (_hint(text, inside.width, legible, inside.height // 6) for text in content.hints)
    fitting = (PaymentTexts(inside, pitch, None, hint) for hint in hints if hint)
    return next(
        (each for each in fitting if each.height <= inside.height), PaymentTexts(inside, pitch)
    )


def _with_extras(
    content: Content, inside: Box, pitch: float, largest: TextBlock
) -> Iterator[PaymentTexts]:
    """Yield the layouts that fit, the best first."""
    smallest = min(largest.size, size_for_cap(LARGE_CAP, pitch, bold=True))
    legible = min(smallest, size_for_cap(LEGIBLE_CAP, pitch))
    for with_hint, with_clock in ((True, True), (True, False), (False, True)):
        if with_clock and not content.clock:
            continue
        for wording in content.hints if with_hint else ("",):
            for size in _sizes(largest.size, smallest):
                amount = TextBlock(largest.rows, size, bold=True)
                hint = _hint(wording, inside.width, legible, round(size * _HINT_SHARE))
                clock = max(legible, round(size * _TIME_SHARE)) if with_clock else 0
                found = PaymentTexts(inside, pitch, amount, hint, clock, max(3, size // 4))
                if bool(hint) == with_hint and found.height <= inside.height:
                    yield found


def _sizes(largest: int, smallest: int) -> Iterator[int]:
    size = largest
    while size > smallest:
        yield size
        size = min(size - 1, int(size * _SHRINK))
    yield smallest


def _hint(wording: str, width: int, smallest: int, largest: int) -> TextBlock | None:
    """Return the wording as large as it fits into the width, or None."""
    if not wording:
        return None
    sizes = range(max(MIN_SIZE, smallest), max(smallest, largest) + 1)
    return largest_block(wording, width, _HINT_ROWS, False, sizes)
