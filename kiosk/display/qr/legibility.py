"""Whether phones can read the QRs of a panel, and from how far. Pure.

The limits come from how close phones focus: most from 10 to 20 cm on, none closer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.qr.fit import QrDoesNotFit, Symbol, fit

FAIL_BELOW = 100.0  # millimetres; no phone focuses so close
PASS_FROM = 200.0  # millimetres; every phone focuses from here on

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


@dataclass(frozen=True, slots=True)
class Legibility:
    """How well a QR can be read on a panel. ``symbol`` is None if the QR does not fit."""

    verdict: Verdict
    symbol: Symbol | None
    module_mm: float
    reading_distance_mm: float
    reason: str

    def sentence(self) -> str:
        """Return the result for the technician, in one sentence."""
        if self.symbol is None:
            return self.reason
        distance = f"phones read the QR from up to {self.reading_distance_mm / 10:.0f} cm"
        return f"a QR module is {self.module_mm:.2f} mm wide; {distance}{self.reason}"


def assess(pixels: tuple[int, int], pitch: float, text: str = LONGEST_TEXT) -> Legibility:
    """Return how well a text can be read on a panel; ``pitch`` is in millimetres per pixel."""
    try:
        symbol = fit(text, min(pixels))
    except QrDoesNotFit as error:
        return Legibility(Verdict.FAIL, None, 0, 0, str(error))
    distance = symbol.reading_distance_mm(pitch)
    if distance >= PASS_FROM:
        verdict, reason = Verdict.PASS, ""
    elif distance >= FAIL_BELOW:
        verdict = Verdict.WARN
        better = _better(pixels, text)
        reason = f", but some phones cannot focus so close; {better} works with all phones"
    else:
        verdict = Verdict.FAIL
        better = _better(pixels, text)
        reason = f", but phones cannot focus so close; mount {better}, or use the printed code"
    return Legibility(verdict, symbol, symbol.module_mm(pitch), distance, reason)


def _better(pixels: tuple[int, int], text: str) -> str:
    """Return the smallest panel that passes, with the same pixels if there is one."""
    good = [panel for panel in PANELS.values() if _passes(panel, text)]
    same = [panel for panel in good if panel.pixels == pixels]
    return min(same or good, key=_area).name


def _passes(panel: KnownPanel, text: str) -> bool:
    try:
        return fit(text, min(panel.pixels)).reading_distance_mm(panel.pitch or 0) >= PASS_FROM
    except QrDoesNotFit:
        return False


def _area(panel: KnownPanel) -> float:
    width, height = panel.pixels
    return width * height * (panel.pitch or 0) ** 2
