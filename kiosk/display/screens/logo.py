"""The shop's logo: a picture file of any kind and size, or the reason why it cannot be shown."""

from __future__ import annotations

import logging
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageChops

from kiosk.base.errors import KioskError
from kiosk.base.language import _

MAX_PIXELS = 10_000_000  # a larger picture would take more memory than a small computer has
_LARGE_ENOUGH = (1024, 1024)  # pixels; no panel shows a larger logo

# What Pillow raises for files that are not pictures, are cut off, or were made to do harm.
_UNREADABLE = (OSError, ValueError, SyntaxError, ArithmeticError, MemoryError, struct.error)

_log = logging.getLogger(__name__)


class LogoUnreadable(KioskError):
    """The file is not a picture that can be shown. The message says what to do."""


def load_logo(path: Path | None) -> Image.Image | None:
    """Return the logo, or None without one.

    A logo that cannot be read is logged and left out: the kiosk sells without it.
    """
    if path is None:
        return None
    try:
        return read_logo(path)
    except LogoUnreadable as error:
        _log.warning("display.logo: %s", error)
        return None


def read_logo(path: Path) -> Image.Image:
    """Return the logo in shades of grey, white where it is transparent, without empty edges.

    It has at most 1024 x 1024 pixels. Raises LogoUnreadable.
    """
    try:
        if not path.is_file():
            raise LogoUnreadable(
                _("there is no file {path}; correct its path, or remove the setting", path=path)
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that it can repair
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                grey = _grey(path, picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoUnreadable(_too_large(path)) from None
    except _UNREADABLE as error:
        raise LogoUnreadable(
            _("{path} cannot be shown: {error}; use a PNG file", path=path, error=error)
        ) from None
    ink = ImageChops.invert(grey).getbbox()
    if ink is None:
        raise LogoUnreadable(_("{path} is all white; use a picture with dark parts", path=path))
    return grey.crop(ink)


def _grey(path: Path, picture: Image.Image) -> Image.Image:
    picture.draft("RGB", _LARGE_ENOUGH)  # a JPEG file is made smaller while it is read
    if picture.width * picture.height > MAX_PIXELS:
        raise LogoUnreadable(_too_large(path))
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut to 8
        picture = picture.point(lambda level: level * (1 / 256)).convert("L")
    colored = picture.convert("RGBA")
    colored.thumbnail(_LARGE_ENOUGH)
    opaque = Image.new("RGBA", colored.size, "white")
    opaque.alpha_composite(colored)
    return opaque.convert("L")


def _too_large(path: Path) -> str:
    return _("{path} has too many pixels; use a picture of at most 1000 x 1000 pixels", path=path)
