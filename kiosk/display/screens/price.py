"""The amount as a block of type, as large as a place allows. Pure.

Amount and currency sign stand in one row. On a panel where that makes the letters too small, the
sign stands above the digits of every amount, so that all amounts of a panel look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.display.fonts.typeface import LEGIBLE_CAP, MIN_SIZE, Rows, TextBlock, cap_height
from kiosk.display.qr.fit import reaches
from kiosk.display.screens.layout import Box, narrow_margin

_WIDEST_DIGITS = "9.999.999,99"
_WIDE_DIGITS = "999.999,99"
# The modules of merchants' QRs with the smallest quiet zone: versions 6 to 9.
_QR_MODULES = (45, 49, 53, 57)


@frozen
class Price:
    """An amount as its country writes it: the currency sign, and the digits with their marks."""

    sign: str
    digits: str
    sign_above: bool = False

    @classmethod
    def of(cls, amount: Money, pixels: tuple[int, int], pitch: float) -> Price:
        """Return the amount as that panel shows it; ``pitch`` is in millimetres per pixel."""
        sign, digits = amount.for_people().split(" ", 1)
        return cls(sign, digits, _sign_above(sign, pixels, pitch))

    @classmethod
    def widest(cls, sign: str, pixels: tuple[int, int], pitch: float) -> Price:
        """Return the widest amount that counters are expected to ask for."""
        return cls(sign, _WIDEST_DIGITS, _sign_above(sign, pixels, pitch))

    @property
    def form(self) -> Rows:
        """Return the rows of the price, in the form that all prices of the panel have."""
        two_rows = (self.sign, self.digits)
        return two_rows if self.sign_above else _one_row(*two_rows)

    def forms(self) -> Iterator[Rows]:
        """Yield that form, and others for where it does not fit.

        The last ones break the digits after a mark: for a panel of less than an inch.
        """
        yield self.form
        if not self.sign_above:
            yield (self.sign, self.digits)
        groups = self.digits.split(".")
        for kept in range(len(groups) - 1, 0, -1):
            head, tail = ".".join(groups[:kept]), ".".join(groups[kept:])
            yield (self.sign, f"{head}.", tail)


def _one_row(sign: str, digits: str) -> Rows:
    return (f"{sign}\N{NO-BREAK SPACE}{digits}",)


def largest_price(price: Price, area: Box, pitch: float) -> tuple[Box, TextBlock] | None:
    """Return the price as large as it fits into the area, and the area within its margin.

    None: it does not fit in any form. ``pitch`` is in millimetres per pixel.
    """
    found = (_within_margin(rows, area, pitch) for rows in price.forms())
    return next((each for each in found if each), None)


def _within_margin(rows: Rows, area: Box, pitch: float) -> tuple[Box, TextBlock] | None:
    """Return the area within its margin, and the rows in it.

    The margin is a single pixel where people could not read the rows otherwise.
    """
    best = None
    for margin in (narrow_margin(area), 1):
        inside = area.inset(margin)
        block = _largest(rows, inside)
        if block and (best is None or block.size > best[1].size):
            best = inside, block
        if block and cap_height(block.size, pitch, bold=True) >= LEGIBLE_CAP:
            break
    return best


def _largest(rows: Rows, inside: Box) -> TextBlock | None:
    low, high, best = MIN_SIZE, 2 * inside.height, None
    while low <= high:
        size = (low + high) // 2
        block = TextBlock(rows, size, bold=True)
        if block.width <= inside.width and block.height <= inside.height:
            low, best = size + 1, block
        else:
            high = size - 1
    return best


@lru_cache(maxsize=64)
def _sign_above(sign: str, pixels: tuple[int, int], pitch: float) -> bool:
    """Return whether the sign stands above the digits of all amounts of a panel.

    It does if a wide amount beside or below a QR would be too small in one row.
    """
    area = Box(0, 0, *pixels)
    return any(
        _needs_two_rows(sign, digits, list(_places(area, modules, pitch)), pitch)
        for modules, digits in product(_QR_MODULES, (_WIDEST_DIGITS, _WIDE_DIGITS))
    )


def _needs_two_rows(sign: str, digits: str, places: list[Box], pitch: float) -> bool:
    """Return whether one row is too small in all of these places, and two rows are larger."""
    one_row = 0.0
    for place in places:  # the first is large enough on most panels: measuring takes time
        one_row = max(one_row, _cap(_one_row(sign, digits), place, pitch))
        if one_row >= LEGIBLE_CAP:
            return False
    return any(_cap((sign, digits), place, pitch) > one_row for place in places)


def _places(area: Box, modules: int, pitch: float) -> Iterator[Box]:
    """Yield the places beside and below a QR, at each scale that phones read well."""
    largest = max(1, min(area.width, area.height) // modules)
    for scale in range(largest, 0, -1):
        if scale == largest or reaches(scale * pitch):
            yield area.without_left(scale * modules)
            yield area.without_top(scale * modules)


def _cap(rows: Rows, place: Box, pitch: float) -> float:
    """Return the largest height of the digits in millimetres, 0 if they do not fit."""
    found = _within_margin(rows, place, pitch)
    return cap_height(found[1].size, pitch, bold=True) if found else 0.0
