"""A QR that fits: the largest whole module scale first, then the strongest error correction.

Pure. Not for deciding what the string means (``orders/emvco.py``) nor where the symbol goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno
from PIL import Image

from kiosk.display.panels import smallest_with
from kiosk.errors import KioskError

QUIET = 4  # modules of light all round (ISO/IEC 18004:2015, section 6.3.8)
_LEVELS = ("h", "q", "m")  # strongest first; L is where the scale is found


class QrDoesNotFit(KioskError):
    """The panel has too few pixels for this QR. The message says which would have enough."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR at a scale. ``modules`` are its rows, 1 for dark; ``side`` includes the quiet zone."""

    modules: tuple[bytes, ...]
    version: int
    level: str
    scale: int
    quiet: int

    @property
    def side(self) -> int:
        """Return the pixels of an edge, quiet zone included."""
        return (len(self.modules) + 2 * self.quiet) * self.scale

    def image(self) -> Image.Image:
        """Return the symbol without its quiet zone, dark on light, in mode ``1``."""
        size = len(self.modules)
        light = bytes(0 if module else 255 for row in self.modules for module in row)
        small = Image.frombytes("L", (size, size), light).convert("1")
        return small.resize((size * self.scale, size * self.scale), Image.Resampling.NEAREST)


@lru_cache(maxsize=8)  # a scan_me screen is redrawn every second with the same QR
def fit(text: str, room: int, quiet: int = QUIET, spare: int = 0) -> Symbol:
    """Return the best symbol for a square of ``room`` pixels, or raise QrDoesNotFit.

    Bigger modules win over stronger correction: a camera that can't resolve a module has nothing
    to correct. At equal scale the stronger level never reads worse, but it takes more pixels:
    ``spare`` of them it must leave over.
    """
    weakest = _make(text, "l")
    scale = room // _span(weakest, quiet)
    if scale == 0:
        raise QrDoesNotFit(_advice(_span(weakest, quiet), room))
    for level in _LEVELS:
        code = _make(text, level)
        if _span(code, quiet) * scale <= room - spare:
            return _symbol(code, scale, quiet)
    return _symbol(weakest, scale, quiet)


def _make(text: str, level: str) -> segno.QRCode:
    """Encode without boosting: the level is chosen here, by scale.

    A level that has no room for the text even in version 40 is as good as one that is too large.
    """
    try:
        return segno.make_qr(text, error=level, boost_error=False, encoding="utf-8")
    except segno.DataOverflowError:
        if level == "l":
            raise QrDoesNotFit(f"{len(text)} characters are too many for any QR") from None
        return _make(text, "l")


def _span(code: segno.QRCode, quiet: int) -> int:
    return int(code.symbol_size(border=quiet)[0])


def _symbol(code: segno.QRCode, scale: int, quiet: int) -> Symbol:
    modules = tuple(bytes(row) for row in code.matrix)
    return Symbol(modules, int(code.version), str(code.error), scale, quiet)


def _advice(needed: int, room: int) -> str:
    would_do = smallest_with(needed)
    remedy = f"; mount a larger panel, such as {would_do}" if would_do else ""
    return (
        f"this QR needs {needed} pixels each way at one pixel a module,"
        f" and the panel's short side has {room}{remedy}"
    )
