"""A screen on HDMI or DSI, through the Linux framebuffer, such as /dev/fb0.

Only for a Pi without a desktop: a desktop would draw over the kiosk's screen. To hide the console's
cursor, add vt.global_cursor_default=0 to the kernel's command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops
from pydantic import Field

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.permissions import Permissions, framebuffer, remedy
from kiosk.base.settings import PlainDecimal, Size
from kiosk.display import Palette, PanelSettings, Viewer
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.screens.paint import as_mode

_DEPTHS = (16, 24, 32)  # bits per pixel: a number with red in its highest bits, lowest byte first


class FramebufferSettings(PanelSettings):
    """A screen on HDMI or DSI."""

    driver: Literal["framebuffer"] = Field(
        description="A screen on HDMI or DSI, without a desktop."
    )
    device: Path = Field(Path("/dev/fb0"), description="The framebuffer's device file.")
    size: Size = Field(
        description="Width and height in pixels, such as 800x480. `fbset` shows them."
    )
    inches: PlainDecimal | None = Field(
        None,
        description=(
            "Diagonal of the screen in inches, such as 5. `kiosk check` needs it to say from how "
            "far a QR can be read."
        ),
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height."""
        return self.size

    @property
    def palette(self) -> Palette:
        """Return COLOUR."""
        return Palette.COLOUR

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return pitch_of("framebuffer", self.size, self.inches)

    @property
    def restore_every(self) -> float:
        """Return the longest time in seconds that the console's text stays on the screen."""
        return 10.0

    @property
    def sysfs(self) -> Path:
        """Return the folder in which the kernel describes the device."""
        return Path("/sys/class/graphics") / self.device.name

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return framebuffer(self.device)

    def open(self) -> Framebuffer:
        """Read the pixel format from the kernel, and blank the screen."""
        return Framebuffer(self)


@dataclass(frozen=True, slots=True)
class _Format:
    """How the device stores a picture: bytes per row (with padding), and bytes per pixel."""

    stride: int
    pixel_bytes: int


class Framebuffer:
    """An open framebuffer."""

    def __init__(self, settings: FramebufferSettings) -> None:
        self._settings = settings
        self._format = _format(settings)
        self._image = Image.new("RGB", settings.pixels)
        self.show(self._image)

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Write the picture into the device."""
        del viewer
        try:
            with self._settings.device.open("r+b") as device:
                device.write(self._to_bytes(image))
        except OSError as error:
            raise DeviceGone(
                f"{self._settings.device}: {error}; {remedy(error, _REMEDY)}"
            ) from error
        self._image = image

    def _to_bytes(self, image: Image.Image) -> bytes:
        """Return the bytes of the picture, with the padding of each row."""
        pixels = _pixels(as_mode(image, "RGB"), self._format.pixel_bytes)
        row = image.width * self._format.pixel_bytes
        padding = bytes(self._format.stride - row)
        return b"".join(pixels[at : at + row] + padding for at in range(0, len(pixels), row))

    def restore(self) -> None:
        """Write the picture again, over the text that the console has written."""
        self.show(self._image)

    def close(self) -> None:
        """Blank the screen."""
        self.show(Image.new("1", self._settings.pixels))


def _pixels(image: Image.Image, pixel_bytes: int) -> bytes:
    """Return the pixels of an image in mode ``RGB``, row after row."""
    if pixel_bytes > 2:
        return image.tobytes("raw", "BGRX" if pixel_bytes == 4 else "BGR")
    red, green, blue = image.split()  # 5, 6 and 5 bits; Pillow cannot write them itself
    high = ImageChops.add(
        red.point([value & 0xF8 for value in range(256)]),
        green.point([value >> 5 for value in range(256)]),
    )
    low = ImageChops.add(
        green.point([(value & 0x1C) << 3 for value in range(256)]),
        blue.point([value >> 3 for value in range(256)]),
    )
    return Image.merge("LA", (low, high)).tobytes()


_REMEDY = "check that `ls /dev/fb*` shows it, and check its cable"


def _format(settings: FramebufferSettings) -> _Format:
    try:
        size = (settings.sysfs / "virtual_size").read_text().strip().replace(",", "x")
        depth = int((settings.sysfs / "bits_per_pixel").read_text())
        stride = int((settings.sysfs / "stride").read_text())
    except (OSError, ValueError) as error:
        raise DeviceGone(f"{settings.device}: {error}; {_REMEDY}") from error
    width, height = settings.size
    if size != f"{width}x{height}":
        raise ConfigError(
            f"display.size: {settings.device} has {size}, not {width}x{height}; write {size}"
        )
    if depth not in _DEPTHS:
        raise ConfigError(
            f"display.device: {settings.device} has {depth} bits per pixel; set it to 32"
        )
    return _Format(stride, depth // 8)
