"""A screen with a Linux framebuffer, at the lowest layer: a file, and the ioctls of the kernel.

After include/uapi/linux/fb.h: FBIOGET_VSCREENINFO fills 160 bytes, FBIOGET_FSCREENINFO 80 (64 bits).
"""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

Channels = tuple[
    tuple[int, int], tuple[int, int], tuple[int, int]
]  # offset, length: red, green, blue


@dataclass
class Layout:
    """How a driver of the kernel stores pixels."""

    depth: int
    channels: Channels
    gap: int = 0  # bytes after each row
    origin: tuple[int, int] = (0, 0)  # the first visible pixel


XRGB = Layout(32, ((16, 8), (8, 8), (0, 8)))
LAYOUTS = {
    "xrgb8888": XRGB,
    "xbgr8888": Layout(32, ((0, 8), (8, 8), (16, 8))),
    "xrgb2101010": Layout(32, ((20, 10), (10, 10), (0, 10))),
    "rgb888": Layout(24, ((16, 8), (8, 8), (0, 8))),
    "bgr888": Layout(24, ((0, 8), (8, 8), (16, 8))),
    "rgb565": Layout(16, ((11, 5), (5, 6), (0, 5))),
    "bgr565": Layout(16, ((0, 5), (5, 6), (11, 5))),
    "xrgb1555": Layout(16, ((10, 5), (5, 5), (0, 5))),
    "rgb565 with a gap": Layout(16, ((11, 5), (5, 6), (0, 5)), gap=64),
    "xrgb8888 in a larger picture": Layout(XRGB.depth, XRGB.channels, gap=128, origin=(16, 24)),
}


class Screen:
    """The screen, as its file and its ioctls show it."""

    def __init__(self, path: Path, size: tuple[int, int], layout: Layout = XRGB) -> None:
        self.path = path
        self.show_mode(size, layout)

    def show_mode(self, size: tuple[int, int], layout: Layout = XRGB) -> None:
        """Switch to another mode, as the kernel does when a screen is plugged in."""
        self.size, self.layout = size, layout
        x, y = layout.origin
        self.stride = (size[0] + x) * layout.depth // 8 + layout.gap
        self.path.write_bytes(b"\x55" * self.stride * (size[1] + y))

    def ioctl(self, device: Any, request: int, answer: bytearray) -> int:
        """Answer as the kernel does; only for this screen's file."""
        if os.fstat(device.fileno()).st_ino != self.path.stat().st_ino:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        if request == 0x4600:
            assert len(answer) == 160
            answer[:] = self._variable()
        elif request == 0x4602:
            assert len(answer) == 80
            struct.pack_into("=I", answer, 24, len(self.path.read_bytes()))  # smem_len
            struct.pack_into("=I", answer, 48, self.stride)  # line_length
        else:
            raise OSError(errno.EINVAL, "Invalid argument")
        return 0

    def _variable(self) -> bytes:
        (width, height), (x, y) = self.size, self.layout.origin
        words = [width, height, width + x, height + y, x, y, self.layout.depth, 0]
        for offset, length in self.layout.channels:
            words += [offset, length, 0]
        return struct.pack("=40I", *words, *[0] * (40 - len(words)))

    def glass(self) -> Image.Image:
        """Return what the eye sees."""
        raw, pixel = self.path.read_bytes(), self.layout.depth // 8
        (width, height), (x, y) = self.size, self.layout.origin
        glass = Image.new("RGB", self.size)
        colour = cache(self._colour)
        seen: list[tuple[int, ...]] = []
        for row in range(y, y + height):
            start = row * self.stride + x * pixel
            places = range(start, start + width * pixel, pixel)
            seen.extend(colour(raw[at : at + pixel]) for at in places)
        glass.putdata(seen)
        return glass

    def _colour(self, pixel: bytes) -> tuple[int, ...]:
        bits = int.from_bytes(pixel, "little")
        return tuple(
            ((bits >> offset) & ((1 << length) - 1)) * 255 // ((1 << length) - 1)
            for offset, length in self.layout.channels
        )
