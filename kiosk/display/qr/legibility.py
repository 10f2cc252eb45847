"""Whether phones will read a panel's QRs, and from how far: said before anybody has to try. Pure.

The limits are where phones focus: most from 10 to 20 cm on, none nearer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.qr.fit import QrDoesNotFit, Symbol, fit

FAILS_BELOW = 100.0  # millimetres of reach; no phone focuses there
PASSES_FROM = 200.0  # every phone does

# As long as a merchant's string gets: Pix and a point of sale's link, with amount, name and city.
LONGEST = (
    "00020101021226680014br.gov.bcb.pix01365f84a4c5-c5cb-4599-9f13-7eb4d419dacc0206Compra"
    "43590016com.mercadolibre0135https://mpago.la/pos/91823704?o=1c0520452045303986540912"
    "3456.785802BR5924IZABEL APARECIDA DE MELO6009SAO PAULO62130509VENDA01236304E7E8"
)


class Verdict(StrEnum):
    """What to think of a panel."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Legibility:
    """What a QR will look like on a panel. ``symbol`` is None when it does not fit at all."""

    verdict: Verdict
    symbol: Symbol | None
    module_mm: float
    reach_mm: float
    why: str

    def sentence(self) -> str:
        """Return what a technician should know, in one sentence."""
        if self.symbol is None:
            return self.why
        reach = f"phones read it to about {self.reach_mm / 10:.0f} cm"
        return f"modules {self.module_mm:.2f} mm: {reach}{self.why}"


def judge(pixels: tuple[int, int], pitch: float, text: str = LONGEST) -> Legibility:
    """Return how a text will be read from glass of so many pixels, ``pitch`` mm apart."""
    try:
        symbol = fit(text, min(pixels))
    except QrDoesNotFit as unfit:
        return Legibility(Verdict.FAIL, None, 0, 0, str(unfit))
    reach = symbol.reach_mm(pitch)
    if reach >= PASSES_FROM:
        verdict, why = Verdict.PASS, ""
    elif reach >= FAILS_BELOW:
        verdict = Verdict.WARN
        why = f", for phones that focus so near; {_better(pixels, text)} would do for all"
    else:
        verdict = Verdict.FAIL
        why = f", nearer than phones focus; mount {_better(pixels, text)}, or show the printed code"
    return Legibility(verdict, symbol, symbol.module_mm(pitch), reach, why)


def _better(pixels: tuple[int, int], text: str) -> str:
    """Return the smallest panel that passes, of the same shape if there is one."""
    good = [panel for panel in PANELS.values() if _passes(panel, text)]
    same = [panel for panel in good if panel.pixels == pixels]
    return min(same or good, key=_area).name


def _passes(panel: KnownPanel, text: str) -> bool:
    try:
        return fit(text, min(panel.pixels)).reach_mm(panel.pitch or 0) >= PASSES_FROM
    except QrDoesNotFit:
        return False


def _area(panel: KnownPanel) -> float:
    width, height = panel.pixels
    return width * height * (panel.pitch or 0) ** 2
