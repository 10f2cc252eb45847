"""A screen that Linux drives itself, HDMI or DSI, through its framebuffer: /dev/fb0.

For a kiosk whose only program is this one: a desktop would paint over it. The console's cursor is
switched off with vt.global_cursor_default=0 on the kernel's command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import Field

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.permissions import Permissions, framebuffer, remedy
from kiosk.base.settings import PlainDecimal, Size
from kiosk.display import PanelSettings, Viewer
from kiosk.display.chips.known_panels import pitch_of

_DEPTHS = (16, 24, 32)  # bits of a pixel; black is all zeros and white all ones in each of them


class FramebufferSettings(PanelSettings):
    """A screen on HDMI or DSI."""

    driver: Literal["framebuffer"] = Field(description="A screen on HDMI or DSI, without desktop.")
    device: Path = Field(Path("/dev/fb0"), description="The framebuffer's device file.")
    size: Size = Field(description="Its pixels, as in 800x480; `fbset` shows them.")
    inches: PlainDecimal | None = Field(
        None, description="Diagonal of the glass, such as 5; to judge how far QRs can be read."
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height."""
        return self.size

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return pitch_of("framebuffer", self.size, self.inches)

    @property
    def restore_every(self) -> float:
        """Return the seconds that the console's scribbling may stand."""
        return 10.0

    @property
    def sysfs(self) -> Path:
        """Return where the kernel describes the device."""
        return Path("/sys/class/graphics") / self.device.name

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return framebuffer(self.device)

    def open(self) -> Framebuffer:
        """Look at what the kernel says of it, and blank it."""
        return Framebuffer(self)


@dataclass(frozen=True, slots=True)
class _Format:
    """How a picture lies in the device: bytes from row to row, and of a pixel."""

    stride: int
    pixel: int


class Framebuffer:
    """An open framebuffer."""

    def __init__(self, settings: FramebufferSettings) -> None:
        self._settings = settings
        self._format = _format(settings)
        self._image = Image.new("1", settings.pixels)
        self.show(self._image)

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Write the picture into the device."""
        del viewer
        try:
            with self._settings.device.open("r+b") as device:
                device.write(self._as_written(image))
        except OSError as error:
            raise DeviceGone(
                f"{self._settings.device}: {error}; {remedy(error, _REMEDY)}"
            ) from error
        self._image = image

    def _as_written(self, image: Image.Image) -> bytes:
        """Return the picture's bytes, in black and white."""
        white = image.convert("1", dither=Image.Dither.NONE).convert("L").tobytes()
        pixels = bytearray(len(white) * self._format.pixel)
        for part in range(self._format.pixel):
            pixels[part :: self._format.pixel] = white
        row = image.width * self._format.pixel
        gap = bytes(self._format.stride - row)
        return b"".join(pixels[at : at + row] + gap for at in range(0, len(pixels), row))

    def restore(self) -> None:
        """Write it again, over whatever the console has written."""
        self.show(self._image)

    def close(self) -> None:
        """Blank it."""
        self.show(Image.new("1", self._settings.pixels))


_REMEDY = "see whether `ls /dev/fb*` shows it, and whether its cable is in"


def _format(settings: FramebufferSettings) -> _Format:
    try:
        size = (settings.sysfs / "virtual_size").read_text().strip().replace(",", "x")
        depth = int((settings.sysfs / "bits_per_pixel").read_text())
        stride = int((settings.sysfs / "stride").read_text())
    except (OSError, ValueError) as error:
        raise DeviceGone(f"{settings.device}: {error}; {_REMEDY}") from error
    width, height = settings.size
    if size != f"{width}x{height}":
        raise ConfigError(f"display.size: {settings.device} has {size}, not {width}x{height}")
    if depth not in _DEPTHS:
        raise ConfigError(f"display.device: {settings.device} has {depth} bits a pixel; set 32")
    return _Format(stride, depth // 8)
