"""A screen on HDMI or DSI, through the Linux framebuffer, such as /dev/fb0.

Only for a Pi without a desktop: a desktop would draw over the kiosk's screen. To hide the console's
cursor, add vt.global_cursor_default=0 to the kernel's command line.

The picture always has the size that the screen has now. HDMI falls back to 1024x768 if the screen
was off when the computer started, and a screen that is plugged in later may change the size: then
the panel is opened again, and everything is drawn again.

A kernel that shows pictures through KMS alone (/dev/dri, without /dev/fb0) is not supported: no
library for KMS is well kept and has wheels for a Pi (looked at: pykms of kms++, which is not on
PyPI, and drm-display, which needs a compiler). The message says how to get a /dev/fb0.
"""

from __future__ import annotations

import fcntl
import struct
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from PIL import Image, ImageChops, ImageOps
from pydantic import Field, field_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.base.parts import PartSymbol, WiredPart
from kiosk.base.permissions import Permissions, framebuffer, remedy
from kiosk.base.settings import LEAST_PIXELS, PlainDecimal, Size
from kiosk.display import Palette, Viewer, as_mode
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.chips.rotated import RotatedPanelSettings, rotated

# include/uapi/linux/fb.h: struct fb_var_screeninfo is 40 words of 32 bits. struct fb_fix_screeninfo
# has longs in it, so its layout is the computer's own.
_GET_VARIABLE, _GET_FIXED = 0x4600, 0x4602
_VARIABLE = struct.Struct("40I")
_FIXED = struct.Struct("@16sL4I3HILII3H0L")
_LINE_LENGTH = 9  # the number of line_length in it

_DEPTHS = (16, 24, 32)
_ASSUMED = (800, 480)  # pixels, while the screen is not there and no size is given


class FramebufferSettings(RotatedPanelSettings):
    """A screen on HDMI or DSI."""

    driver: Literal["framebuffer"] = Field(
        description="A screen on HDMI or DSI, without a desktop."
    )
    device: Path = Field(Path("/dev/fb0"), description="The framebuffer's device file.")
    size: Size | None = Field(
        None,
        description=(
            "Width and height in pixels before rotation, such as 800x480. The kiosk draws in the "
            "size that the screen has; `kiosk check` and `kiosk preview` use this one elsewhere."
        ),
    )
    inches: PlainDecimal | None = Field(
        None,
        gt=0,
        le=200,
        description=(
            "Diagonal of the screen in inches, such as 5. `kiosk check` needs it to say from how "
            "far a QR can be read."
        ),
    )

    @field_validator("device")
    @classmethod
    def _of_a_framebuffer(cls, device: Path) -> Path:
        if not device.is_absolute() or "dri" in device.parts:
            raise ValueError(
                _(
                    "{device!r} is not a framebuffer; write /dev/fb0, or what `ls /dev/fb*` shows",
                    device=str(device),
                )
            )
        return device

    @property
    def native_pixels(self) -> tuple[int, int]:
        """Return the size that the screen has now; the setting if this can't be read."""
        return self.size_now or self.size or _ASSUMED

    @property
    def size_now(self) -> tuple[int, int] | None:
        """Return width and height of the screen on this computer; None if there is none."""
        try:
            with self.device.open("rb") as device:
                return _mode(device).size
        except (OSError, DeviceGone):
            return None

    @property
    def palette(self) -> Palette:
        """Return COLOUR."""
        return Palette.COLOUR

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return pitch_of("framebuffer", self.native_pixels, self.inches)

    @property
    def restore_every(self) -> float:
        """Return the longest time in seconds that the console's text stays on the screen."""
        return 10.0

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return framebuffer(self.device)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        title, cable = _("screen of the computer"), _("HDMI or DSI cable")
        return (
            WiredPart(
                "display",
                title,
                PartSymbol.PLUG,
                place=str(self.device),
                materials=(f"{title}: {cable}",),
            ),
        )

    def open(self) -> Framebuffer:
        """Blank the screen."""
        return Framebuffer(self)


