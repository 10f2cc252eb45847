"""A QR that fits: the largest whole module scale first, then the strongest error correction.

Pure. What the string means is decided in ``orders/answers/emvco.py``, where the symbol goes in
``display/screens``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from kiosk.base.errors import KioskError
from kiosk.display.chips.known_panels import smallest_panel_with
from kiosk.display.qr.capacity import LEVELS
from kiosk.display.qr.encoding import Encoding, TooLong

QUIET = 4  # modules of light all round (ISO/IEC 18004:2015, section 6.3.8)
LEAST_QUIET = 2  # what cameras are content with, if larger modules can be had for it

# A camera with 1920 x 1080 pixels and a lens as phones have (26 mm equivalent) sees 1450 / d of
# them on a millimetre at d millimetres, and decoders want 2.5 on a module.
REACH = 580  # millimetres of distance for each millimetre of a module


class QrDoesNotFit(KioskError):
    """The panel has too few pixels for this QR. The message says which would have enough."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR at a scale. ``modules`` are its rows, 1 for dark; ``margin`` is its light, in pixels."""

    modules: tuple[bytes, ...]
    version: int
    level: str
    scale: int
    margin: int

    @property
    def side(self) -> int:
        """Return the pixels of an edge, quiet zone included."""
        return len(self.modules) * self.scale + 2 * self.margin

    @property
    def quiet(self) -> float:
        """Return the quiet zone in modules."""
        return self.margin / self.scale

    def module_mm(self, pitch: float) -> float:
        """Return the edge of a module on glass with so many millimetres from pixel to pixel."""
        return self.scale * pitch

    def reach_mm(self, pitch: float) -> float:
        """Return the millimetres from which an ordinary phone reads it."""
        return REACH * self.module_mm(pitch)

    def image(self) -> Image.Image:
        """Return the symbol without its quiet zone, dark on light, in mode ``1``."""
        size = len(self.modules)
        light = b"".join(self.modules).translate(_DARK_TO_LIGHT)
        small = Image.frombytes("L", (size, size), light)
        large = small.resize((size * self.scale, size * self.scale), Image.Resampling.NEAREST)
        return large.convert("1", dither=Image.Dither.NONE)


_DARK_TO_LIGHT = bytes([255, 0, *range(2, 256)])


@lru_cache(maxsize=8)  # a scan_me screen is redrawn every second with the same QR
def fit(text: str, room: int, spare: int = 0) -> Symbol:
    """Return the best symbol for a square of ``room`` pixels, or raise QrDoesNotFit.

    Bigger modules win over everything else: a camera that can't resolve a module has nothing to
    correct. For them the quiet zone may shrink to 2 modules. Of ``spare`` pixels, which the words
    would like to have, the symbol takes no more than it must at that scale: stronger correction
    and the full quiet zone come out of the rest.
    """
    encoding = _encoding(text)
    try:
        least = encoding.edge(LEVELS[0])
    except TooLong as error:
        raise QrDoesNotFit(str(error)) from None
    scale = room // (least + 2 * LEAST_QUIET)
    if scale == 0:
        raise QrDoesNotFit(_advice(least + 2 * LEAST_QUIET, room))
    allowed = max(room - spare, (least + 2 * LEAST_QUIET) * scale)
    level = encoding.strongest(max(least, allowed // scale - 2 * QUIET))
    margin = min(QUIET * scale, (allowed - encoding.edge(level) * scale) // 2)
    return Symbol(encoding.modules(level), encoding.version(level), level, scale, margin)


@lru_cache(maxsize=1)  # the same text is tried on one panel after another by those who compare
def _encoding(text: str) -> Encoding:
    return Encoding(text)


def _advice(needed: int, room: int) -> str:
    would_do = smallest_panel_with(needed)
    remedy = f"; mount a larger panel, such as {would_do}" if would_do else ""
    return (
        f"this QR needs {needed} pixels each way at one pixel a module,"
        f" and the panel's short side has {room}{remedy}"
    )
