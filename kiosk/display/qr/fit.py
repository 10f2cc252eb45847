"""Chooses the size of the QR: the largest modules that fit, then the strongest error correction.

Pure. ``orders/answers/emvco.py`` checks what the text means; ``display/screens`` places the QR on
the screen.
"""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from kiosk.base.errors import KioskError
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.display.chips.known_panels import smallest_panel_for
from kiosk.display.qr.capacity import LEVELS
from kiosk.display.qr.encoding import Encoding, TooLong

QUIET_ZONE = 4  # light modules on each side (ISO/IEC 18004:2015, section 6.3.8)
MIN_QUIET_ZONE = 2  # enough for cameras, if it makes larger modules possible

# A phone camera with 1920 x 1080 pixels and a lens of 26 mm equivalent has 1450 / d pixels per
# millimetre at a distance of d millimetres. Decoders need 2.5 pixels per module: 1450 / 2.5 = 580.
DISTANCE_PER_MODULE = 580  # millimetres of distance per millimetre of a module


COMFORTABLE_DISTANCE = 200.0  # millimetres; every phone focuses from here on


class QrDoesNotFit(KioskError):
    """The panel has too few pixels for this QR. The message names a panel that has enough."""


@frozen
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


def reaches(module_mm: float) -> bool:
    """Return whether every phone reads a QR with modules of that size in millimetres."""
    return module_mm * DISTANCE_PER_MODULE >= COMFORTABLE_DISTANCE


@lru_cache(maxsize=8)
def fit(text: str, available: int, scale: int = 0) -> Symbol:
    """Return the best symbol for a square of ``available`` pixels; raise QrDoesNotFit.

    Without a ``scale``, the modules are as large as possible: where the camera cannot resolve a
    module, error correction does not help. For larger modules the quiet zone may shrink to 2
    modules. The rest of the square is used for error correction and for the full quiet zone.
    """
    scale = scale or largest_scale(text, available)
    encoding = _encoding(text)
    level, margin = _level_and_margin(encoding, available, scale)
    return Symbol(encoding.matrix(level), encoding.version(level), level, scale, margin)


def side_of(text: str, available: int, scale: int) -> int:
    """Return the side of the symbol that ``fit`` would return, without making it."""
    encoding = _encoding(text)
    level, margin = _level_and_margin(encoding, available, scale)
    return encoding.side(level) * scale + 2 * margin


def _level_and_margin(encoding: Encoding, available: int, scale: int) -> tuple[str, int]:
    """Return the level of error correction, and the pixels of the quiet zone."""
    min_side = encoding.side(LEVELS[0])
    level = encoding.strongest_level(max(min_side, available // scale - 2 * QUIET_ZONE))
    return level, min(QUIET_ZONE * scale, (available - encoding.side(level) * scale) // 2)


def largest_scale(text: str, available: int) -> int:
    """Return the largest pixels per module in a square; raise QrDoesNotFit if not even one fits."""
    needed = smallest_side(text)
    if needed > available:
        raise QrDoesNotFit(_advice(needed, available))
    return available // needed


def smallest_side(text: str) -> int:
    """Return the modules of each side with the smallest quiet zone, or raise QrDoesNotFit."""
    try:
        return _encoding(text).side(LEVELS[0]) + 2 * MIN_QUIET_ZONE
    except TooLong as error:
        raise QrDoesNotFit(str(error)) from None


@lru_cache(maxsize=8)  # a text is fitted at several scales, and on one panel after another
def _encoding(text: str) -> Encoding:
    return Encoding(text)


def _advice(needed: int, available: int) -> str:
    panel = smallest_panel_for(needed, COMFORTABLE_DISTANCE / DISTANCE_PER_MODULE)
    advice = _("; mount a larger panel, such as {panel}", panel=panel) if panel else ""
    return _(
        "this QR needs {needed} x {needed} pixels with one pixel per module, but the panel's "
        "short side has {available}{advice}",
        needed=needed,
        available=available,
        advice=advice,
    )
