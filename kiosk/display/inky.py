"""Pimoroni's Inky pHAT and wHAT, driven by Pimoroni's library: the optional extra ``inky``.

Not for other e-paper: see ``epaper.py``. The library has full refreshes only, of up to 15 s.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, Literal

from PIL import Image
from pydantic import Field

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.permissions import Permissions, board, i2c, remedy, spi
from kiosk.display import PanelSettings, Surface, Viewer
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.paint import blank

Board = Literal["phat", "phat-ssd1608", "what", "what-ssd1683"]

# The class in the library, the pixels, and the millimetres from pixel to pixel.
_PHAT, _WHAT = PANELS["inky-phat"], PANELS["inky-what"]
_BOARDS: dict[Board, tuple[str, tuple[int, int], float | None]] = {
    "phat": ("InkyPHAT", _PHAT.pixels, _PHAT.pitch),
    "phat-ssd1608": ("InkyPHAT_SSD1608", (250, 122), PANELS["epd-2.13"].pitch),
    "what": ("InkyWHAT", _WHAT.pixels, _WHAT.pitch),
    "what-ssd1683": ("InkyWHAT_SSD1683", _WHAT.pixels, _WHAT.pitch),
}
_WHITE, _BLACK = 0, 1  # the library's numbers for the inks


class InkySettings(PanelSettings):
    """A Pimoroni Inky on the Pi's header."""

    driver: Literal["inky"] = Field(description="Pimoroni's Inky pHAT or wHAT.")
    board: Board = Field(
        description="The board. Those with -ssd1608 and -ssd1683 are the newer versions."
    )
    colour: Literal["black", "red", "yellow"] = Field(
        "black",
        description="The board's third colour, or black if it has none. The kiosk draws in black.",
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height."""
        return _BOARDS[self.board][1]

    @property
    def surface(self) -> Surface:
        """Return PAPER."""
        return Surface.PAPER

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return _BOARDS[self.board][2]

    @property
    def redraw_every(self) -> float:
        """Return infinity: a picture takes so long that the time left would be wrong."""
        return inf

    @property
    def working_screen_delay(self) -> float:
        """Return ten seconds: a shorter screen is not worth such a refresh."""
        return 10.0

    def permissions(self) -> Permissions:
        """Return what the device needs of the system: the library reads its EEPROM on I2C.

        The board's BUSY is on GPIO 17, its D/C on 22, its reset on 27.
        """
        return board("the Inky board", 17, 22, 27) | spi(0, 0) | i2c(1)

    def open(self) -> Inky:
        """Find the board, and clear the picture that is still on it."""
        with _inky_errors():
            import inky

            board = getattr(inky, _BOARDS[self.board][0])(colour=self.colour)
            board.set_border(_WHITE)
            panel = Inky(self, board)
        panel.show(blank(self.pixels, Surface.PAPER))
        return panel


class Inky:
    """An open board."""

    def __init__(self, settings: InkySettings, board: Any) -> None:
        self._settings, self._board = settings, board

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show the image; return when the refresh is done."""
        del viewer  # the library has one kind of refresh
        inks = image.convert("L").point([_BLACK] * 128 + [_WHITE] * 128)
        # Without a palette, the library would take the ink numbers for shades of grey.
        inks.putpalette(bytes([255, 255, 255, 0, 0, 0]))
        with _inky_errors():
            self._board.set_image(inks)
            self._board.show()

    def restore(self) -> None:
        """Do nothing: e-paper keeps its picture without power."""

    def close(self) -> None:
        """Clear the panel: no QR may stay on it while the kiosk is off."""
        self.show(blank(self._settings.pixels, Surface.PAPER))


@contextmanager
def _inky_errors() -> Iterator[None]:
    """Raise the library's errors as DeviceGone. It calls exit when its pins are in use."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"display.driver: inky needs the Python module {error.name}; "
            "run scripts/install again, or: pip install 'kiosk[inky]'"
        ) from error
    except (OSError, RuntimeError, SystemExit) as error:
        advice = remedy(error, "check that the board sits firmly on the header")
        raise DeviceGone(f"the Inky board does not answer: {error}; {advice}") from error
