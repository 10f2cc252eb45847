"""The screen with the QR, the amount, how to pay and the time left: where they stand. Pure.

Phones must read the QR from 20 cm at least, and people the amount from arm's length. So, among the
layouts whose QR reaches 20 cm: the one with the largest amount, up to capitals of 2.5 mm; then the
one with the largest QR, up to a reach of 1 m; then the one with more of the other texts, or with
the stronger error correction where the modules are small. Where no layout with an amount
reaches 20 cm, the QR is as large as it can be beside an amount. Every layout has the amount,
unless the panel has no place for it even beside the smallest QR.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache

from kiosk.base.frozen import frozen
from kiosk.display.fonts.typeface import legible_cap
from kiosk.display.qr.capacity import LEVELS
from kiosk.display.qr.fit import (
    DISTANCE_PER_MODULE,
    Symbol,
    fit,
    largest_scale,
    reaches,
    side_of,
    smallest_side,
)
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.layout import Box, Part, QrPart
from kiosk.display.screens.payment_texts import LARGE_CAP, Content, PaymentTexts, payment_texts
from kiosk.display.screens.price import Price
from kiosk.display.screens.time_left import TimeLeft, widest
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen

_FARTHEST = 1000.0  # millimetres; nobody scans from farther, so the amount may have the place
_LARGE_MODULE = 300 / DISTANCE_PER_MODULE  # millimetres; read from 30 cm
_ABOUT_AS_LARGE = 0.8  # the part of a large amount's size that may go to error correction


def scan_me_screen(show: Show, canvas: Canvas, time_left: TimeLeft | None) -> Iterator[Part]:
    """Yield the QR, and the texts beside or below it."""
    pitch = canvas.mm_per_pixel
    content = Content(
        qr_data=show.qr_data,
        price=Price.of(show.amount, canvas.pixels, pitch) if show.amount else None,
        hints=canvas.texts.screens[Screen.SCAN_ME].detail,
        clock=widest(time_left.label) if time_left else "",
    )
    chosen = plan(content, canvas.pixels, pitch)
    yield QrPart(chosen.symbol, chosen.qr)
    yield from chosen.texts.parts(time_left)


@frozen
class Plan:
    """The screen: the QR in the middle of a light box, and the texts beside or below it."""

    symbol: Symbol
    qr: Box
    texts: PaymentTexts


_Split = Callable[[Box, int], tuple[Box, Box]]


def _beside(area: Box, side: int) -> tuple[Box, Box]:
    """Return the box of the QR, and that of the texts at its right."""
    return Box(area.left, area.top, area.left + side, area.bottom), area.without_left(side)


def _below(area: Box, side: int) -> tuple[Box, Box]:
    """Return the box of the QR, and that of the texts below it."""
    return Box(area.left, area.top, area.right, area.top + side), area.without_top(side)


@frozen
class _Attempt:
    """A split of the panel at one scale of the QR."""

    scale: int
    split: _Split
    texts: PaymentTexts

    @property
    def rank(self) -> tuple[int, float, int]:
        """Return how good it is. An amount in fewer rows comes first: it is the one form of all."""
        return -self.texts.rows, min(self.texts.cap, LARGE_CAP), self.scale


@frozen
class _Planner:
    """Looks for the best split of one area."""

    content: Content
    area: Box
    pitch: float

    @property
    def short(self) -> int:
        return min(self.area.width, self.area.height)

    @property
    def smallest_side(self) -> int:
        """Return the modules of each side of the smallest symbol, quiet zone included."""
        return smallest_side(self.content.qr_data)

    @property
    def largest_scale(self) -> int:
        """Return the most pixels per module that fit, and that a camera makes use of."""
        farthest = math.ceil(_FARTHEST / (DISTANCE_PER_MODULE * self.pitch))
        return min(largest_scale(self.content.qr_data, self.short), farthest)

    def best(self) -> list[_Attempt]:
        """Return the best layouts with the amount, each QR being as small as its scale allows."""
        best: list[_Attempt] = []
        for scale in range(self.largest_scale, 0, -1):
            if best and (self._is_large(best[0].texts) or not reaches(scale * self.pitch)):
                break
            found = [*self._at_scale(scale), *best]
            top = max((attempt.rank for attempt in found), default=None)
            best = [attempt for attempt in found if attempt.rank == top]
        return best

    def _is_large(self, texts: PaymentTexts) -> bool:
        """Return whether a smaller QR would not help the amount."""
        price = self.content.price
        return price is None or (texts.rows == len(price.form) and texts.cap >= LARGE_CAP)

    def _at_scale(self, scale: int) -> Iterator[_Attempt]:
        for split in (_beside, _below):
            rest = split(self.area, self.smallest_side * scale)[1]
            if texts := payment_texts(self.content, rest, self.pitch):
                yield _Attempt(scale, split, texts)

    def strongest(self, best: _Attempt) -> Plan:
        """Return the layout with as much error correction and quiet zone as it has room for.

        A QR that phones read from 30 cm leaves the texts about as they are. A smaller one needs
        error correction more than the payer needs to be told to scan, but leaves a large amount.
        One that phones read only from closer than 20 cm leaves an amount that people can read.
        """
        smallest = self.smallest_side * best.scale
        side, texts = next(self._as_good(best), (smallest, best.texts))
        qr, _ = best.split(self.area, side)
        return Plan(fit(self.content.qr_data, side, best.scale), qr, texts)

    def _as_good(self, best: _Attempt) -> Iterator[tuple[int, PaymentTexts]]:
        """Yield the sides that the QR may have beside texts as good, the largest first."""
        smallest = self.smallest_side * best.scale
        for available in range(self.short, smallest, -2 * best.scale):
            side = side_of(self.content.qr_data, available, best.scale)
            rest = best.split(self.area, side)[1]
            texts = payment_texts(self.content, rest, self.pitch)
            if texts and self._is_as_good(texts, best):
                yield side, texts

    def _is_as_good(self, texts: PaymentTexts, best: _Attempt) -> bool:
        reads_well = reaches(best.scale * self.pitch)
        large = max(LARGE_CAP, _ABOUT_AS_LARGE * best.texts.cap)
        legible = legible_cap((self.area.width, self.area.height), self.pitch)
        enough = min(best.texts.cap, large if reads_well else legible)
        if texts.rows > best.texts.rows or texts.cap < enough:
            return False
        module_mm = best.scale * self.pitch
        return texts.extras >= best.texts.extras or module_mm < _LARGE_MODULE

    def worth(self, plan: Plan) -> tuple[tuple[int, ...], int, tuple[int, ...], float]:
        """Return how good it is among those with as large an amount and as large modules."""
        strength = LEVELS.index(plan.symbol.level), plan.symbol.margin
        is_small = plan.symbol.module_mm(self.pitch) < _LARGE_MODULE
        return strength if is_small else (), plan.texts.extras, strength, plan.texts.cap


@lru_cache(maxsize=8)  # the screen is drawn every second with the same QR
def plan(content: Content, pixels: tuple[int, int], pitch: float) -> Plan:
    """Return the best layout; raise QrDoesNotFit. ``pitch`` is in millimetres per pixel."""
    planner = _Planner(content, Box(0, 0, *pixels), pitch)
    if best := planner.best():
        return max(map(planner.strongest, best), key=planner.worth)
    symbol = fit(content.qr_data, planner.short)
    qr, rest = _beside(planner.area, symbol.side)
    return Plan(symbol, qr, PaymentTexts(rest, pitch))
