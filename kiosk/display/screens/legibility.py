"""Whether phones can read the QRs of a panel and people its amounts, and from how far. Pure.

The limits for a QR come from how close phones focus: most from 10 to 20 cm on, none closer.
"""

from __future__ import annotations

import math
from enum import StrEnum

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.fonts.typeface import LEGIBLE_CAP
from kiosk.display.qr.fit import COMFORTABLE_DISTANCE, QrDoesNotFit, Symbol
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import TextRow
from kiosk.display.screens.payment_texts import LARGE_CAP, Content
from kiosk.display.screens.price import Price
from kiosk.display.screens.scan_me import plan
from kiosk.display.screens.texts import price_tag
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen

FAIL_BELOW = 100.0  # millimetres; no phone focuses so close
_SECONDS_LEFT = 300.0
SMALL_DIAGONAL = 32.5  # millimetres (1.3 inches less rounding); smaller panels have small amounts

# The longest text of a merchant's QR: Pix and a point of sale's link, with amount, name and city.
LONGEST_TEXT = (
    "00020101021226680014br.gov.bcb.pix01365f84a4c5-c5cb-4599-9f13-7eb4d419dacc0206Compra"
    "43590016com.mercadolibre0135https://mpago.la/pos/91823704?o=1c0520452045303986540912"
    "3456.785802BR5924IZABEL APARECIDA DE MELO6009SAO PAULO62130509VENDA01236304E7E8"
)


class Verdict(StrEnum):
    """How well a panel suits its QRs."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"


@frozen
class Legibility:
    """How well a QR and its amount can be read on a panel. ``symbol`` is None if it does not fit.

    ``amount_mm`` is the least height of the digits of an amount.
    """

    verdict: Verdict
    symbol: Symbol | None
    module_mm: float
    reading_distance_mm: float
    amount_mm: float
    reason: str

    def sentence(self) -> str:
        """Return the result for the technician, in one sentence."""
        if self.symbol is None:
            return self.reason
        sizes = _(
            "a QR module is {module_mm:.2f} mm wide, and amounts are at least "
            "{amount_mm:.1f} mm high",
            module_mm=self.module_mm,
            amount_mm=self.amount_mm,
        )
        distance = _(
            "phones read the QR from up to {distance:.0f} cm",
            distance=self.reading_distance_mm / 10,
        )
        return f"{sizes}; {distance}{self.reason}"


def assess(
    pixels: tuple[int, int], pitch: float, text: str = LONGEST_TEXT, sign: str = "$"
) -> Legibility:
    """Return how well a text can be read on a panel; ``pitch`` is in millimetres per pixel.

    ``sign`` is the currency sign of its amounts.
    """
    try:
        seen = _seen(pixels, pitch, text, sign)
    except QrDoesNotFit as error:
        return Legibility(Verdict.FAIL, None, 0, 0, 0, str(error))
    symbol, amount_mm = seen
    verdict, reason = _verdict(symbol.reading_distance_mm(pitch), amount_mm, pixels, pitch)
    if reason:
        reason = reason.format(better=_better(pixels, text, sign))
    return Legibility(
        verdict,
        symbol,
        symbol.module_mm(pitch),
        symbol.reading_distance_mm(pitch),
        amount_mm,
        reason,
    )


def assess_amount(canvas: Canvas, currency: str) -> Legibility | None:
    """Return why the amount can't be read beside the words about the printed code; else None."""
    widest = "9999999.99" if CURRENCIES[currency].minor_units else "9999999"
    amount = Money.of(widest, currency)
    show = Show(Screen.SCAN_ME, amount=amount, until=_SECONDS_LEFT)
    rows = [part for part in compose(show, canvas, now=0.0) if isinstance(part, TextRow)]
    amounts = [row for row in rows if row.text in price_tag(amount)]
    words = [row for row in rows if row not in amounts and not row.is_clock]
    if amounts and words:
        return None
    reason = _(
        "an amount and what to do with it do not fit on {width} x {height} pixels; mount a larger "
        "panel, such as {better}",
        width=canvas.pixels[0],
        height=canvas.pixels[1],
        better=_better(canvas.pixels, LONGEST_TEXT, CURRENCIES[currency].symbol),
    )
    return Legibility(Verdict.FAIL, None, 0, 0, 0, reason)


def _seen(pixels: tuple[int, int], pitch: float, text: str, sign: str) -> tuple[Symbol, float]:
    """Return the QR beside the widest amount, and the amount's height in millimetres.

    Other texts beside it leave the amount LARGE_CAP high.
    """
    price = Price.widest(sign, pixels, pitch)
    drawn = plan(Content(text, price, hints=(), clock=""), pixels, pitch)
    return drawn.symbol, min(drawn.texts.cap, LARGE_CAP)


def _verdict(
    distance: float, amount_mm: float, pixels: tuple[int, int], pitch: float
) -> tuple[Verdict, str]:
    """Return the verdict and its reason; ``{better}`` in it stands for a better panel."""
    if distance < FAIL_BELOW:
        advice = _("mount {better}, or use the printed code")
        return Verdict.FAIL, _(", but phones cannot focus so close; {advice}", advice=advice)
    if distance < COMFORTABLE_DISTANCE:
        advice = _("{better} works with all phones")
        return Verdict.WARN, _(", but some phones cannot focus so close; {advice}", advice=advice)
    if amount_mm < LEGIBLE_CAP and math.hypot(*pixels) * pitch >= SMALL_DIAGONAL:
        advice = _("{better} shows larger ones")
        return Verdict.WARN, _(
            ", but people cannot read such amounts at arm's length; {advice}", advice=advice
        )
    return Verdict.PASS, ""


def _better(pixels: tuple[int, int], text: str, sign: str) -> str:
    """Return the smallest panel that passes, with the same pixels if there is one."""
    good = [panel for panel in PANELS.values() if _passes(panel, text, sign)]
    same = [panel for panel in good if panel.pixels == pixels]
    return min(same or good, key=_area).name


def _passes(panel: KnownPanel, text: str, sign: str) -> bool:
    pixels, pitch = panel.pixels, panel.pitch or 0
    if not pitch:
        return False
    try:
        symbol, amount_mm = _seen(pixels, pitch, text, sign)
    except QrDoesNotFit:
        return False
    distance = symbol.reading_distance_mm(pitch)
    return _verdict(distance, amount_mm, pixels, pitch)[0] is Verdict.PASS


def _area(panel: KnownPanel) -> float:
    width, height = panel.pixels
    return width * height * (panel.pitch or 0) ** 2
