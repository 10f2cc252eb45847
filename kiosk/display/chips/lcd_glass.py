"""The glasses that are sold with each LCD chip, and where the chip's memory has their pixels.

A glass may show only a part of the memory: its first pixel is then at an offset. A glass may be
round or have round corners: the screens then get only a rectangle that is visible everywhere.

Pixels, columns and rows are counted as the chip is addressed: landscape for most chips. The kiosk
rotates pictures itself, so the offsets are the same for all rotations. Offsets are from TFT_eSPI,
`ST7789_Rotation.h`, rotation 1, which addresses the memory as here.
"""

from __future__ import annotations

from typing import Literal

from kiosk.base.frozen import frozen

LcdChip = Literal["gc9a01", "ili9341", "ili9486", "ili9488", "st7735", "st7789", "st7796"]


@frozen
class Glass:
    """A glass: ``pixels`` are width and height, ``first`` is the first visible column and row.

    ``hidden`` is how many pixels at the left and right, and at the top and bottom, the screens do
    not use, because corners are cut off.
    """

    pixels: tuple[int, int]
    first: tuple[int, int] = (0, 0)
    hidden: tuple[int, int] = (0, 0)

    @property
    def usable(self) -> tuple[int, int]:
        """Return the pixels that the screens use."""
        return self.pixels[0] - 2 * self.hidden[0], self.pixels[1] - 2 * self.hidden[1]


# Columns and rows of the chip's memory.
MEMORY: dict[LcdChip, tuple[int, int]] = {
    "gc9a01": (240, 240),
    "ili9341": (320, 240),
    "ili9486": (320, 480),
    "ili9488": (480, 320),
    "st7735": (162, 132),
    "st7789": (320, 240),
    "st7796": (480, 320),
}

# The most common glass of each chip first. No data sheet at hand gives the radius of the round
# corners of 280x240 (1.69 inch) and 320x172 (1.47 inch): a sixth of the short side is assumed.
GLASSES: dict[LcdChip, tuple[Glass, ...]] = {
    "gc9a01": (Glass((240, 240), hidden=(36, 36)),),  # round: the inscribed square
    "ili9341": (Glass((320, 240)), Glass((240, 240)), Glass((320, 180))),
    "ili9486": (Glass((320, 480)),),
    "ili9488": (Glass((480, 320)),),
    # Of 160x80: Pimoroni's and Waveshare's 0.96 inch, https://github.com/rm-hull/luma.lcd/issues/115
    # (older ones: 0 and 24, pull request 79). Of 128x128: TFT_eSPI, GREENTAB3 in rotation 3.
    "st7735": (
        Glass((160, 128)),
        Glass((160, 80), first=(1, 26)),
        Glass((128, 128), first=(1, 2)),
    ),
    "st7789": (
        Glass((240, 240)),
        Glass((320, 240)),
        Glass((240, 135), first=(40, 53)),
        Glass((280, 240), first=(20, 0), hidden=(19, 6)),
        Glass((320, 170), first=(0, 35)),
        Glass((320, 172), first=(0, 34), hidden=(9, 9)),
    ),
    "st7796": (Glass((480, 320)),),
}
