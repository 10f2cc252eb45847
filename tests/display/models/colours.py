"""Colours as chips keep them: fewer bits than a picture has, in another order, or inverted."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageChops


def shade(value: int, bits: int) -> int:
    """Return the brightness, 0 to 255, that is left when a chip keeps only so many upper bits."""
    return (value >> (8 - bits)) * 255 // ((1 << bits) - 1)


def at_depth(picture: Image.Image, mode: str, bits: Sequence[int]) -> Image.Image:
    """Return the picture in the mode of a glass, with so many bits for each of its channels."""
    if mode == "1":
        return picture.convert("L").point([0] * 128 + [255] * 128, "1")
    table = [shade(value, each) for each in bits for value in range(256)]
    return picture.convert(mode).point(table)


def shown(model: Any, picture: Image.Image, turned: int = 0) -> bool:
    """Return whether the glass shows the picture, in its middle and nothing beside it.

    The technician has turned the panel counterclockwise by so many degrees. A model states the
    ``mode`` of its glass and how many ``bits`` it keeps of each channel.
    """
    seen = model.glass().rotate(turned, expand=True)
    mode, bits = getattr(model, "mode", "L"), getattr(model, "bits", (8,))
    left, top = (seen.width - picture.width) // 2, (seen.height - picture.height) // 2
    wanted = Image.new(mode, seen.size)
    wanted.paste(at_depth(picture, mode, bits), (left, top))
    return min(left, top) >= 0 and bytes(seen.convert(mode).tobytes()) == wanted.tobytes()


def from_666(pixels: bytes) -> bytes:
    """Return three bytes a pixel, with their upper six bits only."""
    return pixels.translate(bytes(shade(value, 6) for value in range(256)))


def from_565(pixels: bytes) -> bytes:
    """Return three bytes a pixel."""
    words = struct.unpack(f">{len(pixels) // 2}H", pixels)
    return b"".join(
        bytes((shade(w >> 8, 5), shade(w >> 3 & 0xFF, 6), shade(w << 3 & 0xFF, 5))) for w in words
    )


def swapped(picture: Image.Image) -> Image.Image:
    """Return the picture with red and blue exchanged."""
    red, green, blue = picture.split()
    return Image.merge("RGB", (blue, green, red))


def inverted(picture: Image.Image) -> Image.Image:
    """Return the picture with every colour replaced by its opposite."""
    return ImageChops.invert(picture)