class _Channel(NamedTuple):
    """Where a pixel has its red, green or blue: ``length`` bits, from bit ``offset`` on."""

    offset: int
    length: int

    def table(self, byte: int) -> list[int]:
        """Return what a byte of a pixel gets from each of the 256 values of this colour."""
        most = (1 << self.length) - 1
        return [
            ((value * most + 127) // 255 << self.offset) >> 8 * byte & 0xFF for value in range(256)
        ]


@frozen
class _Mode:
    """What the device shows: its visible size, and how it stores a picture, in bytes."""

    size: tuple[int, int]
    start: int  # of the first visible pixel
    stride: int  # from row to row
    depth: int  # bits of a pixel
    channels: tuple[_Channel, _Channel, _Channel]

    def rows(self, image: Image.Image) -> bytes:
        """Return the bytes of an image in mode ``RGB``, to be written at ``start``."""
        pixels = self._pixels(image)
        row = image.width * self.depth // 8
        padding = bytes(self.stride - row)
        return padding.join(pixels[at : at + row] for at in range(0, len(pixels), row))

    def _pixels(self, image: Image.Image) -> bytes:
        planes = []
        for byte in range(self.depth // 8):
            plane = Image.new("L", image.size)
            for colour, channel in zip(image.split(), self.channels, strict=True):
                table = channel.table(byte)
                if any(table):
                    plane = ImageChops.add(plane, colour.point(table))
            planes.append(plane)
        return Image.merge({2: "LA", 3: "RGB", 4: "RGBA"}[len(planes)], planes).tobytes()


def _mode(device: BinaryIO) -> _Mode:
    """Ask the kernel what the device shows now. Raises OSError and DeviceGone."""
    variable, fixed = bytearray(_VARIABLE.size), bytearray(_FIXED.size)
    fcntl.ioctl(device, _GET_VARIABLE, variable)
    fcntl.ioctl(device, _GET_FIXED, fixed)
    stride = _FIXED.unpack(fixed)[_LINE_LENGTH]
    words = _VARIABLE.unpack(variable)
    (width, height), (x, y, depth) = words[:2], words[4:7]
    if depth not in _DEPTHS:
        raise DeviceGone(
            _(
                "{name} has {depth} bits per pixel, and the kiosk draws in 16, 24 or 32; write "
                "the depth in the kernel's command line, as in video=HDMI-A-1:1024x768-32@60",
                name=device.name,
                depth=depth,
            )
        )
    if stride < width * depth // 8 or min(width, height) < LEAST_PIXELS:
        raise DeviceGone(
            _("{name} has no picture to draw in; check the screen's cable", name=device.name)
        )
    red, green, blue = (_Channel(*words[at : at + 2]) for at in (8, 11, 14))
    start = y * stride + x * depth // 8
    return _Mode((width, height), start, stride, depth, (red, green, blue))


class Framebuffer:
    """An open framebuffer."""

    def __init__(self, settings: FramebufferSettings) -> None:
        self._settings = settings
        self._image: Image.Image | None = None
        self._write(None)

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Write the picture into the device. Raises DeviceGone also if its size has changed."""
        del viewer
        self._image = image
        drawn = rotated(as_mode(image, "RGB"), self._settings.rotate)
        self._write(ImageOps.invert(drawn) if self._settings.invert else drawn)

    def restore(self) -> None:
        """Write the picture again, over the text that the console has written."""
        if self._image is not None:
            self.show(self._image)

    def close(self) -> None:
        """Blank the screen, whatever size it has now."""
        self._write(None)

    def _write(self, picture: Image.Image | None) -> None:
        """Write a picture; None is black."""
        path = self._settings.device
        try:
            with path.open("r+b") as device:
                mode = _mode(device)
                picture = picture or Image.new("RGB", mode.size)
                if picture.size != mode.size:
                    raise DeviceGone(
                        _(
                            "{path} changed from {before} to {now}; the kiosk draws again in "
                            "that size",
                            path=path,
                            before=_text(picture.size),
                            now=_text(mode.size),
                        )
                    )
                device.seek(mode.start)
                device.write(mode.rows(picture))
        except OSError as error:
            raise DeviceGone(
                f"{path}: {system_reason(error)}; {remedy(error, _advice(path))}"
            ) from error


def _text(size: tuple[int, int]) -> str:
    return "{}x{}".format(*size)


def _advice(path: Path) -> str:
    """Return what to do about a device that is not there or fails."""
    if path.exists() or not any(path.parent.glob("dri/card*")):
        return _("check that `ls /dev/fb*` shows it, and check its cable")
    return _(
        "no screen was connected when the computer started; connect it, or write "
        "video=HDMI-A-1:1024x768@60D to /boot/firmware/cmdline.txt, and restart the computer"
    )
