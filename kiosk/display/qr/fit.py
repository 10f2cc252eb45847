"""Chooses the size of the QR: the largest modules that fit, then the strongest error correction.

Pure. ``orders/answers/emvco.py`` checks what the text means; ``display/screens`` places the QR on
the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from kiosk.base.errors import KioskError
from kiosk.display.chips.known_panels import smallest_panel_with
from kiosk.display.qr.capacity import LEVELS
from kiosk.display.qr.encoding import Encoding, TooLong

QUIET_ZONE = 4  # light modules on each side (ISO/IEC 18004:2015, section 6.3.8)
MIN_QUIET_ZONE = 2  # enough for cameras, if it makes larger modules possible

# A phone camera with 1920 x 1080 pixels and a lens of 26 mm equivalent has 1450 / d pixels per
# millimetre at a distance of d millimetres. Decoders need 2.5 pixels per module: 1450 / 2.5 = 580.
DISTANCE_PER_MODULE = 580  # millimetres of distance per millimetre of a module


class QrDoesNotFit(KioskError):
    """The panel has too few pixels for this QR. The message names a panel that has enough."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR at a scale, in pixels per module. ``modules`` are its rows; 1 is dark.

    ``margin`` is the width of its quiet zone in pixels.
    """

    modules: tuple[bytes, ...]
    version: int
    level: str
    scale: int
    margin: int

    @property
    def side(self) -> int:
        """Return the pixels of each side, quiet zone included."""
        return len(self.modules) * self.scale + 2 * self.margin

    @property
    def quiet_zone(self) -> float:
        """Return the width of the quiet zone in modules."""
        return self.margin / self.scale

    def module_mm(self, pitch: float) -> float:
        """Return the side of a module in millimetres; ``pitch`` is in millimetres per pixel."""
        return self.scale * pitch

    def reading_distance_mm(self, pitch: float) -> float:
        """Return the largest distance in millimetres from which an ordinary phone reads the QR."""
        return DISTANCE_PER_MODULE * self.module_mm(pitch)

    def image(self) -> Image.Image:
        """Return the symbol without its quiet zone, dark on light, in mode ``1``."""
        size = len(self.modules)
        light = b"".join(self.modules).translate(_DARK_TO_LIGHT)
        small = Image.frombytes("L", (size, size), light)
        large = small.resize((size * self.scale, size * self.scale), Image.Resampling.NEAREST)
        return large.convert("1", dither=Image.Dither.NONE)


_DARK_TO_LIGHT = bytes([255, 0, *range(2, 256)])


@lru_cache(maxsize=8)  # the screen scan_me is redrawn every second with the same QR
def fit(text: str, available: int, reserved: int = 0) -> Symbol:
    """Return the best symbol for a square of ``available`` pixels; raise QrDoesNotFit.

    Larger modules come first: where the camera cannot resolve a module, error correction does not
    help. For larger modules the quiet zone may shrink to 2 modules. ``reserved`` pixels are wanted
    for text: the symbol uses them for larger modules only, not for stronger error correction or
    for the full quiet zone.
    """
    encoding = _encoding(text)
    try:
        min_side = encoding.side(LEVELS[0])
    except TooLong as error:
        raise QrDoesNotFit(str(error)) from None
    scale = available // (min_side + 2 * MIN_QUIET_ZONE)
    if scale == 0:
        raise QrDoesNotFit(_advice(min_side + 2 * MIN_QUIET_ZONE, available))
    allowed = max(available - reserved, (min_side + 2 * MIN_QUIET_ZONE) * scale)
    level = encoding.strongest_level(max(min_side, allowed // scale - 2 * QUIET_ZONE))
    margin = min(QUIET_ZONE * scale, (allowed - encoding.side(level) * scale) // 2)
    return Symbol(encoding.matrix(level), encoding.version(level), level, scale, margin)


@lru_cache(maxsize=1)  # comparisons fit the same text on one panel after another
def _encoding(text: str) -> Encoding:
    return Encoding(text)


def _advice(needed: int, available: int) -> str:
    panel = smallest_panel_with(needed)
    advice = f"; mount a larger panel, such as {panel}" if panel else ""
    return (
        f"this QR needs {needed} x {needed} pixels with one pixel per module,"
        f" but the panel's short side has {available}{advice}"
    )
